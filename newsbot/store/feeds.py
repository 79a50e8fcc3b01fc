"""What is polled: feeds, sitemaps, section pages and homepages, and what polling has taught of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from newsbot.discovery.links import Link
from newsbot.sources.model import Source
from newsbot.store import dialects, frontier
from newsbot.store.keys import KEY_BYTES, url_hash
from newsbot.store.models import Feed
from newsbot.store.models import Source as SourceRow


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
        query = dialects.insert(connection, SourceRow).values(row)
        connection.execute(
            query.on_conflict_do_update(index_elements=["key"], set_={"name": source.name, "homepage": source.homepage})
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
        connection.execute(dialects.insert(connection, Feed).values(rows).on_conflict_do_nothing())


def due_feeds(session: Session, sources: Collection[str], *, now: datetime, only_due: bool = True) -> list[DueFeed]:
    """Return the feeds of these sources whose time has come, or all; none of a host that asked to be left alone."""
    query = (
        select(Feed)
        .join(SourceRow, SourceRow.key == Feed.source)
        .where(Feed.source.in_(sources), or_(SourceRow.held_until.is_(None), SourceRow.held_until <= now))
        .order_by(Feed.next_poll_at)
    )
    if only_due:
        query = query.where(or_(Feed.next_poll_at.is_(None), Feed.next_poll_at <= now))
    return [DueFeed(**{name: getattr(feed, name) for name in DueFeed.__slots__}) for feed in session.scalars(query)]


def body_hash(body: bytes) -> bytes:
    """Return what is equal for equal feeds: servers lie about ETag and Last-Modified."""
    return blake2b(body, digest_size=KEY_BYTES).digest()


def save_poll(
    session: Session,
    feed: DueFeed,
    *,
    now: datetime,
    interval: timedelta,
    links: Collection[Link] = (),
    found_feeds: Collection[tuple[str, str]] = (),
    **state: Any,
) -> int:
    """Note a poll that was answered: its links go to the frontier, its state to the feed; return how many were new.

    `state`: `status`, `etag`, `last_modified`, `content_hash`, as far as the answer gave them."""
    new = frontier.add_links(session, links, source=feed.source, feed_id=feed.id, now=now)
    add_feeds(session, feed.source, found_feeds)
    values = {"last_status": state.pop("status"), "last_error": None, "failure_count": 0, "last_polled_at": now,
              "last_success_at": now, "interval_s": interval.total_seconds(), "next_poll_at": now + interval} | state  # fmt: skip
    if new:
        values["last_new_at"] = now
    session.execute(update(Feed).where(Feed.id == feed.id).values(values))
    return new


def save_failed_poll(
    session: Session, feed: DueFeed, *, now: datetime, error: str, status: int | None, next_poll_at: datetime
) -> None:
    """Note a poll that failed, and when to try again."""
    values = {"last_status": status, "last_error": error, "failure_count": feed.failure_count + 1,
              "last_polled_at": now, "next_poll_at": next_poll_at}  # fmt: skip
    session.execute(update(Feed).where(Feed.id == feed.id).values(values))


def hold_source(session: Session, source: str, *, until: datetime) -> None:
    """Leave a source alone until then: its host has asked for it."""
    session.execute(update(SourceRow).where(SourceRow.key == source).values(held_until=until))


def open_sources(session: Session, sources: Collection[str], *, now: datetime) -> list[str]:
    """Return those of the sources that may be asked now."""
    query = select(SourceRow.key).where(SourceRow.key.in_(sources), SourceRow.held_until > now)
    held = set(session.scalars(query))
    return [source for source in sources if source not in held]
