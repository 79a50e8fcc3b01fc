"""What is polled: feeds, sitemaps, section pages and homepages, and what polling has taught of each."""

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
    """A feed to poll now, and what the last poll left."""

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
    """Make the rows of `sources` and `feeds` what the catalog says; what polling has taught is kept."""
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
        if configured[0][0] != "homepage":  # else its feeds are those that its homepage has led to
            kept = [url_hash(url) for _, url in configured]
            session.execute(delete(Feed).where(Feed.source == source.key, Feed.url_hash.not_in(kept)))


def configured_feeds(source: Source) -> list[tuple[str, str]]:
    """Return kind and URL of everything to poll of a source: its homepage if nothing else is named."""
    feeds = [("feed", url) for url in source.feeds]
    feeds += [("sitemap", url) for url in source.sitemaps]
    feeds += [("section", url) for url in source.sections]
    return feeds or [("homepage", source.homepage)]


def add_feeds(session: Session, source: str, feeds: Iterable[tuple[str, str]]) -> None:
    """Add feeds (kind, URL) of a source; those that are known stay as they are."""
    rows = [{"source": source, "kind": kind, "url": url, "url_hash": url_hash(url)} for kind, url in feeds]
    if rows:
        connection = session.connection()
        connection.execute(dialect.insert(connection, Feed).values(rows).on_conflict_do_nothing())


def due_feeds(
    session: Session, sources: Collection[str], *, now: datetime, only_due: bool = True
) -> list[DueFeed]:
    """Return the feeds of these sources whose time has come, or all; none of a host that asked to be left alone."""
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
    """Return what is equal for equal feeds: servers lie about ETag and Last-Modified."""
    return blake2b(body, digest_size=KEY_BYTES).digest()


class PollAnswer(NamedTuple):
    """What the server said with the answer to a poll."""

    status: int
    etag: str | None
    last_modified: str | None
    content_hash: bytes | None
    """`body_hash` of the content; None if it was not sent again."""


def save_poll(
    session: Session, feed: DueFeed, found: PollResult, answer: PollAnswer, *, now: datetime, chance: float
) -> int:
    """Note a poll that was answered: links go to the frontier, the feed learns when to ask again.

    Returns how many links were new. `chance`, from 0 to 1, is for jitter."""
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
    """Return what tells the next time whether the content is still the same; a 304 need not repeat it."""
    return {
        "etag": answer.etag or feed.etag,
        "last_modified": answer.last_modified or feed.last_modified,
        "content_hash": answer.content_hash or feed.content_hash,
    }


def save_failed_poll(
    session: Session, feed: DueFeed, *, now: datetime, error: str, status: int | None, chance: float
) -> None:
    """Note a poll that failed; the feed is asked again later and later."""
    failures = feed.failure_count + 1
    wait_s = with_jitter(failure_interval_s(feed.interval_s or MIN_POLL_S, failures), chance)
    values = {"last_status": status, "last_error": error, "failure_count": failures, "last_polled_at": now,
              "next_poll_at": now + timedelta(seconds=wait_s)}  # fmt: skip
    session.execute(update(Feed).where(Feed.id == feed.id).values(values))


def hold_source(session: Session, source: str, *, until: datetime) -> None:
    """Leave a source alone until then: its host has asked for it."""
    session.execute(update(SourceRow).where(SourceRow.key == source).values(held_until=until))


def open_sources(session: Session, sources: Collection[str], *, now: datetime) -> list[str]:
    """Return those of the sources that may be asked now."""
    query = select(SourceRow.key).where(SourceRow.key.in_(sources), SourceRow.held_until > now)
    held = set(session.scalars(query))
    return [source for source in sources if source not in held]
