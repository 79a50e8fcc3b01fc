"""Feeds, sitemaps, section pages and homepages to poll, and the state that polling keeps for each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from newsbot.discovery.links import Link, date_in_path
from newsbot.discovery.listed_urls import added, url_set
from newsbot.discovery.polls import MAX_UNDATED, PollResult
from newsbot.discovery.timing.rhythm import Rhythm, next_poll_s, observe
from newsbot.discovery.timing.schedule import MAX_POLL_S, MIN_POLL_S, failure_interval_s, with_jitter
from newsbot.sources.model import Source
from newsbot.store.crawl import discovered
from newsbot.store.crawl.hosts import held_hosts
from newsbot.store.schema.identity import KEY_BYTES, url_hash
from newsbot.store.schema.models import Feed
from newsbot.store.schema.models import Source as SourceRow
from newsbot.store.sql import dialect
from newsbot.urls import authority_of

MAX_DEPTH = 3
"""Maximum number of documents that lead to a feed. The protocol allows one index; some sites have two."""
MAX_KEPT = 20
"""Maximum number of sitemaps of an index that are kept: an index may list one for each day, for ever. The newest ones are
kept, and those that led to new articles last."""
MAX_FOUND = 200
"""Maximum number of feeds of a source that are found in indexes and homepages: an index may list indexes without end."""
MAX_LIST_PAGES = 5
"""Maximum number of pages of a section that are followed while they lead to new articles."""
UNLISTED_FOR = timedelta(days=7)
"""Time after which a sitemap that its index lists no longer is forgotten."""
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


# ------------------------------------------------------------------ what is configured


def sync_sources(session: Session, sources: Iterable[Source], *, now: datetime) -> None:
    """Make the rows of `sources` and `feeds` match the catalog; the state of polling is kept.

    Nothing is written for a source whose definition has not changed."""
    stored = dict(session.execute(select(SourceRow.key, SourceRow.definition)).all())
    for source in sources:
        definition = blake2b(repr(source).encode(errors="replace"), digest_size=KEY_BYTES).digest()
        if stored.get(source.key) != definition:
            _sync_source(session, source, definition, now)


def _sync_source(session: Session, source: Source, definition: bytes, now: datetime) -> None:
    connection = session.connection()
    row = {"key": source.key, "name": source.name, "homepage": source.homepage, "definition": definition}
    insert = dialect.insert(connection, SourceRow).values(row | {"first_seen_at": now})
    connection.execute(insert.on_conflict_do_update(index_elements=["key"], set_=row))
    configured = configured_feeds(source)
    _configure_feeds(session, source.key, configured)
    kept = [url_hash(url) for _, url in configured]
    _delete_feeds(session, Feed.source == source.key, Feed.found_in.is_(None), Feed.url_hash.not_in(kept))
    # What a definition says of hosts, patterns or time zones applies to documents that have not changed, too.
    session.execute(update(Feed).where(Feed.source == source.key).values(NO_VALIDATORS))


def _configure_feeds(session: Session, source: str, feeds: Iterable[tuple[str, str]]) -> None:
    """Add feeds (kind, URL) that the catalog names. Those that have ended or moved are polled again at their own address."""
    connection = session.connection()
    for kind, url in feeds:
        row = _new_row(source, kind, url)
        insert = dialect.insert(connection, Feed).values(row)
        anew = {"source": source, "kind": kind, "host": row["host"], "found_in": None, "depth": 0}
        anew |= {"moved_to": None, "moved_at": None, "is_moved": False, "gone_at": None, "next_poll_at": None}
        connection.execute(insert.on_conflict_do_update(index_elements=["url_hash"], set_=anew))


def _new_row(source: str, kind: str, url: str) -> dict[str, Any]:
    return {
        "source": source,
        "kind": kind,
        "url": url,
        "url_hash": url_hash(url),
        "host": authority_of(url),
    }


def configured_feeds(source: Source) -> list[tuple[str, str]]:
    """Return (kind, URL) of everything to poll of a source; its homepage if nothing else is configured."""
    feeds = [("feed", url) for url in source.feeds]
    feeds += [("sitemap", url) for url in source.sitemaps]
    feeds += [("section", url) for url in source.sections]
    return feeds or [("homepage", source.homepage)]


# ------------------------------------------------------------------ what is found


def add_feeds(
    session: Session,
    source: str,
    feeds: Iterable[tuple[str, str]],
    *,
    found_in: int | None = None,
    depth: int = 1,
) -> str | None:
    """Add feeds (kind, URL) of a source that a document names; feeds that exist are left unchanged.

    `found_in` is the id of that document, and `depth` the number of documents that lead to the feeds. Documents that are
    too deep, and feeds beyond `MAX_FOUND`, are left out; then this is returned in one line."""
    rows = [_new_row(source, kind, url) | {"found_in": found_in, "depth": depth} for kind, url in feeds]
    known = set(
        session.scalars(select(Feed.url_hash).where(Feed.url_hash.in_([row["url_hash"] for row in rows])))
    )
    new = [row for row in rows if row["url_hash"] not in known]
    if not new:
        return None
    if depth > MAX_DEPTH:
        return f"{len(new)} sitemaps are left out: they are below {MAX_DEPTH} others"
    count = select(func.count()).where(Feed.source == source, Feed.depth > 0)
    free = max(MAX_FOUND - (session.scalar(count) or 0), 0)
    dialect.insert_missing(session.connection(), Feed, new[:free])
    left = len(new) - free
    return f"{left} sitemaps are left out: the source has {MAX_FOUND} already" if left > 0 else None


def _update_children(session: Session, index: DueFeed, found: PollResult, now: datetime) -> None:
    """Note which sitemaps an index does not list any more, and make those due that it says have changed.

    Some indexes list a sitemap at every other request: one that is not listed is not polled, and deleted after a week."""
    for child in session.scalars(select(Feed).where(Feed.found_in == index.id)):
        is_listed = child.url in (found.listed or ())
        if is_listed:
            child.unlisted_at = None
        elif found.whole:
            child.unlisted_at = child.unlisted_at or now
        changed_at = found.child_dates.get(child.url)
        if changed_at and child.last_polled_at and now >= changed_at > child.last_polled_at:
            child.next_poll_at = None
    session.flush()
    is_old = Feed.unlisted_at < now - UNLISTED_FOR
    _delete_feeds(session, Feed.found_in == index.id, is_old)
    newest = [url_hash(url) for _, url in found.feeds]
    spare = (
        select(Feed.id)
        .where(Feed.found_in == index.id, Feed.url_hash.not_in(newest))
        .order_by(
            Feed.unlisted_at.is_(None).desc(),
            Feed.last_new_at.is_(None),
            Feed.last_new_at.desc(),
            Feed.id.desc(),
        )
        .offset(MAX_KEPT - len(newest))
    )
    _delete_feeds(session, Feed.id.in_(session.scalars(spare).all()))


def _delete_feeds(session: Session, *conditions: ColumnElement[bool]) -> None:
    """Delete feeds, and those that were found in them."""
    doomed = set(session.scalars(select(Feed.id).where(*conditions)))
    found = doomed
    while found:
        found = set(session.scalars(select(Feed.id).where(Feed.found_in.in_(found)))) - doomed
        doomed |= found
    if doomed:
        session.execute(delete(Feed).where(Feed.id.in_(doomed)))


# ------------------------------------------------------------------ polls


def due_feeds(
    session: Session, sources: Collection[str], *, now: datetime, only_due: bool = True
) -> list[DueFeed]:
    """Return the feeds of these sources that are due, or all feeds.

    Feeds that have ended are left out, and those of hosts that are held."""
    is_free = or_(Feed.host.is_(None), Feed.host.not_in(held_hosts(now)))
    query = (
        select(Feed)
        .where(Feed.source.in_(sources), Feed.gone_at.is_(None), Feed.unlisted_at.is_(None), is_free)
        .order_by(Feed.depth, Feed.next_poll_at)
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
        _update_children(session, feed, found, now)
    added = {url for _, url in found.feeds} - set(
        session.scalars(select(Feed.url).where(Feed.found_in == feed.id))
    )
    left_out = add_feeds(session, feed.source, found.feeds, found_in=feed.id, depth=feed.depth + 1)
    is_new = answer.content_hash not in {None, feed.content_hash}
    ttl_s = found.ttl_s if is_new else feed.ttl_s
    rhythm = observe(
        Rhythm.from_json(feed.rhythm),
        now=now,
        previous_poll_at=feed.last_success_at,
        new_entry_times=[*(link.published_at for link in new), *(None for _ in added)],
    )
    interval_s = min(next_poll_s(rhythm, now, ttl_s), _interval_of_children(session, feed) or MAX_POLL_S)
    values: dict[str, Any] = {
        "last_status": answer.status,
        **(_validators(feed, answer) if found.whole else NO_VALIDATORS),
        **_moved(session, feed, answer.moved_to, now),
        "last_error": None,
        "failure_count": 0,
        "last_polled_at": now,
        "last_success_at": now,
        **(_next_page(found.next_url, 2) if new and found.next_url else {}),
        "interval_s": interval_s,
        "rhythm": rhythm.to_json(),
        "ttl_s": ttl_s,
        "next_poll_at": now + timedelta(seconds=with_jitter(interval_s, chance)),
    }
    if is_new:
        values["note"] = "; ".join(note for note in (found.note, left_out) if note) or None
    if new:
        values["last_new_at"] = now
    session.execute(update(Feed).where(Feed.id == feed.id).values(values))
    return len(new)


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


NO_VALIDATORS: dict[str, Any] = {"etag": None, "last_modified": None, "content_hash": None}


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
    if guessed_at is not None and guessed_at > now - GUESSED_FOR:
        return False
    return session.scalar(select(Feed.id).where(Feed.found_in == homepage.id).limit(1)) is None


def save_guesses(session: Session, homepage: DueFeed, *, now: datetime) -> None:
    """Store that all usual addresses of feeds have been tried."""
    session.execute(update(Feed).where(Feed.id == homepage.id).values(guessed_at=now))


def next_poll(session: Session, sources: Collection[str]) -> tuple[datetime, str] | None:
    """Return when the next feed of these sources is due, and its source; None if none is."""
    query = (
        select(Feed.next_poll_at, Feed.source)
        .where(Feed.source.in_(sources), Feed.gone_at.is_(None), Feed.next_poll_at.is_not(None))
        .order_by(Feed.next_poll_at)
        .limit(1)
    )
    return next(((at, source) for at, source in session.execute(query) if at), None)
