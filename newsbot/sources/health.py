"""Flag unhealthy sources by their daily counts: silence, a coverage drop, a bot wall, failing feeds.

Pure: the counts and the current day are arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from statistics import fmean
from typing import Literal

FlagKind = Literal["silence", "coverage drop", "bot wall", "failing feed"]

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
WALL_PAGES, WALL_SHARE = 5, 0.8
"""Minimum number of pages, and minimum share of pages without an article, for a bot wall."""
FEED_FAILURES = 5
"""Failures in a row of a feed before it is flagged; temporary failures of a site do not reach it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """The counts of one source on one day (UTC)."""

    articles: int = 0
    """Articles stored for the first time."""
    pages: int = 0
    """Article pages with a 2xx response."""
    not_articles: int = 0
    """Number of these pages that are no article: lists, empty pages, bot walls and paywalls."""
    with_author: int = 0
    with_date: int = 0
    with_body: int = 0
    """Articles with more than 100 words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A problem of a source that a person should look at."""

    source: str
    kind: FlagKind
    detail: str
    """One line with the figures that raised the flag."""


def health_flags(
    source: str, days: Mapping[date, DayCounts], today: date, feed_failures: Mapping[str, int] | None = None
) -> list[Flag]:
    """Return the problems of a source; empty for a healthy one.

    `days` has the counts of the days on which the source was crawled, 60 or more of them; a day without a crawl must be
    left out. Silence is judged on the days before `today`, which is not over. `feed_failures` is URL -> failures in a row.
    """
    failing = [
        f"{url}: {failures} failures in a row"
        for url, failures in (feed_failures or {}).items()
        if failures >= FEED_FAILURES
    ]
    found: dict[FlagKind, list[str]] = {
        "silence": _silence({day: days[day].articles for day in sorted(days) if day < today}),
        "bot wall": _bot_wall([counts for day, counts in days.items() if (today - day).days in (0, 1)]),
        "coverage drop": _coverage_drops([days[day] for day in sorted(days, reverse=True) if day <= today]),
        "failing feed": failing,
    }
    return [
        Flag(source=source, kind=kind, detail=detail) for kind, details in found.items() for detail in details
    ]


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


def _bot_wall(recent: Sequence[DayCounts]) -> list[str]:
    pages = sum(counts.pages for counts in recent)
    walls = sum(counts.not_articles for counts in recent)
    if pages < WALL_PAGES or walls < WALL_SHARE * pages:
        return []
    return [f"{walls} of {pages} pages since yesterday were answered but hold no article"]


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
