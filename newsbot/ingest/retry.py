"""The retry policy: how often and when a failed page is fetched again, and when an article is checked for changes."""

from __future__ import annotations

from datetime import datetime, timedelta

from newsbot.discovery.timing.schedule import failure_interval_s, next_refetch_age_s, with_jitter
from newsbot.items import GONE, Reject

PERMANENT = frozenset(
    {
        "http-401",
        "http-403",
        "http-404",
        "http-410",
        "http-451",
        "robots",
        "private-network",
        "headers-too-large",
    }
)
"""Reasons that are rarely temporary. Such a page is tried once more, because sites list pages before they publish them."""
WALLS = frozenset({"http-401", "http-403", "http-451"})
"""Reasons with which a server refuses a page that exists."""
TRANSIENT = frozenset(
    {"fetch-failed", "held", "http-408", "http-425", "http-429", "stage-failed", "parse-failed"}
)
"""Reasons that are often temporary, besides errors of the server (5xx) and certificates that
are refused (tls-...), which are renewed."""
PERMANENT_TRIES, TRANSIENT_TRIES = 2, 8
"""Maximum number of fetches of a page that fails for a permanent or a transient reason."""
FIRST_RETRY_S = 300
"""Base of the intervals between retries, in seconds (`failure_interval_s`)."""


def is_answer(reject: Reject) -> bool:
    """Return whether a reject describes what is at the URL now.

    A failed fetch does not, and neither does a page of an archive."""
    if reject.fetched and reject.fetched.archived_at:
        return False
    return reject.reason in GONE | WALLS or (tries_of(reject.reason) == 0 and reject.reason != "ignored")


def tries_of(reason: str) -> int:
    """Return the maximum number of fetches of a page that fails for a reason.

    0 if the reason is not a failure: the page was read and is not an article."""
    if reason in PERMANENT:
        return PERMANENT_TRIES
    return TRANSIENT_TRIES if reason in TRANSIENT or reason.startswith(("http-5", "tls-")) else 0


def next_try(tries: int, now: datetime, chance: float) -> datetime:
    """Return when to fetch a page again that has failed `tries` times.

    The intervals double with every failure, up to a day. `chance`, from 0 to 1, is for jitter."""
    wait_s = with_jitter(failure_interval_s(FIRST_RETRY_S, tries), chance)
    return now + timedelta(seconds=wait_s)


def next_look(published_at: datetime, now: datetime) -> datetime | None:
    """Return when to check an article for changes; None once it is too old to be checked.

    An article of the future counts as one of now."""
    published_at = min(published_at, now)
    age_s = next_refetch_age_s((now - published_at).total_seconds())
    return None if age_s is None else published_at + timedelta(seconds=age_s)
