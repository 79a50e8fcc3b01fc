"""When an article was published and last changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import islice, pairwise

from newsbot.dates import names_date, parse_date
from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.layout_hints import dated_texts, time_texts
from newsbot.extraction.fields.rules import Rule

_MAX_ELEMENTS = 10
_MINUTE, _QUARTER_HOUR, _ZONES_APART = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=26)
_EXACT = 2  # a time of day and a zone
_MAX_LINES = 40
_HAS_CLOCK = re.compile(r"\d[T ,]*\d?\d:\d\d|T\d{4}|^\d{10,}")
_HAS_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d|GMT|UTC)(?:\W|$)|^\d{10}(?:\d{3})?$")
_URL_DAY = re.compile(r"/(20[0-4]\d)[/-]?([01]\d)[/-]?([0-3]\d)(?:/|-|_|\b)")
_LABEL = re.compile(
    r"(?:date|datum|fecha|data|dato|дата|tarih|日期|日付|published|veröffentlicht|publié|publicado|pubblicato|erschienen)(?: on| am| le| el)?\s?:?",
    re.IGNORECASE,
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


def read_published(
    evidence: PageEvidence, timezone: tzinfo, now: datetime | None
) -> tuple[datetime | None, str]:
    """Return when the article was first published, in UTC, and the rule that found it.

    Tries JSON-LD datePublished, then meta elements, microdata, time elements, dated elements, the URL. A date
    without an offset is read in `timezone`; None if absent or more than a day after `now`.
    """
    return _best_date(_PUBLISHED, _SHOWN, evidence, timezone, now)


def read_modified(
    evidence: PageEvidence, timezone: tzinfo, now: datetime | None
) -> tuple[datetime | None, str]:
    """Return when the page says that the article was last changed, in UTC, and the rule that found it."""
    return _best_date(_MODIFIED, (), evidence, timezone, now)


def _best_date(
    declared: Sequence[Rule[list[str]]],
    shown: Sequence[Rule[list[str]]],
    evidence: PageEvidence,
    timezone: tzinfo,
    now: datetime | None,
) -> tuple[datetime | None, str]:
    """Return the first date that is declared, or a later rule's that says the same day more exactly.

    What the page shows is looked at only where nothing declared has a time of day.
    """
    best: tuple[datetime | None, str] = (None, "")
    precision = -1
    for rules in (declared, shown):
        for rule, text in _texts(rules, evidence) if precision < 1 else ():
            moment = parse_date(text, timezone, now, evidence.page.html_lang)
            exact = bool(_HAS_CLOCK.search(text)) + bool(_HAS_ZONE.search(text))
            if moment and exact > precision and (best[0] is None or _agree(best[0], moment, precision > 0)):
                best, precision = (moment, rule.name), exact
            if precision == _EXACT:
                return best
    return best


def _texts(rules: Sequence[Rule[list[str]]], evidence: PageEvidence) -> Iterator[tuple[Rule[list[str]], str]]:
    return ((rule, text) for rule in rules for text in islice(rule.find(evidence) or (), _MAX_ELEMENTS))


def _agree(one: datetime, other: datetime, has_clock: bool) -> bool:
    """Whether a more exact date can be of the same moment as one that lacks its zone, or its time of day too.

    Zones differ by quarters of an hour; seconds are often left out.
    """
    apart = abs(one - other)
    return apart <= _ZONES_APART and (not has_clock or (apart + _MINUTE) % _QUARTER_HOUR <= 2 * _MINUTE)


def _metas(keys: Sequence[str]) -> Rule[list[str]]:
    return Rule("meta", lambda evidence: [text for key in keys for text in evidence.meta(key)])


def _below_headline(evidence: PageEvidence) -> list[str]:
    """Return the lines right below the headline that are about a date; captions and sentences name some too."""
    return [line for line, _ in evidence.below_headline[:_MAX_LINES] if names_date(line)]


def _labelled(evidence: PageEvidence) -> list[str]:
    """Return the dates of a list of facts about the article: what follows "Date" alone on its line."""
    return [
        value
        for label, value in pairwise(line for line, _ in evidence.below_headline)
        if _LABEL.fullmatch(label)
    ]


def _url_day(evidence: PageEvidence) -> list[str]:
    match = _URL_DAY.search(evidence.page.url or "")
    return ["-".join(match.groups())] if match else []


_PUBLISHED: tuple[Rule[list[str]], ...] = (
    Rule(
        "json-ld datePublished",
        lambda evidence: evidence.json_ld("datePublished", "dateCreated", "uploadDate"),
    ),
    _metas(_PUBLISHED_METAS),
    Rule("microdata datePublished", lambda evidence: evidence.microdata("datePublished", "dateCreated")),
)
_SHOWN: tuple[Rule[list[str]], ...] = (
    Rule("time element", lambda evidence: time_texts(evidence.page.tree)),
    Rule("below headline", _below_headline),
    Rule("labelled", _labelled),
    Rule("dated element", lambda evidence: list(dated_texts(evidence.page.tree))),
    Rule("url", _url_day),
)
_MODIFIED: tuple[Rule[list[str]], ...] = (
    Rule("json-ld dateModified", lambda evidence: evidence.json_ld("dateModified")),
    _metas(_MODIFIED_METAS),
    Rule("microdata dateModified", lambda evidence: evidence.microdata("dateModified")),
)
