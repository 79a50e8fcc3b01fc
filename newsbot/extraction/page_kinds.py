"""What kind of page this is: an article, or something that a crawler may mistake for one.

Specific schema.org types of the page decide first, then signs on the page. If in doubt, a page stays an article: a
wrong reject loses more than an odd page that is stored.

The figures beside the thresholds were measured on 632 article pages and 342 pages of other kinds (shops, services,
forums, lists, documentation) that people have labelled.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from newsbot.extraction.body.choice import Body
from newsbot.extraction.page.page import Page
from newsbot.items import STORED_KINDS, Article, PageKind
from newsbot.languages.word_patterns import any_of

_SHORT_WORDS: Final = 120
"""Number of words below which other signs on a page count. 3 % of articles are shorter, 16 % have under 400 words."""
_TEASER_WORDS: Final = 250
"""Number of words below which a text may be the teaser of a paid article or the introduction of a gallery: 7 % of
articles are shorter."""
_MIN_LISTED_SHARE: Final = 0.7
"""Share (0..1) of the text in teasers of one layout above which an undated page is a list. 1 article has more."""
_MIN_FRONT_PAGE_LINKS: Final = 20
"""Number of links above which a short front page is a list: a page without a date that is declared a website or has no
text. No article is one; 51 of 56 such pages of other kinds have more links."""
_WALL_CHARS: Final = 50_000
"""Number of characters of HTML that are searched for signs of a bot wall; such pages are small."""
_DECLARED: Final = ("json-ld", "meta", "microdata")
"""First words of the rules that read what a page declares, not what it shows."""
_LIVE = re.compile(r"^LiveBlogPosting$")
_GALLERY = re.compile(r"^(?:ImageGallery|MediaGallery|Photograph)$")
_VIDEO = re.compile(r"^(?:VideoObject|Movie|TVEpisode|PodcastEpisode|AudioObject)$")
_LIST = re.compile(r"^(?:CollectionPage|ItemList|SearchResultsPage|ProfilePage)$")
_ARTICLE = re.compile(r"Article$|Posting$|^Report$|^Review$")

ERROR_TITLES = {
    "en": """page (?:not|can(?:no|')t be) found, (?:page|article|story) (?:is )?(?:no longer|not) (?:available|exist),
        access (?:to this page has been )?denied, just a moment, attention required, are you (?:a )?(?:human|robot),
        security check, bot verification, pardon our interruption, verify(?:ing)? (?:that )?you are""",
    "de": "seite (?:wurde )?nicht gefunden, seite existiert nicht",
    "fr": "page (?:introuvable|non trouvée)",
    "es": "página no encontrada",
    "pt": "página não encontrada",
    "it": "pagina non trovata",
    "nl": "pagina niet gevonden",
    "sv": "sidan (?:kunde inte hittas|hittades inte)",
    "no": "siden ble ikke funnet",
    "da": "siden blev ikke funnet",
    "pl": "strona nie (?:została )?znaleziona",
    "ru": "страница не найдена",
    "ja": "ページが見つかりません",
    "zh": "页面不存在, 找不到(?:页面|頁面)",
    "ko": "페이지를 찾을 수 없",
    "ar": "الصفحة غير موجودة",
    "tr": "sayfa bulunamadı",
}
"""Titles of error pages and of pages that check for bots."""
WALL_TEXTS = {
    "en": """enable (?:javascript|cookies), javascript (?:is|and cookies), unusual (?:traffic|activity), not a robot,
        checking your browser, complete the (?:captcha|security)""",
    "mul": "cf-chl, captcha-delivery, px-captcha, _Incapsula_, ray id",
}
"""Words in the HTML of pages that check for bots; under `mul`, names that the vendors of such checks use in it."""
PAYWALLS = {
    "en": """subscribe (?:now |today )?to (?:continue|keep|read), to continue reading, already a subscriber,
        continue reading (?:this|with|for), subscribers? only""",
    "de": """weiterlesen mit, jetzt (?:weiterlesen|abonnieren|freischalten), bereits abonnent,
        registrieren und weiterlesen""",
    "fr": "réservé (?:aux|à nos) abonnés, pour lire la suite, il vous reste \\d+ ?%, déjà abonné",
    "es": "contenido exclusivo, para seguir leyendo, ya eres suscriptor",
    "pt": "exclusivo para assinantes, continue lendo",
    "it": "per continuare a leggere, sei già abbonato",
    "nl": "exclusief voor abonnees, lees verder met",
    "sv": "endast för prenumeranter",
    "no": "for abonnenter",
    "da": "for abonnenter",
    "ja": "残り\\d+文字, この記事は会員限定, 有料会員, 会員限定",
    "ko": "구독하고",
    "ru": "только для подписчиков",
}
"""Invitations to pay for the rest of an article."""

_ERROR_TITLE = re.compile(
    r"\b(?:404|403|410|5\d\d) ?(?:-|–|:|error|not|page|forbidden|gone)|^(?:404|403|error)\b|"
    + any_of(ERROR_TITLES),
    re.IGNORECASE,
)
_WALL_TEXT = re.compile(any_of(WALL_TEXTS), re.IGNORECASE)
_PAYWALL = re.compile(any_of(PAYWALLS), re.IGNORECASE)


@dataclass(slots=True, frozen=True)
class _Signs:
    """What the rules look at."""

    page: Page
    article: Article
    body: Body
    types: tuple[str, ...]
    """All schema.org types in the page's JSON-LD."""

    def declares(self, pattern: re.Pattern[str]) -> bool:
        return any(pattern.search(name) for name in self.types)

    @property
    def og_type(self) -> str:
        return next(iter(self.page.meta.get("og:type", ())), "").lower()

    @property
    def is_declared_article(self) -> bool:
        return self.declares(_ARTICLE) or self.og_type == "article" or self.article.published_at is not None

    @property
    def is_dated_article(self) -> bool:
        """Whether the page declares itself an article or declares a date; dates that a list shows belong to others."""
        return self.declares(_ARTICLE) or self.article.rules.get("published_at", "").startswith(_DECLARED)

    @property
    def page_title(self) -> str:
        return f"{self.article.title or ''}\n{self.page.title}".strip()


def _is_error(signs: _Signs) -> bool:
    if signs.article.word_count > _SHORT_WORDS:
        return False
    if _ERROR_TITLE.search(signs.page_title):
        return True
    return not signs.is_declared_article and _WALL_TEXT.search(signs.page.html[:_WALL_CHARS]) is not None


def _is_live_blog(signs: _Signs) -> bool:
    return signs.declares(_LIVE)


def _is_paywall(signs: _Signs) -> bool:
    if signs.article.word_count > _TEASER_WORDS or signs.body.rule == "json-ld articleBody":
        return False
    if signs.article.is_free is False:
        return True
    return signs.article.word_count < _SHORT_WORDS and _PAYWALL.search(signs.body.rest) is not None


def _is_gallery(signs: _Signs) -> bool:
    is_short = signs.article.word_count < _TEASER_WORDS
    return is_short and (signs.declares(_GALLERY) or "gallery" in signs.og_type)


def _is_video(signs: _Signs) -> bool:
    is_only_video = signs.declares(_VIDEO) and not signs.declares(_ARTICLE)
    return signs.article.word_count < _SHORT_WORDS and (is_only_video or signs.og_type.startswith("video"))


def _is_list(signs: _Signs) -> bool:
    if signs.body.teaser_share > _MIN_LISTED_SHARE and not signs.is_dated_article:
        return True
    if signs.is_declared_article:
        return False
    if signs.declares(_LIST):
        return True
    is_short = signs.article.word_count < _SHORT_WORDS
    is_front_page = signs.og_type == "website" or not signs.body.text
    return is_short and is_front_page and signs.body.links > _MIN_FRONT_PAGE_LINKS


def _is_empty(signs: _Signs) -> bool:
    return not signs.body.text


_RULES: Final[tuple[tuple[PageKind, str, Callable[[_Signs], bool]], ...]] = (
    ("error", "error title or bot wall", _is_error),
    ("live_blog", "json-ld LiveBlogPosting", _is_live_blog),
    ("paywall", "not free and short", _is_paywall),
    ("gallery", "gallery type and short", _is_gallery),
    ("video", "video type and short", _is_video),
    ("list", "links and no article", _is_list),
    ("empty", "no body", _is_empty),
)
"""Kind, name of the rule, and its test. The first rule that holds decides; if none holds, the page is an article."""


def classify(page: Page, article: Article, body: Body) -> tuple[PageKind, str]:
    """Return the kind of the page and the name of the rule that decided it."""
    signs = _Signs(page, article, body, _types(page))
    for kind, rule, holds in _RULES:
        if holds(signs):
            return kind, rule
    return "article", "nothing against it"


def _types(page: Page) -> tuple[str, ...]:
    types: list[str] = []
    for item in page.json_ld:
        declared = item.get("@type")
        names = declared if isinstance(declared, list) else [declared]
        types += [name for name in names if isinstance(name, str)]
    return tuple(types)


def reject_reason(article: Article) -> str | None:
    """Return why an article is not stored: its kind, "empty" or "no-title"; None if it is stored."""
    if article.kind not in STORED_KINDS:
        return article.kind
    if not article.body:
        return "empty"
    return None if article.title else "no-title"
