"""Flag unhealthy sources: silence, a coverage drop, bot walls, robots.txt, hosts that are held, feeds that fail.

Pure: the counts, the states and the current time are arguments. `walls` and `reach` hold the rules for pages and feeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate
from statistics import fmean
from typing import Literal

from newsbot.items import utc_text
from newsbot.sources import reach, walls
from newsbot.sources.reach import FeedState, Hold, Unreached
from newsbot.sources.walls import Forbidden, PageCounts

FlagKind = Literal[
    "silence",
    "coverage drop",
    "bot wall",
    "robots refusal",
    "held",
    "failing feed",
    "moved feed",
    "ended feed",
    "not reached",
]

BASELINE_DAYS = 28
"""Four weeks, so that every weekday is counted four times: newspapers publish less on weekends."""
EXPECTED_IN_SILENCE = 7.0
"""Expected number of articles in a silent period before it is flagged: chance alone gives none once in 1,000 times (e^-7)."""
DAYS_TO_FIRST_ARTICLE = 3
"""Days of crawling without any article before a new source is flagged."""
COVERAGE_ARTICLES = 20
"""Minimum number of articles before and after a coverage drop."""
MAX_COVERAGE_DROP = 0.3
"""A share that falls by more than this (0.95 -> 0.6) means that the site changed, not its authors."""
UNREACHED_TRIES = 2
"""Failures in a row of every feed of a source before it is flagged as not reached: one may be chance."""
MAX_LINES = 5
"""Maximum number of flags of one kind of a source; an index may name hundreds of sitemaps that all fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """The articles of one source that were stored for the first time on one day (UTC)."""

    articles: int = 0
    """Articles without stubs."""
    stubs: int = 0
    """Entries of feeds without a page that could be read."""
    with_author: int = 0
    with_date: int = 0
    with_body: int = 0
    """Articles with more than 100 words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of one source, for `health_flags`."""

    source: str
    days: Mapping[date, DayCounts] = field(default_factory=dict)
    """The counts of the days on which the source was crawled, 60 or more of them; a day without a crawl is left out."""
    hosts: Mapping[str, Mapping[date, PageCounts]] = field(default_factory=dict)
    """Host -> day -> answers to requests for pages."""
    forbidden: Forbidden | None = None
    feeds: Sequence[FeedState] = ()
    holds: Sequence[Hold] = ()
    """The hosts of its feeds and pages that have not answered since they were held."""
    last_answer_at: datetime | None = None
    """Time of the last answer to a request for one of its pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A problem that a person should look at."""

    source: str | None
    """Key of the source; None if all sources have the problem."""
    kind: FlagKind
    detail: str
    """One line with the figures that raised the flag."""


def health_flags(evidence: Evidence, now: datetime) -> list[Flag]:
    """Return the problems of a source; empty for a healthy one.

    Silence is judged on the days before today, which is not over."""
    days, today = evidence.days, now.date()
    lost = unreached_of(evidence)
    is_lost = lost is not None and lost.tries >= UNREACHED_TRIES
    told = {feed.url for feed in reach.unanswered(evidence.feeds, evidence.holds)} if is_lost else set()
    holds = [hold for hold in evidence.holds if hold.until > now and not (is_lost and hold.is_unreached)]
    feeds = [feed for feed in evidence.feeds if feed.url not in told and not feed.is_waiting_for(holds)]
    found: dict[FlagKind, list[str]] = {
        "silence": _silence({day: days[day].articles for day in sorted(days) if day < today}),
        "bot wall": walls.bot_walls(evidence.hosts, today),
        "robots refusal": walls.robots_refusals(evidence.forbidden, evidence.hosts),
        "coverage drop": _coverage_drops([days[day] for day in sorted(days, reverse=True) if day <= today]),
        "held": reach.held_hosts(holds),
        "not reached": [_not_reached(lost)] if lost and is_lost else [],
        "failing feed": reach.failing_feeds(feeds, now),
        "moved feed": reach.moved_feeds(evidence.feeds),
        "ended feed": reach.ended_feeds(evidence.feeds),
    }
    return [
        Flag(source=evidence.source, kind=kind, detail=detail)
        for kind, details in found.items()
        for detail in cut(details, MAX_LINES)
    ]


