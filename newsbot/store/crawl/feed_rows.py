"""Which feeds, sitemaps, sections and homepages there are: those that the catalog names, and those that are found in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from newsbot.discovery.polls import PollResult
from newsbot.sources.catalog import Catalog, definition_of
from newsbot.sources.model import Source
from newsbot.store.schema.identity import url_hash
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
UNLISTED_FOR = timedelta(days=7)
"""Time after which a sitemap that its index lists no longer is forgotten."""
SOURCES_AT_ONCE = 200
"""Number of sources in one statement."""
NO_VALIDATORS: dict[str, Any] = {"etag": None, "last_modified": None, "content_hash": None}
"""Columns of a feed whose next answer is read whatever it says."""


# ------------------------------------------------------------------ what is configured


def sync_sources(session: Session, sources: Iterable[Source], *, now: datetime) -> None:
    """Make the rows of `sources` and `feeds` match these sources of the catalog; the state of polling is kept.

    Nothing is written for a source whose definition has not changed."""
    rest = iter(sorted(sources, key=lambda source: source.key))  # in the one order of locks
    while chunk := list(islice(rest, SOURCES_AT_ONCE)):
        keys = [source.key for source in chunk]
        query = select(SourceRow.key, SourceRow.definition).where(SourceRow.key.in_(keys))
        stored = dict(session.execute(query).all())
        changed = [source for source in chunk if stored.get(source.key) != definition_of(source)]
        if changed:
            _sync_changed(session, changed, {source.key for source in changed} & stored.keys(), now)


def describe_sources(session: Session, catalog: Catalog) -> None:
    """Give the rows of `sources` the names, languages, countries and tags of the catalog; sources without a row get none."""
    stored = session.execute(select(SourceRow.key, SourceRow.definition).order_by(SourceRow.key)).all()
    for key, definition in stored:  # in the one order of locks
        if catalog.definitions.get(key, definition) != definition:
            row, described = session.get_one(SourceRow, key), _description(catalog.sources[key])
            if described != {name: getattr(row, name) for name in described}:
                session.execute(update(SourceRow).where(SourceRow.key == key).values(described))


_DESCRIPTION = ("name", "homepage", "language", "country", "tags")


def _description(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in _DESCRIPTION} | {"tags": list(source.tags)}


def _sync_changed(session: Session, sources: Sequence[Source], known: set[str], now: datetime) -> None:
    """Write sources and their feeds; `known` are the keys of those that are stored already.

    Nothing is looked up by new ones: without statistics, PostgreSQL would read all feeds for it."""
    connection = session.connection()
    rows = [
        {
            "key": source.key,
            "definition": definition_of(source),
            "first_seen_at": now,
            **_description(source),
        }
        for source in sources
    ]
    described = ("definition", *_DESCRIPTION)
    dialect.insert_or_renew(connection, SourceRow, rows, unique=("key",), renewed=described)
    feeds = {
        row["url_hash"]: row | _ANEW
        for source in sources
        for row in (_new_row(source.key, kind, url) for kind, url in configured_feeds(source))
    }
    in_order = [feeds[digest] for digest in sorted(feeds)]
    renewed = ("source", "kind", "host", *_ANEW)
    dialect.insert_or_renew(connection, Feed, in_order, unique=("url_hash",), renewed=renewed)
    if not known:
        return
    named = select(Feed.id, Feed.url_hash).where(Feed.source.in_(known), Feed.found_in.is_(None))
    doomed = [row.id for row in session.execute(named) if row.url_hash not in feeds]
    if doomed:
        _delete_feeds(session, Feed.id.in_(doomed))
    # What a definition says of hosts, patterns or time zones applies to documents that have not changed, too.
    session.execute(update(Feed).where(Feed.source.in_(known)).values(NO_VALIDATORS))


_ANEW: dict[str, Any] = {
    "found_in": None,
    "depth": 0,
    "moved_to": None,
    "moved_at": None,
    "is_moved": False,
    "gone_at": None,
    "next_poll_at": None,
    **NO_VALIDATORS,
}
"""Columns of a feed that the catalog names: one that has ended or moved is polled again at its own address."""


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


def update_children(session: Session, index_id: int, found: PollResult, now: datetime) -> None:
    """Note which sitemaps an index does not list any more, and make those due that it says have changed.

    Some indexes list a sitemap at every other request: one that is not listed is not polled, and deleted after a week."""
    for child in session.scalars(select(Feed).where(Feed.found_in == index_id)):
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
    _delete_feeds(session, Feed.found_in == index_id, is_old)
    newest = [url_hash(url) for _, url in found.feeds]
    spare = (
        select(Feed.id)
        .where(Feed.found_in == index_id, Feed.url_hash.not_in(newest))
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
