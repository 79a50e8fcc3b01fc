"""When an article was published and last changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from itertools import islice, pairwise
from typing import NamedTuple

from newsbot.extraction.fields.evidence import PageEvidence
from newsbot.extraction.fields.rules import Rule
from newsbot.languages.calendar.date_labels import is_list_label
from newsbot.languages.calendar.dates import OFFSETS_MIN, Moment, labelled_moments, parse_moment
from newsbot.languages.calendar.written_days import other_order
from newsbot.urls import host_of

_MAX_TEXTS = 10
"""Maximum number of texts that one rule contributes."""
_MAX_LABEL_CHARS = 40
_MAX_URL_CHARS = 500
_DAY_FIRST_REGIONS = frozenset({"uk", "ie", "au", "nz", "in", "za", "ke", "ng", "gh", "pk", "sg", "my", "hk"})
"""Regions that write the day first in English: the language of their pages is often given as American."""
_MACHINE = re.compile(r"[\dTZ:.+\s-]{8,35}")
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_QUARTER_HOUR = timedelta(minutes=15)
_MAX_ZONE_DIFFERENCE = timedelta(hours=26)
"""Difference between the time zones UTC-12 and UTC+14."""
_CLOCK, _EXACT = 1, 2
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


class _Stage(NamedTuple):
    """Rules that are tried together."""

    rules: Sequence[Rule[list[str]]]
    labels: Sequence[str] = ()
    """Labels of the dates that count in lines that readers see, the best first; none for what a page declares."""
    is_last_resort: bool = False
    """Whether the rules are tried only if nothing is found, not to find the time of day."""


def read_published(
    evidence: PageEvidence, timezone: tzinfo, now: datetime | None
) -> tuple[Moment | None, str]:
    """Return when the article was first published, and the rule that found it.

    Tries JSON-LD datePublished, then meta elements, microdata, lines beside the headline, the start of the text, the
    URL, lists of facts, elements marked as dates, and time elements; a date that is labelled as that of the last change
    only if there is no other. For a date without an offset see `parse_moment`. (None, "") if no rule finds a date that
    is at most a day after `now`.

    A page that declares its date in UTC and shows it in local time has the offset of what it shows.
    """
    reader = _Reader(evidence, timezone, now)
    found, rule = reader.best_date(_PUBLISHED)
    return found and reader.with_shown_offset(found), rule


def read_modified(
    evidence: PageEvidence, timezone: tzinfo, now: datetime | None
) -> tuple[Moment | None, str]:
    """Return when the article was last changed according to the page, and the rule that found it."""
    return _Reader(evidence, timezone, now).best_date(_MODIFIED)


class _Reader:
    """Reads the dates of one page."""

    def __init__(self, evidence: PageEvidence, timezone: tzinfo, now: datetime | None) -> None:
        self.evidence = evidence
        self.timezone = timezone
        self.now = now
        self.language = _language(evidence)

    def best_date(self, stages: Sequence[_Stage]) -> tuple[Moment | None, str]:
        """Return the first date, or the date of a later rule that gives the same moment more precisely.

        Later stages run only if no date with a time of day is found.
        """
        best: tuple[Moment | None, str] = (None, "")
        precision = -1
        for stage in stages:
            if precision >= _CLOCK or (stage.is_last_resort and best[0]):
                continue
            for rule, text in self._texts(stage.rules):
                moment = self._moment(text, stage.labels)
                found_precision = bool(_HAS_CLOCK.search(text)) + bool(_HAS_ZONE.search(text))
                if moment is None or found_precision <= precision:
                    continue
                if best[0] is None or _may_be_same_moment(
                    best[0], moment, precision >= _CLOCK, bool(stage.labels)
                ):
                    best, precision = (moment, rule.name), found_precision
                if precision == _EXACT:
                    return best
        return best

    def _texts(self, rules: Sequence[Rule[list[str]]]) -> Iterator[tuple[Rule[list[str]], str]]:
        return ((rule, text) for rule in rules for text in islice(rule.find(self.evidence) or (), _MAX_TEXTS))

    def _moment(self, text: str, labels: Sequence[str]) -> Moment | None:
        """Return the date of a text, its day and month in the order that agrees with the other dates of the page."""
        found = self._parse(text, labels)
        swapped = other_order(text)
        other = self._parse(swapped, labels) if swapped else None
        if other is None or found is None:
            return found or other
        days = self._clear_days
        return other if _local_day(other) in days and _local_day(found) not in days else found

    def _parse(self, text: str, labels: Sequence[str]) -> Moment | None:
        """Return the date of a text; of a line that readers see, the first one with the best of the labels."""
        if not labels or (_MACHINE.fullmatch(text) and "" in labels):
            return parse_moment(text, self.timezone, self.now, self.language)
        found = labelled_moments(text, self.timezone, self.now, self.language)
        return next((date.moment for label in labels for date in found if date.label == label), None)

    @cached_property
    def _clear_days(self) -> set[date]:
        """The days that the page names, without those whose day and month may be the other way round."""
        rules = [rule for stage in (_DECLARED, _DECLARED_CHANGE, _BESIDE) for rule in stage.rules]
        texts = (text for _, text in self._texts(rules) if not other_order(text))
        found = (labelled_moments(text, self.timezone, self.now, self.language) for text in texts)
        return {_local_day(date.moment) for dates in found for date in dates}

    def with_shown_offset(self, moment: Moment) -> Moment:
        """Return a moment in UTC with the offset that the page gives it elsewhere; any other moment as it is."""
        if moment.offset_min != 0 or str(self.timezone) != "UTC":
            return moment
        offset = next((found for found in self._offsets(moment.at) if found is not None), 0)
        return moment._replace(offset_min=offset) if offset else moment

    def _offsets(self, at: datetime) -> Iterator[int | None]:
        """Yield the offset of an instant according to each date of the page; None for a date of something else."""
        for _, text in self._texts(_DECLARED.rules):
            same = parse_moment(text, self.timezone, self.now, self.language)
            yield same.offset_min if same and same.offset_min and abs(same.at - at) < _MINUTE else None
        for _, text in self._texts(_BESIDE.rules):
            for shown in labelled_moments(text, self.timezone, self.now, self.language):
                if shown.label != "updated":
                    yield _offset_of(at, shown.moment, bool(_HAS_CLOCK.search(text)))


def _offset_of(at: datetime, shown: Moment, has_clock: bool) -> int | None:
    """Return the offset of an instant from what a page shows of it, in minutes east of UTC; None if it says nothing of it.

    Of a page that shows only the day, the offset is the smallest in whole hours with which the instant is on that day.
    """
    if shown.offset_min is not None:
        return shown.offset_min if abs(shown.at - at) < _MINUTE else None
    if has_clock:
        minutes, rest = divmod(shown.at.replace(second=0) - at.replace(second=0), _MINUTE)
        return minutes if not rest and minutes % 30 == 0 and minutes in OFFSETS_MIN else None
    midnight = shown.at
    if at < midnight:
        minutes = -(-(midnight - at) // _HOUR) * 60
    elif at >= midnight + _DAY:
        minutes = -((at - midnight - _DAY) // _HOUR + 1) * 60
    else:
        return 0
    return minutes if minutes in OFFSETS_MIN else None


def _local_day(moment: Moment) -> date:
    return (moment.at + timedelta(minutes=moment.offset_min or 0)).date()


def _may_be_same_moment(vague: Moment, precise: Moment, has_clock: bool, is_shown: bool) -> bool:
    """Return whether a precise date may be the same moment as one without a zone (`has_clock`) or also without a time.

    Zones differ by multiples of a quarter of an hour; a minute of tolerance, because seconds are often left out. What
    readers see is on the same day: comments follow on the next one.
    """
    difference = abs(vague.at - precise.at)
    if difference > _MAX_ZONE_DIFFERENCE:
        return False
    if not has_clock:
        return not is_shown or _local_day(vague) in (_local_day(precise), precise.at.date())
    return (difference + _MINUTE) % _QUARTER_HOUR <= 2 * _MINUTE


def _language(evidence: PageEvidence) -> str | None:
    """Return the language of the page's dates: with the region of the site, which decides the order of day and month."""
    language = evidence.page.html_lang
    region = host_of(evidence.page.url or "").rpartition(".")[2]
    if language and language.lower()[:2] == "en" and region in _DAY_FIRST_REGIONS:
        return f"en-{region}"
    return language


