"""Feeds, sitemaps, section pages and homepages to poll, and the state that polling keeps for each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from newsbot.discovery.polls import PollResult
from newsbot.discovery.schedule import MIN_POLL_S, failure_interval_s, poll_interval_s, with_jitter
from newsbot.sources.model import Source
from newsbot.store.crawl import frontier
from newsbot.store.schema.identity import KEY_BYTES, url_hash
from newsbot.store.schema.models import Feed
from newsbot.store.schema.models import Source as SourceRow
from newsbot.store.sql import dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFeed:
    """A feed to poll now, with the state that the last poll left."""

    id: int
    url: str
    source: str
    kind: str
    """`feed`, `sitemap`, `section` or `homepage`."""
    etag: str | None
    last_modified: str | None
    content_hash: bytes | None
    interval_s: float | None
    failure_count: int


def sync_sources(session: Session, sources: Iterable[Source], *, now: datetime) -> None:
    """Make the rows of `sources` and `feeds` match the catalog; the state of polling is kept."""
    connection = session.connection()
    for source in sources:
        row = {"key": source.key, "name": source.name, "homepage": source.homepage, "first_seen_at": now}
        query = dialect.insert(connection, SourceRow).values(row)
        connection.execute(
            query.on_conflict_do_update(
                index_elements=["key"], set_={"name": source.name, "homepage": source.homepage}
            )
        )
        configured = configured_feeds(source)
        add_feeds(session, source.key, configured)
        if configured[0][0] != "homepage":  # otherwise its feeds were discovered from its homepage
            kept = [url_hash(url) for _, url in configured]
            session.execute(delete(Feed).where(Feed.source == source.key, Feed.url_hash.not_in(kept)))


def configured_feeds(source: Source) -> list[tuple[str, str]]:
    """Return (kind, URL) of everything to poll of a source; its homepage if nothing else is configured."""
    feeds = [("feed", url) for url in source.feeds]
    feeds += [("sitemap", url) for url in source.sitemaps]
    feeds += [("section", url) for url in source.sections]
    return feeds or [("homepage", source.homepage)]


def add_feeds(session: Session, source: str, feeds: Iterable[tuple[str, str]]) -> None:
    """Add feeds (kind, URL) of a source; feeds that exist are left unchanged."""
    rows = [{"source": source, "kind": kind, "url": url, "url_hash": url_hash(url)} for kind, url in feeds]
    if rows:
        connection = session.connection()
        connection.execute(dialect.insert(connection, Feed).values(rows).on_conflict_do_nothing())


def due_feeds(
    session: Session, sources: Collection[str], *, now: datetime, only_due: bool = True
) -> list[DueFeed]:
    """Return the feeds of these sources that are due, or all feeds.

    Feeds of a source whose host has asked to wait (`held_until`) are left out."""
    query = (
        select(Feed)
        .join(SourceRow, SourceRow.key == Feed.source)
        .where(Feed.source.in_(sources), or_(SourceRow.held_until.is_(None), SourceRow.held_until <= now))
        .order_by(Feed.next_poll_at)
    )
    if only_due:
        query = query.where(or_(Feed.next_poll_at.is_(None), Feed.next_poll_at <= now))
    return [
        DueFeed(**{name: getattr(feed, name) for name in DueFeed.__slots__})
        for feed in session.scalars(query)
    ]


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


def save_poll(
    session: Session, feed: DueFeed, found: PollResult, answer: PollAnswer, *, now: datetime, chance: float
) -> int:
    """Store the result of a successful poll: add its links to the frontier and schedule the next poll.

    Returns the number of new links. `chance`, from 0 to 1, sets the jitter of the schedule."""
    new = frontier.add_links(session, found.links, source=feed.source, feed_id=feed.id, now=now)
    add_feeds(session, feed.source, found.feeds)
    interval_s = poll_interval_s(feed.interval_s, new, ttl_s=found.ttl_s)
    values: dict[str, Any] = {
        "last_status": answer.status,
        **(_validators(feed, answer) if found.whole else NO_VALIDATORS),
        "last_error": None,
        "failure_count": 0,
        "last_polled_at": now,
        "last_success_at": now,
        "interval_s": interval_s,
        "next_poll_at": now + timedelta(seconds=with_jitter(interval_s, chance)),
    }
    if new:
        values["last_new_at"] = now
    session.execute(update(Feed).where(Feed.id == feed.id).values(values))
    return new


NO_VALIDATORS: dict[str, Any] = {"etag": None, "last_modified": None, "content_hash": None}


def _validators(feed: DueFeed, answer: PollAnswer) -> dict[str, Any]:
    """Return the values that show at the next poll whether the content has changed; a 304 need not repeat them."""
    return {
        "etag": answer.etag or feed.etag,
        "last_modified": answer.last_modified or feed.last_modified,
        "content_hash": answer.content_hash or feed.content_hash,
    }


def save_failed_poll(
    session: Session, feed: DueFeed, *, now: datetime, error: str, status: int | None, chance: float
) -> None:
    """Store a failed poll; the wait before the next one grows with every failure."""
    failures = feed.failure_count + 1
    wait_s = with_jitter(failure_interval_s(feed.interval_s or MIN_POLL_S, failures), chance)
    values = {
        "last_status": status,
        "last_error": error,
        "failure_count": failures,
        "last_polled_at": now,
        "next_poll_at": now + timedelta(seconds=wait_s),
    }
    session.execute(update(Feed).where(Feed.id == feed.id).values(values))


def hold_source(session: Session, source: str, *, until: datetime) -> None:
    """Make no request to a source before `until`: its host has asked for it."""
    session.execute(update(SourceRow).where(SourceRow.key == source).values(held_until=until))


def pollable_sources(session: Session, sources: Collection[str], *, now: datetime) -> list[str]:
    """Return those of the sources that may be requested now."""
    query = select(SourceRow.key).where(SourceRow.key.in_(sources), SourceRow.held_until > now)
    held = set(session.scalars(query))
    return [source for source in sources if source not in held]
