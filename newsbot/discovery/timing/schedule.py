"""Polling intervals of feeds, refetch ages of articles, and delays between requests to a host.

Every result is a duration in seconds; where the current time matters, it is the argument `now`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400

MIN_POLL_S = 2 * MINUTE_S
MAX_POLL_S = DAY_S
DEAD_AFTER_S = 30 * DAY_S
"""Time since its last success after which a feed counts as dead."""
DEAD_AFTER = 30
"""Failures in a row after which a feed that was never read counts as dead; most of them are a day apart."""
DEAD_PROBE_S = 7 * DAY_S
"""Interval of a dead feed."""
OUTAGE_SHARE = 8
"""An outage is noticed to be over after at most an eighth of its length, or an hour if that is longer."""
JITTER = 0.1
"""Share of an interval by which it is moved at random, so that feeds do not stay due at the same time."""

REFETCH_AGES_S = (HOUR_S, 6 * HOUR_S, DAY_S, 3 * DAY_S)
"""Ages since publication at which an article is fetched again: most corrections come within three days."""
MAX_RETRY_AFTER_S = DAY_S
MAX_HOLD_S = 2 * DAY_S
"""A host is held for a day at most. The end of a hold that is further away than two was computed with a wrong clock."""
MAX_AHEAD_S = 8 * DAY_S
"""Nothing is scheduled for later than in a week, give or take the jitter. What is was scheduled with a wrong clock."""
FIRST_HOLD_S = MINUTE_S
"""Hold of a host that answers 429 or 503 without Retry-After."""
MAX_AWAITED_HOLD_S = 2 * MINUTE_S
"""Holds that end earlier are waited out by the run."""
FIRST_ROBOTS_HOLD_S = 5 * MINUTE_S
"""Hold of a host whose robots.txt cannot be read."""
ROBOTS_ABSENT_AFTER_S = 30 * DAY_S
"""Time after which a robots.txt that cannot be read counts as absent (RFC 9309, section 2.3.1.4)."""
MAX_CRAWL_DELAY_S = 600.0
"""Maximum Crawl-delay that is respected; longer ones are mistakes, such as milliseconds, and would stop the crawl."""


def bounded_poll_s(interval_s: float, ttl_s: int | None) -> float:
    """Return the interval moved into the bounds: 2 minutes or the publisher's wish (an hour at most), and 24 hours."""
    return min(max(interval_s, MIN_POLL_S, min(ttl_s or 0, HOUR_S)), MAX_POLL_S)


def failure_interval_s(previous_s: float, failures: int, *, silent_s: float | None = None) -> float:
    """Return the seconds until something is tried again after `failures` in a row (1 and more), before jitter.

    The interval doubles with every failure up to 24 hours. `silent_s` is the time since the last success of a feed;
    None if it was never read, or for a page. A feed that was read before is tried again after an hour or an eighth of
    that time at the latest, so that it is back soon after an outage, its own or of the network here. After 30 days, or
    30 failures if it was never read, it is dead and probed once a week.
    """
    doubled_s = min(max(previous_s, MIN_POLL_S) * 2.0 ** min(failures, DEAD_AFTER), MAX_POLL_S)
    if silent_s is None:
        return DEAD_PROBE_S if failures >= DEAD_AFTER else doubled_s
    if silent_s >= DEAD_AFTER_S:
        return DEAD_PROBE_S
    return min(doubled_s, max(HOUR_S, silent_s / OUTAGE_SHARE))


def with_jitter(interval_s: float, chance: float) -> float:
    """Return the interval changed by up to a tenth; `chance` is a random number from 0 to 1."""
    return interval_s * (1 + JITTER * (2 * chance - 1))


def next_refetch_age_s(age_s: float) -> int | None:
    """Return the age at which an article that is now `age_s` old is fetched next; None if it is not fetched again."""
    return next((refetch_age_s for refetch_age_s in REFETCH_AGES_S if refetch_age_s > age_s), None)


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Return the seconds to wait that a Retry-After header states, from 0 to a day; None without a valid header.

    Source: RFC 9110, section 10.2.3: whole seconds or an HTTP date.
    """
    text = (header or "").strip()
    if re.fullmatch(
        r"\d+(?:\.\d+)?(?:\s*,\s*\d+)*", text[:200], re.ASCII
    ):  # a header that is sent twice is joined
        seconds = max(float(part[:20]) for part in text[:200].split(","))
    else:
        try:
            moment = parsedate_to_datetime(text[:60])
        except (ValueError, OverflowError):
            return None
        seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)


def hold_s(count: int) -> float:
    """Return the seconds for which a host is held that has answered 429 or 503 `count` times in a row without Retry-After.

    A minute, doubled every time, up to a day."""
    return min(FIRST_HOLD_S * 2.0 ** min(count - 1, 20), DAY_S)


def robots_hold_s(count: int, failing_s: float) -> float | None:
    """Return the seconds until a robots.txt is asked for again that could not be read `count` times in a row.

    Five minutes, doubled every time, up to an hour or an eighth of the time for which it has failed (`failing_s`), a day at
    most: so a host is back soon after an outage, its own or of the network here. None after 30 days: then the file counts
    as absent."""
    if failing_s >= ROBOTS_ABSENT_AFTER_S:
        return None
    doubled_s = FIRST_ROBOTS_HOLD_S * 2.0 ** min(count - 1, 20)
    return min(doubled_s, max(HOUR_S, failing_s / OUTAGE_SHARE), DAY_S)


def request_delay_s(source_delay_s: float, crawl_delay_s: float | None) -> float:
    """Return the seconds between two requests to a host: the longer of the source's delay and the Crawl-delay of robots.txt."""
    return max(source_delay_s, min(max(crawl_delay_s or 0.0, 0.0), MAX_CRAWL_DELAY_S))
