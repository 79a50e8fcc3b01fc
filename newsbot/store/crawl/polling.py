"""The state that polling keeps for every feed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from newsbot.discovery.links import Link, date_in_path
from newsbot.discovery.listed_urls import added, url_set
from newsbot.discovery.polls import MAX_UNDATED, PollResult
from newsbot.discovery.timing.rhythm import Rhythm, next_poll_s, observe
from newsbot.discovery.timing.schedule import (
    MAX_POLL_S,
    MIN_POLL_S,
    failure_interval_s,
    with_jitter,
)
from newsbot.store.crawl import discovered
from newsbot.store.crawl.feed_rows import NO_VALIDATORS, add_feeds, update_children
from newsbot.store.schema.identity import KEY_BYTES, url_hash
from newsbot.store.schema.models import Feed
from newsbot.urls import authority_of

MAX_LIST_PAGES = 5
"""Maximum number of pages of a section that are followed while they lead to new articles."""
GUESSED_FOR = timedelta(days=7)
"""Time after which the usual addresses of feeds are tried again, if a homepage still names none."""
MOVED_FAILURES = 5
"""Number of failures in a row without an answer after which a new address is not believed any longer."""
MOVED_AFTER = timedelta(days=1)
"""Time for which a permanent redirect must have been seen before it is believed: some are mistakes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFeed:
    """A feed to poll now, with the state that the last poll left."""

    id: int
    url: str
    source: str
    host: str | None
    """Host that is asked for it, which the run has claimed."""
    kind: str
    """`feed`, `sitemap`, `section` or `homepage`."""
    depth: int
    found_in: int | None
    etag: str | None
    last_modified: str | None
    content_hash: bytes | None
    interval_s: float | None
    failure_count: int
    last_success_at: datetime | None
    rhythm: dict[str, Any] | None
    """`discovery.timing.rhythm.Rhythm` as JSON."""
    ttl_s: int | None
    """Seconds that the feed asked to wait before the next poll."""
    next_page_url: str | None
    next_page: int | None
    moved_to: str | None
    moved_at: datetime | None
    is_moved: bool

    @property
    def address(self) -> str:
        """URL to request: that to which the feed has moved for good, or its own."""
        return self.moved_to if self.is_moved and self.moved_to else self.url


def body_hash(body: bytes) -> bytes:
    """Return a 16-byte hash of the body.

    It detects unchanged feeds, because servers send wrong ETag and Last-Modified headers."""
    return blake2b(body, digest_size=KEY_BYTES).digest()


class PollAnswer(NamedTuple):
    """The response to a poll, as far as it is stored."""

    status: int
    etag: str | None
    last_modified: str | None
    content_hash: bytes | None
    """`body_hash` of the content; None if it was not sent again (304)."""
    moved_to: str | None = None
    """Address to which permanent redirects have led; None if there were none."""


def save_poll(
    session: Session,
    feed: DueFeed,
    found: PollResult,
    answer: PollAnswer,
    *,
    now: datetime,
    chance: float,
    offsite: Collection[str] = (),
) -> int:
    """Store the result of a successful poll: add its links to the frontier and schedule the next poll.

    Returns the number of new links. `chance`, from 0 to 1, sets the jitter of the schedule; `offsite` are the links to pages
    of other sites."""
    links = _listed_links(session, feed, found) if feed.kind == "sitemap" else found.links
    new = discovered.add_links(session, links, source=feed.source, feed_id=feed.id, now=now, offsite=offsite)
    if found.listed:
        update_children(session, feed.id, found, now)
    added = {url for _, url in found.feeds} - set(
        session.scalars(select(Feed.url).where(Feed.found_in == feed.id))
    )
    left_out = add_feeds(session, feed.source, found.feeds, found_in=feed.id, depth=feed.depth + 1)
    is_new = answer.content_hash not in {None, feed.content_hash}
    entry_times = [*(link.published_at for link in new), *(None for _ in added)]
    values: dict[str, Any] = {
        "last_status": answer.status,
        "last_error": None,
        "failure_count": 0,
        "last_polled_at": now,
        "last_success_at": now,
        **(_validators(feed, answer) if found.whole else NO_VALIDATORS),
        **_moved(session, feed, answer.moved_to, now),
        **_schedule(session, feed, entry_times, found.ttl_s if is_new else feed.ttl_s, now, chance),
        **(_next_page(found.next_url, 2) if new and found.next_url else {}),
    }
    if is_new:
        values["note"] = "; ".join(note for note in (found.note, left_out) if note) or None
    if new:
        values["last_new_at"] = now
    session.execute(update(Feed).where(Feed.id == feed.id).values(values))
    return len(new)


