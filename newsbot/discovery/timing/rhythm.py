"""The rhythm in which a feed publishes, learnt from its polls, and the interval until its next poll.

A feed is polled when the entries that it is expected to have published since the last poll will have waited for as long
as one poll is worth. The interval so shrinks with the square root of the rate, which minimises the wait of all entries
for a number of polls (Cho & Garcia-Molina, "Effective page refresh policies for Web crawlers", 2003), and follows the
feed's hours. It depends on the feed's own state alone. Figures: `benchmarks/freshness.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import floor, sqrt
from typing import Any, Self

from newsbot.discovery.timing.schedule import DAY_S, HOUR_S, MAX_POLL_S, bounded_poll_s

POLL_PRICE_S = 80
"""Seconds that the entries of a feed with the usual rate may wait, added up, before a poll is worth it."""
USUAL_PER_DAY = 20.0
"""Entries per day of a feed for which a poll has just that price.

The price falls with the square root of the rate: in the benchmark, with the same number of polls, the median delay is
a fifth lower than with one price for all, and the mean 3 % higher."""

MEMORY_H = 7 * 24
"""Half-life of what is known of a feed, in hours."""
RECENT_H = 6
"""Half-life of the comparison of what was found with what was expected, in hours."""
MAX_GAP_H = 36
"""Longest gap between two polls that is learnt from, in hours: longer ones are outages, and the list of a feed is too
short to show all that was published in the meantime."""
MAX_ENTRIES = 1_000
"""Maximum number of new entries that are counted per poll."""
MAX_NUMBER = 1e6

_PRIOR_ENTRIES, _PRIOR_DAYS = 0.5, 0.1
"""A feed of which nothing is known is taken to publish five entries a day; two hours are enough to correct it."""
_EVENNESS = 12
"""Entries, spread evenly over the day, that are added to those found, so that no hour is written off too early."""
_SURENESS = 2
"""Entries added to those found and to those expected recently, so that one entry more or less means little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What is known of how often and when a feed publishes; older knowledge counts less. Empty for a new feed."""

    hours: tuple[float, ...] = (0.0,) * 24
    """New entries found, by the hour of day (UTC) of their publication."""
    watched_h: float = 0.0
    """Hours in which they were published."""
    recent: float = 0.0
    """New entries found in the last hours."""
    expected: float = 0.0
    """New entries that the feed's usual rate made expect in the same hours."""

    @classmethod
    def from_json(cls, stored: object) -> Self:
        """Return the rhythm that `to_json` gave; an empty one for None and for anything that it did not give."""
        match stored:
            case {"hours": list(hours), "watched_h": watched_h, "recent": recent, "expected": expected}:
                if len(hours) == 24 and all(map(_is_valid, [*hours, watched_h, recent, expected])):
                    return cls(hours=tuple(hours), watched_h=watched_h, recent=recent, expected=expected)
        return cls()

    def to_json(self) -> dict[str, Any]:
        """Return the rhythm as a JSON object of about 300 bytes: numbers with six digits, none above a million."""
        return {
            "hours": [_rounded(entries) for entries in self.hours],
            "watched_h": _rounded(self.watched_h),
            "recent": _rounded(self.recent),
            "expected": _rounded(self.expected),
        }


