"""Features of what a page declares: schema.org types, og:type, date, authors, its software, and its address."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

from lxml import etree

from newsbot.extraction.body.word_lists import words
from newsbot.extraction.kinds.kind_words import PATHS, SOFTWARE, families_of_words
from newsbot.extraction.kinds.signs import Signs
from newsbot.extraction.page.tree import raw_text
from newsbot.languages.word_patterns import entries_of

_TYPES: Final = {
    "news": r"NewsArticle$|^Report$",
    "article": r"(?<!Tech)Article$|BlogPosting$|Review$|Recipe$",
    "docs": r"^TechArticle$|^APIReference$|^SoftwareSourceCode$",
    "product": r"^Product|^Offer$|^AggregateOffer$|^Vehicle|^IndividualProduct$|^Apartment|^Accommodation$",
    "forum": r"^DiscussionForumPosting$|^QAPage$|^Answer$",
    "list": r"^CollectionPage$|^ItemList$|^SearchResultsPage$|^OfferCatalog$|^Blog$",
    "service": r"Business$|Service$|Store$|Contractor$|^Restaurant$|^Hotel$|^Dentist$|^Course$|Application$|^FAQPage$",
}
"""Group -> types of schema.org."""
_TYPE_PATTERNS: Final = {name: re.compile(pattern) for name, pattern in _TYPES.items()}
_OG_TYPES: Final = ("article", "product", "website")
_PATHS: Final = families_of_words(PATHS)
_FAMILIES: Final = tuple(PATHS)
_GENERATORS: Final = {family: entries_of({"": names}) for family, names in SOFTWARE.items()}
_MAX_TYPE_CHARS: Final = 60
_MAX_GENERATOR_CHARS: Final = 200
_MAX_DESCRIPTION_CHARS: Final = 500
_MAX_URL_CHARS: Final = 1000
_MAX_SEGMENTS: Final = 8
_MAX_ENDING_CHARS: Final = 5
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)?")
_ID = re.compile(r"\d{4,}")
_SIGN_NAMES: Final = words("says_article docs_sign forum_sign shop_sign")
_PLACE_NAMES: Final = words("depth slug_words slug_chars id query home")

NAMES: Final = (
    *(f"type_{name}" for name in _TYPES),
    *(f"og_{name}" for name in _OG_TYPES),
    *(f"generator_{family}" for family in SOFTWARE),
    *words("date_declared date_shown authors_declared authors_shown published_meta price_meta section"),
    *words("description_chars title_words title_in_h1 topics"),
    *(f"path_{family}" for family in PATHS),
    *(f"host_{family}" for family in PATHS),
    *_PLACE_NAMES,
    *_SIGN_NAMES,
)
"""Names of the numbers that `declared_row` returns."""


def declared_row(signs: Signs) -> list[float]:
    """Return the numbers of `NAMES`."""
    groups = {
        group for name in {*signs.types, *signs.item_types} for group in _groups_of(name[:_MAX_TYPE_CHARS])
    }
    numbers = [
        *(float(name in groups) for name in _TYPES),
        *(float(signs.og_type.startswith(name)) for name in _OG_TYPES),
        *_metas(signs),
        *_address(signs.page.url or ""),
    ]
    return numbers + _signs(dict(zip(NAMES, numbers, strict=False)))


def _signs(found: dict[str, float]) -> list[float]:
    """Return numbers of `_SIGN_NAMES`: what several declarations say together."""
    is_article = found["type_news"] or found["type_article"]
    says_article = is_article or found["og_article"] or found["published_meta"]
    docs = found["path_docs"] or found["host_docs"] or found["generator_docs"] or found["type_docs"]
    forum = found["path_forum"] or found["host_forum"] or found["generator_forum"] or found["type_forum"]
    shop = found["path_shop"] or found["host_shop"] or found["type_product"] or found["og_product"]
    return [
        float(bool(says_article)),
        float(bool(docs) and not is_article),
        float(bool(forum) and not is_article),
        float(bool(shop) and not says_article),
    ]


@lru_cache(maxsize=1024)
def _groups_of(name: str) -> tuple[str, ...]:
    """Return the groups of a type of schema.org."""
    return tuple(group for group, pattern in _TYPE_PATTERNS.items() if pattern.search(name))


def _metas(signs: Signs) -> list[float]:
    meta, article = signs.page.meta, signs.article
    generator = " ".join(meta.get("generator", ())[:3])[:_MAX_GENERATOR_CHARS].lower()
    title = (article.title or "").casefold()
    is_dated, has_authors = signs.has_declared("published_at"), signs.has_declared("authors")
    return [
        *(float(any(name in generator for name in names)) for names in _GENERATORS.values()),
        is_dated,
        article.published_at is not None and not is_dated,
        has_authors,
        bool(article.authors) and not has_authors,
        "article:published_time" in meta,
        any(name.startswith("product:") or "price" in name for name in meta),
        article.section is not None,
        min(len(article.description or ""), _MAX_DESCRIPTION_CHARS),
        len(title.split()),
        bool(title) and any(title in _text_of(heading) for heading in signs.page.headings[:3]),
        min(len(article.topics), 10),
    ]


def _text_of(heading: etree._Element) -> str:
    return " ".join(raw_text(heading)[:_MAX_DESCRIPTION_CHARS].split()).casefold()


def _address(url: str) -> list[float]:
    """Return numbers of the address of a page; 0 for a page without one."""
    try:
        parts = urlsplit(url[:_MAX_URL_CHARS])
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    if not host:
        return [0.0] * (2 * len(_FAMILIES) + len(_PLACE_NAMES))
    segments = [segment for segment in unquote(parts.path).lower().split("/") if segment]
    last = segments[-1] if segments else ""
    stem, dot, ending = last.rpartition(".")
    slug = stem if dot and len(ending) <= _MAX_ENDING_CHARS else last
    shown = segments[:_MAX_SEGMENTS]
    first = [word for segment in shown for word in _WORD.findall(segment)[:1]]
    return [
        *_families([*shown, *first, f"?{parts.query.lower().partition('=')[0]}"]),
        *_families(host.split(".")[:-1]),
        min(len(segments), _MAX_SEGMENTS),
        min(slug.count("-") + slug.count("_"), 15),
        min(len(slug), 120),
        float(_ID.search(last) is not None),
        float(bool(parts.query)),
        float(not segments),
    ]


def _families(segments: list[str]) -> list[float]:
    """Return which families of `PATHS` the parts of an address belong to."""
    found = {number for word in segments for number in _PATHS.get(word, ())}
    return [float(number in found) for number in range(len(_FAMILIES))]