def unreached_of(evidence: Evidence) -> Unreached | None:
    """Return since when nothing of a source could be reached; None if it could."""
    return reach.unreached(evidence.feeds, evidence.holds, last_answer_at=evidence.last_answer_at)


def _not_reached(lost: Unreached) -> str:
    since = f"since {utc_text(lost.since)}" if lost.since else "so far"
    return f"nothing of it could be reached {since}: {lost.reason}"


def cut(lines: Sequence[str], number: int) -> list[str]:
    """Return the first lines; the last of them says how many more there are."""
    return list(lines) if len(lines) <= number else [*lines[:number], f"and {len(lines) - number} more"]


def outage(lost: Mapping[str, Unreached | None]) -> Flag | None:
    """Return the flag for all sources together if none of them could be reached; None if one was.

    `lost` has every source that has been polled."""
    if not lost or not all(lost.values()):
        return None
    last = max((found.since for found in lost.values() if found and found.since), default=None)
    since = f"since {utc_text(last)}" if last else "so far"
    detail = f"no source could be reached {since}: is there a network?"
    return Flag(source=None, kind="not reached", detail=detail)


def without_outage(flags: Iterable[Flag]) -> list[Flag]:
    """Return the flags that do not follow from an outage of the whole network."""
    return [flag for flag in flags if flag.kind not in ("not reached", "silence", "held", "failing feed")]


def _silence(articles: Mapping[date, int]) -> list[str]:
    """Return the silence flag: compares the days since the last article with the same weekdays of the four weeks before."""
    active = [day for day, count in articles.items() if count]
    if not active:
        return [f"no article in {len(articles)} days"] if len(articles) >= DAYS_TO_FIRST_ARTICLE else []
    last = active[-1]
    silent = [day for day in articles if day > last]
    baseline = {day: count for day, count in articles.items() if 0 <= (last - day).days < BASELINE_DAYS}
    expected = sum(_expected(day, baseline) for day in silent)
    if expected < EXPECTED_IN_SILENCE:
        return []
    return [f"no article since {last}, {expected:.0f} expected in {len(silent)} days"]


def _expected(day: date, baseline: Mapping[date, int]) -> float:
    """Return the mean count of this weekday, or of all days if the baseline has it less than twice."""
    same_weekday = [count for other, count in baseline.items() if other.weekday() == day.weekday()]
    return fmean(same_weekday if len(same_weekday) > 1 else baseline.values())


def _coverage_drops(newest_first: Sequence[DayCounts]) -> list[str]:
    """Return the coverage flags: compares the newest days with enough articles with the four weeks before them."""
    recent_days = _days_with_articles(newest_first, COVERAGE_ARTICLES)
    recent = newest_first[:recent_days]
    before = newest_first[recent_days : recent_days + BASELINE_DAYS]
    if not recent_days or sum(counts.articles for counts in before) < COVERAGE_ARTICLES:
        return []
    shares = {
        field: (_share(before, f"with_{field}"), _share(recent, f"with_{field}"))
        for field in ("author", "date", "body")
    }
    return [
        f"{field}: {old:.0%} of articles had it, now {new:.0%}"
        for field, (old, new) in shares.items()
        if old - new > MAX_COVERAGE_DROP
    ]


def _days_with_articles(newest_first: Sequence[DayCounts], enough: int) -> int:
    """Return the number of newest days that have `enough` articles together; 0 if all days have fewer."""
    totals = accumulate(counts.articles for counts in newest_first)
    return next((number for number, total in enumerate(totals, start=1) if total >= enough), 0)


def _share(days: Sequence[DayCounts], field: str) -> float:
    having: int = sum(getattr(counts, field) for counts in days)
    return having / sum(counts.articles for counts in days)
