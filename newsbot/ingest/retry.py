"""The retry policy: which failures pass, how often and when a page is tried again, and when it is looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

from newsbot.discovery.schedule import failure_interval_s, next_refetch_age_s, with_jitter
from newsbot.items import GONE, Reject

PERMANENT = frozenset(
    {"http-401", "http-403", "http-404", "http-410", "http-451", "robots", "private-network"}
)
"""Reasons that hardly ever pass. Such a page is tried once more, because sites list pages before they publish them."""
WALLS = frozenset({"http-401", "http-403", "http-451"})
"""Reasons by which a server refuses a page that exists."""
TRANSIENT = frozenset({"fetch-failed", "http-408", "http-425", "http-429", "stage-failed", "parse-failed"})
"""Reasons that may well pass, besides failures of the server (5xx)."""
PERMANENT_TRIES, TRANSIENT_TRIES = 2, 8
FIRST_RETRY_S = 300


def is_answer(reject: Reject) -> bool:
    """Return whether a reject says what the page is now. A failed fetch does not, nor does a page of an archive."""
    if reject.fetched and reject.fetched.archived_at:
        return False
    return reject.reason in GONE | WALLS or (tries_of(reject.reason) == 0 and reject.reason != "ignored")


def tries_of(reason: str) -> int:
    """Return how often a page is tried that fails for this reason; 0 if the page was read and is not an article."""
    if reason in PERMANENT:
        return PERMANENT_TRIES
    return TRANSIENT_TRIES if reason in TRANSIENT or reason.startswith("http-5") else 0


def next_try(tries: int, now: datetime, chance: float) -> datetime:
    """Return when to fetch a page again that has failed `tries` times: later and later, up to a day.

    `chance`, from 0 to 1, is for jitter."""
    wait_s = with_jitter(failure_interval_s(FIRST_RETRY_S, tries), chance)
    return now + timedelta(seconds=wait_s)


def next_look(published_at: datetime, now: datetime) -> datetime | None:
    """Return when to look whether an article has changed; None once it is old."""
    age_s = next_refetch_age_s((now - published_at).total_seconds())
    return None if age_s is None else published_at + timedelta(seconds=age_s)
