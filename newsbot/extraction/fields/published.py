"""When an article was published and last changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import islice, pairwise

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.layout_hints import dated_texts, time_texts
from newsbot.extraction.fields.rules import Rule
from newsbot.languages.dates import Moment, names_date, parse_moment
from newsbot.languages.word_patterns import any_of

_MAX_TEXTS = 10
"""Maximum number of texts that one rule contributes."""
_MAX_LINES = 40
"""Maximum number of lines below the headline that are searched for a date."""
_MINUTE = timedelta(minutes=1)
_QUARTER_HOUR = timedelta(minutes=15)
_MAX_ZONE_DIFFERENCE = timedelta(hours=26)
"""Difference between the time zones UTC-12 and UTC+14."""
_EXACT = 2
"""Precision of a date with a time of day and a zone: one point for each."""
_HAS_CLOCK = re.compile(r"\d[T ,]*\d?\d:\d\d|T\d{4}|^\d{10,}")
_HAS_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d|GMT|UTC)(?:\W|$)|^\d{10}(?:\d{3})?$")
_URL_DAY = re.compile(r"/(20[0-4]\d)[/-]?([01]\d)[/-]?([0-3]\d)(?:/|-|_|\b)")
DATE_LABELS = {
    "en": "date, published",
    "de": "datum, veröffentlicht, erschienen",
    "fr": "date, publié",
    "es": "fecha, publicado",
    "pt": "data, publicado",
    "it": "data, pubblicato",
    "nl": "datum",
    "sv": "datum",
    "no": "dato",
    "da": "dato",
    "pl": "data",
    "ru": "дата",
    "tr": "tarih",
    "zh": "日期",
    "ja": "日付",
}
"""Labels of the date of publication in lists of facts about an article."""
_BEFORE_DATES = {"en": "on", "de": "am", "fr": "le", "es": "el"}
_LABEL = re.compile(rf"{any_of(DATE_LABELS)}(?: {any_of(_BEFORE_DATES)})?\s?:?", re.IGNORECASE)

_PUBLISHED_METAS = [
    "article:published_time",
    "article:published",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "http://ogp.me/ns/article#published_time",
    "published_time",
    "published_at",
    "publishedat",
    "publish-date",
    "publish_date",
    "publishdate",
    "publication_date",
    "publicationdate",
    "article.published",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "pubdate",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.created",
    "dc.date.created",
    "date.available",
    "dc.date",
    "dcterms.date",
    "date",
    "article_date_original",
    "datecreated",
    "citation_publication_date",
    "bt:pubdate",
    "og:pubdate",
    "uploaddate",
    "displaydate",
    "created",
    "timestamp",
]
"""Names of meta elements with the date of publication, the most reliable first."""
_MODIFIED_METAS = [
    "article:modified_time",
    "og:updated_time",
    "article:modified",
    "http://ogp.me/ns/article#modified_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "date.modified",
    "last-modified",
    "lastmod",
    "lastupdate",
    "updated_time",
    "revised",
]
"""Names of meta elements with the date of the last change, the most reliable first."""


def read_published(
    evidence: PageEvidence, timezone: tzinfo, now: datetime | None
) -> tuple[Moment | None, str]:
    """Return when the article was first published, and the rule that found it.

    Tries JSON-LD datePublished, then meta elements, microdata, time elements, lines below the headline, elements
    marked as dates, and the URL. For a date without an offset see `parse_moment`. (None, "") if no rule finds a date
    that is at most a day after `now`.
    """
    return _best_date(_PUBLISHED, _SHOWN, evidence, timezone, now)


def read_modified(
    evidence: PageEvidence, timezone: tzinfo, now: datetime | None
) -> tuple[Moment | None, str]:
    """Return when the article was last changed according to the page, and the rule that found it."""
    return _best_date(_MODIFIED, (), evidence, timezone, now)


def _best_date(
    declared: Sequence[Rule[list[str]]],
    shown: Sequence[Rule[list[str]]],
    evidence: PageEvidence,
    timezone: tzinfo,
    now: datetime | None,
) -> tuple[Moment | None, str]:
    """Return the first declared date, or the date of a later rule that gives the same moment more precisely.

    The `shown` rules run only if no declared date has a time of day.
    """
    best: tuple[Moment | None, str] = (None, "")
    precision = -1
    for rules in (declared, shown):
        for rule, text in _texts(rules, evidence) if precision < 1 else ():
            moment = parse_moment(text, timezone, now, evidence.page.html_lang)
            found_precision = bool(_HAS_CLOCK.search(text)) + bool(_HAS_ZONE.search(text))
            if moment is None or found_precision <= precision:
                continue
            if best[0] is None or _may_be_same_moment(best[0].at, moment.at, precision > 0):
                best, precision = (moment, rule.name), found_precision
            if precision == _EXACT:
                return best
    return best


def _texts(rules: Sequence[Rule[list[str]]], evidence: PageEvidence) -> Iterator[tuple[Rule[list[str]], str]]:
    return ((rule, text) for rule in rules for text in islice(rule.find(evidence) or (), _MAX_TEXTS))


def _may_be_same_moment(vague: datetime, precise: datetime, has_clock: bool) -> bool:
    """Return whether a precise date may be the same moment as one without a zone (`has_clock`) or also without a time.

    Zones differ by multiples of a quarter of an hour; a minute of tolerance, because seconds are often left out.
    """
    difference = abs(vague - precise)
    if difference > _MAX_ZONE_DIFFERENCE:
        return False
    return not has_clock or (difference + _MINUTE) % _QUARTER_HOUR <= 2 * _MINUTE


def _metas(keys: Sequence[str]) -> Rule[list[str]]:
    return Rule("meta", lambda evidence: [text for key in keys for text in evidence.meta(key)])


def _below_headline(evidence: PageEvidence) -> list[str]:
    """Return the lines below the headline that are little more than a date; captions and sentences are left out."""
    return [line for line, _ in evidence.below_headline[:_MAX_LINES] if names_date(line)]


def _labelled(evidence: PageEvidence) -> list[str]:
    """Return the values of a list of facts about the article: each line that follows the line "Date"."""
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
    Rule("embedded state", lambda evidence: evidence.embedded("published")),
    Rule("url", _url_day),
)
_MODIFIED: tuple[Rule[list[str]], ...] = (
    Rule("json-ld dateModified", lambda evidence: evidence.json_ld("dateModified")),
    _metas(_MODIFIED_METAS),
    Rule("microdata dateModified", lambda evidence: evidence.microdata("dateModified")),
)
