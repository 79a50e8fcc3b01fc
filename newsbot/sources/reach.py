"""Tell which feeds and hosts of a source fail, are held, have moved or ended, from the state that polling has left.

Pure: the state and the current time are arguments. Every line is for a person to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbot.items import utc_text

TEMPORARY_4XX = (408, 425, 429)
"""Client errors that go away by themselves: timeout, too early, too many requests (RFC 9110, 8470, 6585)."""
PERMANENT_ERRORS = (
    "robots.txt forbids",
    "has no public address",
    "the certificate of",
    "the headers have more than",
)
"""Parts of errors without an HTTP status that do not go away by themselves."""
WAITING = "nothing is requested from it until"
"""Part of the error of a feed that was not asked, because its host is held."""
OWN_LIMITS = (*PERMANENT_ERRORS, WAITING, "larger than")
"""Parts of errors without an HTTP status that come from newsbot's rules: they do not say whether the host can be reached."""
LASTING_FAILURES = 2
"""Failures in a row of a feed before it is reported, if the reason does not go away by itself."""
TEMPORARY_FAILURES = 5
"""The same for other reasons, unless the feed has failed for `TEMPORARY_FOR`."""
TEMPORARY_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """A feed, sitemap, section page or homepage of a source, and the results of polling it."""

    url: str
    host: str | None = None
    """Host with its port, as in `Hold`."""
    found_in: str | None = None
    """URL of the sitemap index or homepage that names it; None if the catalog does."""
    failure_count: int = 0
    """Number of failures since the last success."""
    last_status: int | None = None
    last_error: str | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    moved_to: str | None = None
    moved_at: datetime | None = None
    is_moved: bool = False
    gone_at: datetime | None = None

    @property
    def is_lasting(self) -> bool:
        """Whether it fails for a reason that does not go away by itself: a missing page, no feed, robots.txt."""
        if self.last_status is None:
            return any(part in (self.last_error or "") for part in PERMANENT_ERRORS)
        return self.last_status < 500 and self.last_status not in TEMPORARY_4XX

    @property
    def is_unreached(self) -> bool:
        """Whether no answer came to the last poll: DNS, connection, timeout."""
        error = self.last_error or ""
        is_own = any(part in error for part in OWN_LIMITS)
        return self.failure_count > 0 and self.last_status is None and not is_own

    def is_waiting_for(self, holds: Iterable[Hold]) -> bool:
        """Return whether it has failed because its host is one of those that are held."""
        return WAITING in (self.last_error or "") and any(hold.host == self.host for hold in holds)

    @property
    def reason(self) -> str:
        """The reason of its last failure."""
        error = (self.last_error or "").rstrip(".")
        return error or (f"HTTP {self.last_status}" if self.last_status else "no answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A host that is not requested until a time."""

    host: str
    until: datetime
    since: datetime | None = None
    """Time of the first hold since it last answered otherwise."""
    reason: str = ""
    """What it answered: "429", "503", or why its robots.txt cannot be read: "robots.txt: 503"."""
    count: int = 1
    """Number of holds since it last answered otherwise."""

    @property
    def is_unreached(self) -> bool:
        """Whether the host gave no answer at all when it was asked for its robots.txt."""
        kind, _, problem = self.reason.partition(": ")
        return kind == "robots.txt" and bool(problem) and not problem.removeprefix("HTTP ").isdigit()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """A source of which nothing could be reached any more."""

    since: datetime | None
    """Time of the last answer; None if there was none ever."""
    tries: int
    """Number of failures in a row, of the feed that has the fewest."""
    reason: str


def unreached(
    feeds: Sequence[FeedState], holds: Sequence[Hold], *, last_answer_at: datetime | None
) -> Unreached | None:
    """Return since when nothing of a source could be reached; None if something was, or nothing was asked.

    `last_answer_at` is the time of the last answer to a request for one of its pages."""
    asked = [feed for feed in feeds if feed.last_polled_at and not feed.gone_at]
    failed = unanswered(asked, holds)
    if not asked or len(failed) < len(asked):
        return None
    answers = [feed.last_success_at for feed in asked if feed.last_success_at]
    since = max([*answers, *([last_answer_at] if last_answer_at else [])], default=None)
    if since and since > max(feed.last_polled_at for feed in asked if feed.last_polled_at):
        return None
    return Unreached(
        since=since, tries=min(feed.failure_count for feed in asked), reason=_network_reason(failed[0], holds)
    )


def unanswered(feeds: Iterable[FeedState], holds: Iterable[Hold]) -> list[FeedState]:
    """Return the feeds to whose last poll no answer came: from their host, or from its robots.txt, which is asked first."""
    silent = {hold.host for hold in holds if hold.is_unreached}
    # What was found in a document of a silent host is not asked for either.
    return [
        feed
        for feed in feeds
        if feed.is_unreached or (feed.host in silent and (feed.failure_count or feed.found_in))
    ]


def _network_reason(feed: FeedState, holds: Iterable[Hold]) -> str:
    reasons = [hold.reason for hold in holds if hold.host == feed.host and hold.is_unreached]
    return feed.reason if feed.is_unreached or not reasons else reasons[0].rstrip(".")


def failing_feeds(feeds: Iterable[FeedState], now: datetime) -> list[str]:
    """Return a line for each feed that fails: at once if the reason lasts, else after some failures or a day."""
    return [
        f"{feed.url}: {feed.reason}, {feed.failure_count} failures in a row, "
        + (f"last success {utc_text(feed.last_success_at)}" if feed.last_success_at else "never a success")
        for feed in feeds
        if is_failing(feed, now)
    ]


def is_failing(feed: FeedState, now: datetime) -> bool:
    """Return whether a feed has failed often enough, or long enough, to be reported."""
    if feed.gone_at or feed.failure_count < LASTING_FAILURES:
        return False
    since = feed.last_success_at
    is_long = since is not None and now - since >= TEMPORARY_FOR
    return feed.is_lasting or is_long or feed.failure_count >= TEMPORARY_FAILURES


def moved_feeds(feeds: Iterable[FeedState]) -> list[str]:
    """Return a line for each feed that was found twice to have moved for good."""
    return [
        f"{feed.url} has moved to {feed.moved_to}, since {utc_text(feed.moved_at)}"
        + ("" if feed.found_in else ": the TOML can be updated")
        for feed in feeds
        if feed.moved_to and feed.moved_at and not feed.gone_at and _is_seen_twice(feed, feed.moved_at)
    ]


def _is_seen_twice(feed: FeedState, first: datetime) -> bool:
    return feed.is_moved or (feed.last_polled_at is not None and feed.last_polled_at > first)


def ended_feeds(feeds: Iterable[FeedState]) -> list[str]:
    """Return a line for each feed that its server has ended (410)."""
    return [
        f"{feed.url} has ended (410) at {utc_text(feed.gone_at)} and is not polled any more"
        + ("" if feed.found_in else ": it can be removed from the TOML")
        for feed in feeds
        if feed.gone_at
    ]


def held_hosts(holds: Iterable[Hold]) -> list[str]:
    """Return a line for each host that is held."""
    return [
        f"{hold.host} is held until {utc_text(hold.until)}: {hold.reason.rstrip('.') or 'unknown reason'}, "
        + (f"since {utc_text(hold.since)}, " if hold.since else "")
        + ("once" if hold.count <= 1 else f"{hold.count} times in a row")
        for hold in holds
    ]