def _schedule(
    session: Session,
    feed: DueFeed,
    entry_times: Sequence[datetime | None],
    ttl_s: int | None,
    now: datetime,
    chance: float,
) -> dict[str, Any]:
    """Return the columns that say when to poll again, after a poll that found new entries published at these times."""
    rhythm = observe(
        Rhythm.from_json(feed.rhythm),
        now=now,
        previous_poll_at=feed.last_success_at,
        new_entry_times=entry_times,
    )
    interval_s = min(next_poll_s(rhythm, now, ttl_s), _interval_of_children(session, feed) or MAX_POLL_S)
    return {
        "interval_s": interval_s,
        "rhythm": rhythm.to_json(),
        "ttl_s": ttl_s,
        "next_poll_at": now + timedelta(seconds=with_jitter(interval_s, chance)),
    }


def _interval_of_children(session: Session, feed: DueFeed) -> float | None:
    """Return the shortest interval of the sitemaps that an index lists: a new one is found as soon as its articles."""
    if feed.kind != "sitemap":
        return None
    query = select(func.min(Feed.interval_s)).where(Feed.found_in == feed.id, Feed.unlisted_at.is_(None))
    return session.scalar(query)


def _next_page(url: str | None, number: int | None) -> dict[str, Any]:
    return {"next_page_url": url, "next_page": number}


def save_list_page(
    session: Session,
    feed: DueFeed,
    found: PollResult,
    page: int,
    *,
    now: datetime,
    offsite: Collection[str] = (),
) -> int:
    """Add the links of a further page of a list to the frontier, and note the next one; return the number of new links."""
    new = discovered.add_links(
        session, found.links, source=feed.source, feed_id=feed.id, now=now, offsite=offsite
    )
    is_over = not new or not found.next_url or page >= MAX_LIST_PAGES
    next_page = _next_page(None, None) if is_over else _next_page(found.next_url, page + 1)
    session.execute(update(Feed).where(Feed.id == feed.id).values(next_page))
    return len(new)


def forget_next_page(session: Session, feed: DueFeed) -> None:
    """Store that a further page of a list cannot be read."""
    session.execute(update(Feed).where(Feed.id == feed.id).values(_next_page(None, None)))


def _listed_links(session: Session, feed: DueFeed, found: PollResult) -> list[Link]:
    """Return the links of a sitemap that may be new.

    Of a long one without dates, only those that it did not list at the last poll: it lists the archive of the site. The set
    of what it listed is kept from then on, so that it may grow and shrink."""
    known = session.scalar(select(Feed.listed_urls).where(Feed.id == feed.id))
    if known is None and not found.undated:
        return list(found.links)
    dated = [link for link in found.links if _is_dated(link)]
    undated = [link for link in found.links if not _is_dated(link)] + list(found.undated)
    if found.whole and undated:
        values = {"listed_urls": url_set(undated)}
        session.execute(update(Feed).where(Feed.id == feed.id).values(values))
    if known is None:  # if it was shorter before, the frontier knows all that it listed
        new = undated if feed.last_success_at else []
    else:
        new = added(undated, known)
        if len(new) > MAX_UNDATED:  # not new articles, but another archive
            new = []
    return [*dated, *new]


def _is_dated(link: Link) -> bool:
    return bool(link.published_at or link.modified_at or date_in_path(link.url))


