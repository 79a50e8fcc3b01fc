"""When an article was published and last changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import islice, pairwise

from lxml import etree

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.rules import Rule
from newsbot.extraction.fields.shown_dates import (
    containers,
    dateline,
    lines_beside,
    marked_dates,
    time_elements,
)
from newsbot.languages.date_labels import is_list_label
from newsbot.languages.dates import Moment, labelled_moments, parse_moment

_MAX_TEXTS = 10
"""Maximum number of texts that one rule contributes."""
_MAX_LABEL_CHARS = 40
_MAX_URL_CHARS = 500
_MINUTE = timedelta(minutes=1)
_QUARTER_HOUR = timedelta(minutes=15)
_MAX_ZONE_DIFFERENCE = timedelta(hours=26)
"""Difference between the time zones UTC-12 and UTC+14."""
_EXACT = 2
"""Precision of a date with a time of day and a zone: one point for each."""
_HAS_CLOCK = re.compile(r"\d[T ,]*\d?\d:\d\d|T\d{4}|^\d{10,}")
_HAS_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d|GMT|UTC)(?:\W|$)|^\d{10}(?:\d{3})?$")
_URL_DAYS = (
    re.compile(r"/(?P<year>20[0-4]\d)(?P<mark>[/_-])(?P<month>[01]?\d)(?P=mark)(?P<day>[0-3]?\d)(?![\d%])"),
    re.compile(r"/(?P<year>20[0-4]\d)/(?P<month>[a-z]{3,9})/(?P<day>[0-3]?\d)(?=/|$)"),
    re.compile(r"/(?P<year>20[0-4]\d)/?(?P<month>[01]\d)/?(?P<day>[0-3]\d)(?=/|$|[-_]\D)"),
    re.compile(r"[/_-](?P<day>[0-3]\d)[_-](?P<month>[01]\d)[_-](?P<year>20[0-4]\d)(?!\d)"),
    re.compile(
        r"[-_](?P<year>20[0-4]\d)(?P<mark>[_-])(?P<month>[01]\d)(?P=mark)(?P<day>[0-3]\d)(?=/|$|\.[a-z])"
    ),
    re.compile(r"[-_](?P<year>20[0-4]\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?=/|$|\.[a-z])"),
)
"""Forms of a day in the path of a URL; longer numbers are no days."""
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

    Tries JSON-LD datePublished, then meta elements, microdata, lines beside the headline, the start of the text, the
    URL, elements marked as dates, and time elements. For a date without an offset see `parse_moment`. (None, "") if no
    rule finds a date that is at most a day after `now`.
    """
    return _best_date(_PUBLISHED, _SHOWN, "updated", evidence, timezone, now)


def read_modified(
    evidence: PageEvidence, timezone: tzinfo, now: datetime | None
) -> tuple[Moment | None, str]:
    """Return when the article was last changed according to the page, and the rule that found it."""
    return _best_date(_MODIFIED, (), "", evidence, timezone, now)


def _best_date(
    declared: Sequence[Rule[list[str]]],
    shown: Sequence[Rule[list[str]]],
    unwanted: str,
    evidence: PageEvidence,
    timezone: tzinfo,
    now: datetime | None,
) -> tuple[Moment | None, str]:
    """Return the first declared date, or the date of a later rule that gives the same moment more precisely.

    The `shown` rules run only if no declared date has a time of day.
    """
    language = _language(evidence)
    best: tuple[Moment | None, str] = (None, "")
    precision = -1
    for rules in (declared, shown, _SHOWN_CHANGE):
        for rule, text in _texts(rules, evidence) if precision < 1 else ():
            moment = _moment(text, rules is not declared, rules is _SHOWN_CHANGE, timezone, now, language)
            found_precision = bool(_HAS_CLOCK.search(text)) + bool(_HAS_ZONE.search(text))
            if moment is None or found_precision <= precision:
                continue
            if best[0] is None or _may_be_same_moment(best[0].at, moment.at, precision > 0):
                best, precision = (moment, rule.name), found_precision
            if precision == _EXACT:
                return best
    return best


def _moment(
    text: str, is_shown: bool, is_update: bool, timezone: tzinfo, now: datetime | None, language: str | None
) -> Moment | None:
    """Return the date of a text: of a line that readers see, the first one that is not labelled as the last change."""
    if not is_shown:
        return parse_moment(text, timezone, now, language)
    if (
        moment := parse_moment(text, timezone, now, language)
        if text[:1].isdigit() and len(text) < 36
        else None
    ):
        return moment
    found = labelled_moments(text, timezone, now, language)
    labels = ("updated",) if is_update else ("published", "")
    return next((each.moment for label in labels for each in found if each.label == label), None)


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


def _language(evidence: PageEvidence) -> str | None:
    return evidence.page.html_lang


def _beside_headline(evidence: PageEvidence) -> list[str]:
    """Return the lines in, below and above the headline that are little more than a date."""
    if evidence.heading is None:
        return []
    below = [node for _, node in evidence.below_headline]
    return lines_beside(evidence.heading, below, _language(evidence) or "")


def _containers(evidence: PageEvidence) -> Collection[etree._Element]:
    return containers(evidence.heading, [node for _, node in evidence.below_headline])


def _labelled(evidence: PageEvidence) -> list[str]:
    """Return the values of a list of facts about the article: each line that follows the line "Date"."""
    return [
        value
        for label, value in pairwise(line for line, _ in evidence.below_headline)
        if len(label) <= _MAX_LABEL_CHARS and is_list_label(label)
    ]


def _dateline(evidence: PageEvidence) -> list[str]:
    found = dateline([node for _, node in evidence.below_headline], _language(evidence) or "")
    return [found] if found else []


def _url_day(evidence: PageEvidence) -> list[str]:
    path = (evidence.page.url or "")[:_MAX_URL_CHARS].partition("?")[0].lower()
    matches = (match for form in _URL_DAYS for match in form.finditer(path))
    return [
        f"{match['day']} {match['month']} {match['year']}"
        if match["month"].isalpha()
        else "-".join(match.group("year", "month", "day"))
        for match in matches
    ]


_PUBLISHED: tuple[Rule[list[str]], ...] = (
    Rule(
        "json-ld datePublished",
        lambda evidence: evidence.json_ld("datePublished", "dateCreated", "uploadDate"),
    ),
    _metas(_PUBLISHED_METAS),
    Rule("microdata datePublished", lambda evidence: evidence.microdata("datePublished", "dateCreated")),
)
_SHOWN: tuple[Rule[list[str]], ...] = (
    Rule("beside headline", _beside_headline),
    Rule("dateline", _dateline),
    Rule("url", _url_day),
    Rule("labelled", _labelled),
    Rule("dated element", lambda evidence: marked_dates(evidence.page.tree, _containers(evidence))),
    Rule("time element", lambda evidence: time_elements(evidence.page.tree, _containers(evidence))),
)
_SHOWN_CHANGE = (Rule("shown change", _beside_headline),)
_MODIFIED: tuple[Rule[list[str]], ...] = (
    Rule("json-ld dateModified", lambda evidence: evidence.json_ld("dateModified")),
    _metas(_MODIFIED_METAS),
    Rule("microdata dateModified", lambda evidence: evidence.microdata("dateModified")),
)