def observe(
    rhythm: Rhythm,
    *,
    now: datetime,
    previous_poll_at: datetime | None,
    new_entry_times: Sequence[datetime | None],
) -> Rhythm:
    """Return the rhythm after a successful poll at `now` that found new entries.

    `previous_poll_at` is the time of the last successful poll, None if there was none: what a first poll finds is the
    backlog, and nothing is learnt from it. `new_entry_times` has a publication date or None for each new entry. Dates
    are aware; one outside the interval between the two polls is wrong, and its entry counts as one without a date,
    which may have been published at any time in the interval.
    """
    gap_h = (now - previous_poll_at).total_seconds() / HOUR_S if previous_poll_at else 0.0
    if previous_poll_at is None or not 0 < gap_h <= MAX_GAP_H:
        return replace(rhythm, recent=0.0, expected=0.0)
    times = new_entry_times[:MAX_ENTRIES]
    dated = [time for time in times if time and previous_poll_at < time <= now]
    undated_per_h = (len(times) - len(dated)) / gap_h
    watched = _hours_between(previous_poll_at, gap_h)
    kept, kept_recently = 0.5 ** (gap_h / MEMORY_H), 0.5 ** (gap_h / RECENT_H)
    expected = sum(rate * watched_h for rate, watched_h in zip(usual_rates(rhythm), watched, strict=True))
    hours = [
        entries * kept + undated_per_h * watched_h
        for entries, watched_h in zip(rhythm.hours, watched, strict=True)
    ]
    for time in dated:
        hours[time.astimezone(UTC).hour] += 1
    return Rhythm(
        hours=tuple(hours),
        watched_h=rhythm.watched_h * kept + gap_h,
        recent=rhythm.recent * kept_recently + len(times),
        expected=rhythm.expected * kept_recently + expected,
    )


def next_poll_s(rhythm: Rhythm, now: datetime, ttl_s: int | None) -> float:
    """Return the seconds from `now`, the time of a successful poll, until the next one, before jitter.

    The publisher's wish (`ttl_s`) is respected up to an hour. The result is between 2 minutes and 24 hours."""
    activity = (rhythm.recent + _SURENESS) / (rhythm.expected + _SURENESS)
    rates = [rate * activity for rate in usual_rates(rhythm)]
    price_h = POLL_PRICE_S / HOUR_S * sqrt(USUAL_PER_DAY / sum(rates))
    return bounded_poll_s(_hours_until_waited(price_h, rates, now) * HOUR_S, ttl_s)


def usual_rates(rhythm: Rhythm) -> list[float]:
    """Return the usual number of new entries per hour for each hour of day (UTC); all are above 0."""
    total = sum(rhythm.hours)
    per_day = (total + _PRIOR_ENTRIES) / (rhythm.watched_h * HOUR_S / DAY_S + _PRIOR_DAYS)
    return [per_day * (entries + _EVENNESS / 24) / (total + _EVENNESS) for entries in rhythm.hours]


def _hours_until_waited(price_h: float, rates: list[float], now: datetime) -> float:
    """Return the hours after which the entries published since `now` will have waited `price_h` hours, added up.

    24 hours if it takes longer. Within an hour of day, entries are published evenly.
    """
    start = at = _hour_of_day(now)
    entries = waited_h = 0.0
    while at - start < MAX_POLL_S / HOUR_S:
        rate, length_h, rest_h = rates[int(at) % 24], floor(at) + 1 - at, price_h - waited_h
        # The root of entries * x + rate / 2 * x**2 = rest_h, in the form that loses no digits if the rate is low.
        wait_h = 2 * rest_h / (entries + sqrt(entries**2 + 2 * rate * rest_h))
        if wait_h <= length_h:
            return at + wait_h - start
        waited_h += entries * length_h + rate / 2 * length_h**2
        entries += rate * length_h
        at = floor(at) + 1
    return MAX_POLL_S / HOUR_S


def _hours_between(start: datetime, gap_h: float) -> list[float]:
    """Return how many hours of an interval fall into each hour of day (UTC)."""
    hours = [0.0] * 24
    at = _hour_of_day(start)
    end = at + gap_h
    while at < end:
        until = min(floor(at) + 1, end)
        hours[int(at) % 24] += until - at
        at = until
    return hours


def _hour_of_day(time: datetime) -> float:
    time = time.astimezone(UTC)
    return time.hour + (time.minute + time.second / 60 + time.microsecond / 60e6) / 60


def _is_valid(number: object) -> bool:
    return isinstance(number, int | float) and 0 <= number <= MAX_NUMBER


def _rounded(number: float) -> float:
    return float(f"{min(number, MAX_NUMBER):.6g}")