def _metas(keys: Sequence[str]) -> Rule[list[str]]:
    return Rule(
        "meta",
        lambda evidence: [text for key in keys if key in evidence.page.meta for text in evidence.meta(key)],
    )


def _labelled(evidence: PageEvidence) -> list[str]:
    """Return the values of a list of facts about the article: each line that follows the line "Date", or has a label."""
    return evidence.shown_dates.labelled + [
        value
        for label, value in pairwise(line for line, _ in evidence.below_headline())
        if len(label) <= _MAX_LABEL_CHARS and is_list_label(label)
    ]


def _url_day(evidence: PageEvidence) -> list[str]:
    path = (evidence.page.url or "")[:_MAX_URL_CHARS].partition("?")[0].lower()
    if "20" not in path:
        return []
    days = (match.group("day", "month", "year") for form in _URL_DAYS for match in form.finditer(path))
    return [
        f"{day} {month} {year}" if month.isalpha() else f"{year}-{month}-{day}" for day, month, year in days
    ]


_DECLARED = _Stage(
    (
        Rule(
            "json-ld datePublished",
            lambda evidence: evidence.json_ld("datePublished", "dateCreated", "uploadDate"),
        ),
        _metas(_PUBLISHED_METAS),
        Rule("microdata datePublished", lambda evidence: evidence.microdata("datePublished", "dateCreated")),
    )
)
_DECLARED_CHANGE = _Stage(
    (
        Rule("json-ld dateModified", lambda evidence: evidence.json_ld("dateModified")),
        _metas(_MODIFIED_METAS),
        Rule("microdata dateModified", lambda evidence: evidence.microdata("dateModified")),
    )
)
_NOT_CHANGE = ("published", "")
_BESIDE = _Stage(
    (
        Rule("beside headline", lambda evidence: evidence.shown_dates.beside_headline),
        Rule("dateline", lambda evidence: evidence.shown_dates.dateline),
        Rule("url", _url_day),
    ),
    labels=_NOT_CHANGE,
)
_TIMES = (
    Rule("time element", lambda evidence: evidence.shown_dates.times),
    Rule("embedded state", lambda evidence: evidence.embedded("published")),
)
_ELSEWHERE = (
    Rule("labelled", _labelled),
    Rule("dated element", lambda evidence: evidence.shown_dates.marked),
)
_CHANGE = _Stage(
    (Rule("shown change", lambda evidence: evidence.shown_dates.beside_headline),),
    labels=("updated",),
    is_last_resort=True,
)
_PUBLISHED = (
    _DECLARED,
    _BESIDE,
    _Stage(_ELSEWHERE, labels=_NOT_CHANGE, is_last_resort=True),
    _Stage(_TIMES, labels=_NOT_CHANGE),
    _CHANGE,
)
_MODIFIED = (_DECLARED_CHANGE, _CHANGE)