def _validators(feed: DueFeed, answer: PollAnswer) -> dict[str, Any]:
    """Return the values that show at the next poll whether the content has changed.

    A 304 need not repeat them. Content that is sent without one has none any more."""
    if answer.content_hash is None:
        return {
            "etag": answer.etag or feed.etag,
            "last_modified": answer.last_modified or feed.last_modified,
            "content_hash": feed.content_hash,
        }
    return {
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "content_hash": answer.content_hash,
    }


def _moved(session: Session, feed: DueFeed, moved_to: str | None, now: datetime) -> dict[str, Any]:
    """Return the columns about a permanent redirect: believed once it has been seen for a day.

    A feed that has moved to the address of another one has ended: that one is polled."""
    if feed.is_moved and moved_to is None:  # its new address has answered
        return {}
    if moved_to is None or moved_to == feed.url:
        return _NOT_MOVED
    since = feed.moved_at if feed.moved_to == moved_to and feed.moved_at else now
    since = min(since, now)  # it may have been stored with a wrong clock
    is_moved = now - since >= MOVED_AFTER
    values: dict[str, Any] = {"moved_to": moved_to, "moved_at": since, "is_moved": is_moved}
    if not is_moved:
        return values
    is_polled = session.scalar(
        select(Feed.id).where(Feed.url_hash == url_hash(moved_to), Feed.gone_at.is_(None))
    )
    return values | {"host": authority_of(moved_to), "gone_at": now if is_polled else None}


_NOT_MOVED: dict[str, Any] = {"moved_to": None, "moved_at": None, "is_moved": False}


def save_failed_poll(
    session: Session,
    feed: DueFeed,
    *,
    now: datetime,
    error: str,
    status: int | None,
    chance: float,
    not_before: datetime | None = None,
    has_ended: bool = False,
) -> None:
    """Store a failed poll; the wait before the next one grows with every failure, and ends at `not_before` at the earliest.

    With `has_ended`, the server says that the feed has ended: if the catalog names it, it is not polled again, unless it is a homepage. If the new
    address of a feed that had moved answers with an error, or has given no answer for some time, its own is asked again."""
    failures = feed.failure_count + 1
    silent_s = (now - feed.last_success_at).total_seconds() if feed.last_success_at else None
    doubled_s = failure_interval_s(feed.interval_s or MIN_POLL_S, failures, silent_s=silent_s)
    wait_s = with_jitter(doubled_s, chance)
    values: dict[str, Any] = {
        "last_status": status,
        "last_error": error,
        "failure_count": failures,
        "last_polled_at": now,
        "next_poll_at": max(now + timedelta(seconds=wait_s), not_before or now),
    }
    if has_ended and not feed.is_moved and feed.depth == 0 and feed.kind != "homepage":
        values["gone_at"] = now
    if feed.is_moved and (status is not None or failures >= MOVED_FAILURES):
        values |= {**_NOT_MOVED, "host": authority_of(feed.url)}
    session.execute(update(Feed).where(Feed.id == feed.id).values(values))


def postpone_poll(session: Session, feed: DueFeed, *, until: datetime | None) -> None:
    """Store that a feed is not polled before its host is free again. That is no failure of the feed."""
    session.execute(update(Feed).where(Feed.id == feed.id).values(next_poll_at=until))


def needs_guesses(session: Session, homepage: DueFeed, *, now: datetime) -> bool:
    """Return whether the usual addresses of feeds are to be tried: no feed was found, and they were not tried lately."""
    guessed_at = session.scalar(select(Feed.guessed_at).where(Feed.id == homepage.id))
    if guessed_at is not None and now - GUESSED_FOR < guessed_at <= now:
        return False
    return session.scalar(select(Feed.id).where(Feed.found_in == homepage.id).limit(1)) is None


def save_guesses(session: Session, homepage: DueFeed, *, now: datetime) -> None:
    """Store that all usual addresses of feeds have been tried."""
    session.execute(update(Feed).where(Feed.id == homepage.id).values(guessed_at=now))
