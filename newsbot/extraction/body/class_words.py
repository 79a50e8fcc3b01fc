"""What class names and ids tell about an element: families of words, in the languages that pages are built in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set: for lists that are read better as text."""
    return frozenset(text.split())


# Whole words are short; stems of four letters and more are found anywhere in a word ("relatedstories").
_FAMILIES: Final[dict[str, tuple[str, str]]] = {
    "article": ("news story stories entry", "article artikel articulo noticia beitrag"),
    "body": ("text corpo", "body content paragraph richtext wysiwyg prose inhalt cuerpo conteudo contenido corps contenu texto brod fulltext"),
    "related": (
        "more next also", "relat recommend recirc trending popular latest further outbrain taboola upnext teaser empfehl verwandt weiter "
        "lesetipp meistge lireaussi relacionad leia correlat leggi similar suggest readmore seealso crosslink mostread mostview discover promoted",
    ),
    "promo": (
        "ad ads abo cta adv dfp gpt", "advert sponsor promo newslett subscri signup banner anzeige werbung publicid marketing donat affiliat "
        "appstore abonn inscri optin mailchimp shop deal coupon commerce product campaign outstream native",
    ),
    "share": ("sns tool", "shar social follow facebook twitter whatsapp teilen partag compart addthis toolbar tools print bookmark"),
    "comments": ("reply", "comment disqus kommentar comentari respond replies discussion forum"),
    "byline": ("by ort", "byline author autor auteur writer reporter journalist dateline posted"),
    "date": ("date time datum fecha", "publish timestamp datetime updated readtime"),
    "meta": ("meta info flag cat", "metadata kicker overline dachzeile eyebrow label badge rubric categor source quelle section location"),
    "caption": ("alt", "caption legend figcap credit copyright"),
    "media": ("img pic", "photo image picture gallery slide carousel foto bild media video audio player embed podcast infograf infograph thumb figure"),
    "lead": (
        "lead dek deck sub sapo", "lede intro standfirst subtitle subhead summary excerpt abstract chapeau chapo entradilla bajada copete "
        "vorspann einleitung preamble ingress sommario occhiello description subline bigode strapline",
    ),
    "tags": ("tag tags pager toc", "keyword topic schlagw stichw themen etiquet crumb paginat paging"),
    "header": ("nav top bar", "header masthead navig menu topbar logo search login language cookie consent gdpr skip navbar"),
    "title": ("h1", "headline title titulo titre titel"),
    "footer": ("after end", "foot bottom disclaimer imprint impressum legal terms correction endnote"),
    "side": ("rail box col aside", "sidebar sidecol widget secondary complement infobox factbox modul inset callout rightcol"),
    "popup": ("poll quiz", "accordion tooltip popup modal overlay dialog lightbox notific alert rating vote weather ticker stock"),
    "hidden": ("hide none sr print noprint", "hidden invisible sronly screenread visuallyh offscreen displaynone"),
    "wall": ("plus offer", "paywall piano premium barrier regwall meter locked subscriber"),
    "bio": ("bio", "biogr contribut vcard profile about avatar"),
    "quote": ("quote tweet", "blockquote pullquote zitat citat instagram tweet"),
    "list": ("list items grid card cards", "listing listicle"),
    "live": ("live", "liveblog liveticker livefeed timeline liveupdate"),
}  # fmt: skip
FAMILIES: Final = tuple(_FAMILIES)
BIT: Final = {name: 1 << position for position, name in enumerate(FAMILIES)}


def _by_word(column: int) -> dict[str, int]:
    bits: dict[str, int] = {}
    for name, words in _FAMILIES.items():
        for word in words[column].split():
            bits[word] = bits.get(word, 0) | BIT[name]
    return bits


_WORDS: Final = _by_word(0)
_STEMS: Final = _by_word(1)
_SIZES: Final = sorted({len(stem) for stem in _STEMS})
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@lru_cache(maxsize=16_384)
def families(names: str) -> int:
    """Return a bit for every family that an element's class names and id speak of."""
    found = 0
    for word in _WORD.findall(names[:200]):
        found |= _word_families(word)
    return found


@lru_cache(maxsize=16_384)
def _word_families(word: str) -> int:
    word = word.lower()
    found = _WORDS.get(word, 0)
    for start in range(len(word) - 3):
        for size in _SIZES:
            found |= _STEMS.get(word[start : start + size], 0)
    return found
