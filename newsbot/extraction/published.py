"""When an article was published and last changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import islice

from lxml import etree

from newsbot.dates import parse_date
from newsbot.extraction.rules import Clues, Rule
from newsbot.extraction.tree import select, text_of

_MAX_ELEMENTS = 10
_MAX_TEXT_CHARS = 100
_HAS_CLOCK = re.compile(r"\d[T ,]*\d?\d:\d\d|T\d{4}|^\d{10,}")
_HAS_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d|GMT|UTC)(?:\W|$)|^\d{10}(?:\d{3})?$")
_URL_DAY = re.compile(r"/(20[0-4]\d)[/-]?([01]\d)[/-]?([0-3]\d)(?:/|-|_|\b)")
_DATED = etree.XPath(
    "//*[contains(@class, 'date') or contains(@class, 'Date') or contains(@class, 'publish') or contains(@class, 'time')"
    " or contains(@class, 'Publish') or contains(@id, 'date') or contains(@itemprop, 'datePublished')][not(self::body)]"
)

_PUBLISHED_METAS = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished",
    "http://ogp.me/ns/article#published_time", "published_time", "published_at", "publishedat", "publish-date",
    "publish_date", "publishdate", "publication_date", "publicationdate", "article.published", "parsely-pub-date",
    "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "pubdate", "dcterms.issued",
    "dc.date.issued", "dcterms.created", "dc.date.created", "date.available", "dc.date", "dcterms.date", "date",
    "article_date_original", "datecreated", "citation_publication_date", "bt:pubdate", "og:pubdate", "uploaddate",
    "displaydate", "created", "timestamp",
)  # fmt: skip
_MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "article:modified", "http://ogp.me/ns/article#modified_time",
    "datemodified", "dcterms.modified", "dc.date.modified", "date.modified", "last-modified", "lastmod",
    "lastupdate", "updated_time", "revised",
)  # fmt: skip


def read_published(clues: Clues, timezone: tzinfo, now: datetime | None) -> tuple[datetime | None, str]:
    """Return when the article was first published, in UTC, and the rule that found it.

    Tries JSON-LD datePublished, then meta elements, microdata, time elements, dated elements, the URL. A date
    without an offset is read in `timezone`; None if absent or more than a day after `now`.
    """
    return _best_date(_PUBLISHED, clues, timezone, now)


def read_modified(clues: Clues, timezone: tzinfo, now: datetime | None) -> tuple[datetime | None, str]:
    """Return when the page says that the article was last changed, in UTC, and the rule that found it."""
    return _best_date(_MODIFIED, clues, timezone, now)


def _best_date(
    rules: Sequence[Rule[list[str]]], clues: Clues, timezone: tzinfo, now: datetime | None
) -> tuple[datetime | None, str]:
    """Return the first date, or a later rule's that says the same day more exactly (its time, its zone)."""
    best: tuple[datetime | None, str] = (None, "")
    precision = -1
    for rule, text in _texts(rules, clues):
        moment = parse_date(text, timezone, now, clues.page.html_lang)
        if moment is None or (best[0] and not _same_day(best[0], moment)):
            continue
        exact = bool(_HAS_CLOCK.search(text)) + bool(_HAS_ZONE.search(text))
        if exact > precision:
            best, precision = (moment, rule.name), exact
        if precision == 2:
            break
    return best


def _texts(rules: Sequence[Rule[list[str]]], clues: Clues) -> Iterator[tuple[Rule[list[str]], str]]:
    return ((rule, text) for rule in rules for text in islice(rule.find(clues) or (), _MAX_ELEMENTS))


def _same_day(one: datetime, other: datetime) -> bool:
    """Whether two readings can be of one moment, given that either may lack its time of day or zone."""
    return abs(one - other) <= timedelta(hours=26)


def _metas(keys: Sequence[str]) -> Rule[list[str]]:
    return Rule("meta", lambda clues: [text for key in keys for text in clues.meta(key)])


def _time_elements(clues: Clues) -> list[str]:
    """Return the dates of time elements, those after the headline first: before it stand other articles'."""
    before: list[str] = []
    after: list[str] = []
    found = before
    for element in clues.page.tree.iter("h1", "time"):
        if element.tag == "h1":
            found = after
        elif len(found) < _MAX_ELEMENTS:
            found.append((element.get("datetime") or text_of(element))[:_MAX_TEXT_CHARS])
    return [text for text in (*after, *before) if text]


def _dated_elements(clues: Clues) -> list[str]:
    elements = islice(select(_DATED, clues.page.tree), 5 * _MAX_ELEMENTS)
    texts = (element.get("content") or element.get("title") or text_of(element) for element in elements)
    return [text for text in texts if 6 <= len(text) <= _MAX_TEXT_CHARS and any(map(str.isdigit, text))]


def _url_day(clues: Clues) -> list[str]:
    match = _URL_DAY.search(clues.page.url or "")
    return ["-".join(match.groups())] if match else []


_PUBLISHED: tuple[Rule[list[str]], ...] = (
    Rule("json-ld datePublished", lambda clues: clues.json_ld("datePublished", "dateCreated", "uploadDate")),
    _metas(_PUBLISHED_METAS),
    Rule("microdata datePublished", lambda clues: clues.microdata("datePublished", "dateCreated")),
    Rule("time element", _time_elements),
    Rule("dated element", _dated_elements),
    Rule("url", _url_day),
)
_MODIFIED: tuple[Rule[list[str]], ...] = (
    Rule("json-ld dateModified", lambda clues: clues.json_ld("dateModified")),
    _metas(_MODIFIED_METAS),
    Rule("microdata dateModified", lambda clues: clues.microdata("dateModified")),
)
