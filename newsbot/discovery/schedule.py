"""When to ask again: feeds by how often something new comes, articles by their age, hosts by what they say.

Everything is a duration in seconds or a moment computed from the `now` that is passed in.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400

MIN_POLL_S = 2 * MINUTE_S
MAX_POLL_S = DAY_S
FIRST_POLL_S = 15 * MINUTE_S
"""Interval of a feed of which nothing is known yet."""
DEAD_AFTER = 10
"""Failures in a row after which a feed is taken for dead: some days, as the interval doubles each time."""
DEAD_PROBE_S = 7 * DAY_S
JITTER = 0.1
"""Share by which an interval is moved at random, so that feeds do not come due together for ever."""

REFETCH_AGES_S = (HOUR_S, 6 * HOUR_S, DAY_S, 3 * DAY_S)
"""Ages since publication at which an article is fetched again: corrections come soon or never."""
MAX_RETRY_AFTER_S = DAY_S
MAX_CRAWL_DELAY_S = 600.0
"""Longer ones are mistakes, such as milliseconds: one a day would keep any news from being fetched."""


def poll_interval_s(previous_s: float | None, new_entries: int, *, ttl_s: int | None = None) -> float:
    """Return the seconds until the next poll of a feed that has just been read, before jitter.

    Halved when one entry was new, quartered when several were, half as long again when none was: settles where
    every third poll finds something. What the publisher asks for (`ttl_s`) is heeded up to an hour, because most
    ask for the default of their software. Between 2 minutes and 24 hours; `previous_s` None: never read before.
    """
    if previous_s is None:
        interval_s: float = FIRST_POLL_S
    else:
        interval_s = previous_s * (1.5 if new_entries == 0 else 0.5 if new_entries == 1 else 0.25)
    return min(max(interval_s, MIN_POLL_S, min(ttl_s or 0, HOUR_S)), MAX_POLL_S)


def failure_interval_s(previous_s: float, failures: int) -> float:
    """Return the seconds until a feed is tried again after `failures` in a row (1 and more), before jitter.

    The interval doubles with every failure up to 24 hours; a dead feed is probed once a week.
    """
    if failures >= DEAD_AFTER:
        return DEAD_PROBE_S
    return min(max(previous_s, MIN_POLL_S) * 2.0**failures, MAX_POLL_S)


def with_jitter(interval_s: float, chance: float) -> float:
    """Return the interval moved by up to a tenth either way; `chance` is a random number from 0 to 1."""
    return interval_s * (1 + JITTER * (2 * chance - 1))


def next_refetch_age_s(age_s: float) -> int | None:
    """Return the age at which an article of `age_s` since publication is fetched next; None: no more."""
    return next((each for each in REFETCH_AGES_S if each > age_s), None)


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks to wait: 0 to a day; None if there is no valid one.

    Source: RFC 9110, section 10.2.3: whole seconds or an HTTP date.
    """
    text = (header or "").strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", text, re.ASCII):
        seconds = float(text[:20])
    else:
        try:
            moment = parsedate_to_datetime(text[:60])
        except (ValueError, OverflowError):
            return None
        seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)


def request_delay_s(source_delay_s: float, crawl_delay_s: float | None) -> float:
    """Return the seconds between two requests to a host: what the source or its robots.txt asks, the longer."""
    return max(source_delay_s, min(max(crawl_delay_s or 0.0, 0.0), MAX_CRAWL_DELAY_S))
