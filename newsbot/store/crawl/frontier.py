"""The frontier: the URLs to fetch and their state, one row for each URL.

    pending -> leased -> done | failed | gone

A lease ends at a time (`next_try_at`) or with the process that took it, so that a URL whose fetch was interrupted by a kill
is fetched again. A URL becomes `done` only in the transaction that stores the outcome of its fetch.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select, update
from sqlalchemy.orm import Session

from newsbot.discovery.links import Link
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import FrontierRow, Run
from newsbot.store.sql import dialect
from newsbot.urls import canonicalize

LEASE = timedelta(minutes=10)
"""Duration of a lease: longer than any fetch with its timeouts, retries and the delay of the host."""
RESOLUTION = timedelta(seconds=1)
"""Resolution of dates in feeds and sitemaps: a change in the second of the last fetch may be later than the fetch."""

# Table statements: with the ORM, an update would look for changed rows among the objects in memory.
_FRONTIER = FrontierRow.metadata.tables["frontier"]
_UPDATE = update(_FRONTIER).where(_FRONTIER.c.url_hash.in_(bindparam("hashes", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """A URL that this run has leased, and the validators of the last answer."""

    url: str
    source: str
    etag: str | None
    last_modified: str | None
    article_id: int | None
    """Id of the article that it led to last time; None if the URL is new."""


def add_links(
    session: Session, links: Iterable[Link], *, source: str, feed_id: int | None, now: datetime
) -> int:
    """Insert links that are not known yet, and schedule changed ones again; return the number of new ones.

    A link has changed if its modification date is later than its last fetch."""
    # In the order of the keys: two transactions that insert the same links do not wait for each other.
    found = dict(sorted({url_hash(canonicalize(link.url)): link for link in links}.items()))
    if not found:
        return 0
    rows = [
        {
            "url_hash": key,
            "url": link.url,
            "source": source,
            "state": "pending",
            "priority": priority(link.modified_at or link.published_at, now),
            "discovered_at": now,
            "discovered_in": feed_id,
            "expected_change_at": link.modified_at,
        }
        for key, link in found.items()
    ]
    connection = session.connection()
    # PostgreSQL does not report how many rows such a statement inserted (rowcount is -1), so they are returned.
    insert = dialect.insert(connection, FrontierRow).values(rows).on_conflict_do_nothing()
    new = connection.execute(insert.returning(_FRONTIER.c.url_hash)).all()
    changed = [
        {"key": key, "changed": link.modified_at + RESOLUTION, "now": now}
        for key, link in found.items()
        if link.modified_at and link.modified_at <= now
    ]
    if changed:
        connection.execute(_REFETCH, changed)
    return len(new)


_REFETCH = (
    update(FrontierRow)
    .where(
        FrontierRow.url_hash == bindparam("key"),
        FrontierRow.state == "done",
        FrontierRow.done_at < bindparam("changed"),
    )
    .values(next_try_at=bindparam("now"), expected_change_at=bindparam("changed"))
)


def priority(dated: datetime | None, now: datetime) -> int:
    """Return the priority of a date, so that newer URLs come first: minutes since 1970. A date in the future counts as now."""
    return int(min(dated or now, now).timestamp()) // 60


def lease(
    session: Session, capacity: Mapping[str, int], *, run_id: int | None, now: datetime
) -> list[Leased]:
    """Lease URLs that are due, newest first; `capacity` is the maximum number for each source.

    New URLs come before those that are tried or checked again."""
    rows: list[FrontierRow] = []
    for source, count in capacity.items():
        pending = _take(session, source, FrontierRow.state == "pending", FrontierRow.priority.desc(), count)
        due = and_(FrontierRow.state.in_(("leased", "failed", "done")), FrontierRow.next_try_at <= now)
        again = _take(session, source, due, FrontierRow.next_try_at, count - len(pending))
        rows += pending + again
    leased = [
        Leased(
            url=row.url,
            source=row.source or "",
            etag=row.etag,
            last_modified=row.last_modified,
            article_id=row.article_id,
        )
        for row in rows
    ]
    for row in rows:
        row.state, row.next_try_at, row.lease_run_id = "leased", now + LEASE, run_id
        row.attempts += 1
    session.flush()
    return leased


def _take(
    session: Session, source: str, due: ColumnElement[bool], order: Any, count: int
) -> list[FrontierRow]:
    if count <= 0:
        return []
    query = select(FrontierRow).where(FrontierRow.source == source, due).order_by(order).limit(count)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def take_over(session: Session, *, run_id: int | None, now: datetime) -> int:
    """Release the leases of runs of this machine whose process does not exist any more.

    Return the number of URLs that are due again. Leases of other machines end at their time."""
    rows = session.execute(select(Run.id, Run.process).where(Run.finished_at.is_(None), Run.id != run_id))
    dead = [id_ for id_, process in rows if not _may_be_alive(process)]
    freed = session.execute(
        update(FrontierRow)
        .where(FrontierRow.state == "leased", FrontierRow.lease_run_id.in_(dead))
        .values(state="pending", next_try_at=None)
    )
    session.execute(update(Run).where(Run.id.in_(dead)).values(finished_at=now, finish_reason="killed"))
    return int(freed.rowcount)  # type: ignore[attr-defined]


def this_process() -> str:
    """Return `host:pid` of this process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _may_be_alive(process: str | None) -> bool:
    host, _, pid = (process or "").rpartition(":")
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return int(pid) != os.getpid()


def mark_done(
    session: Session,
    urls: Iterable[str],
    *,
    article_id: int | None,
    now: datetime,
    next_check_at: datetime | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """Store that URLs have led to an article, or never will; `next_check_at` is when to check for changes."""
    _update(
        session,
        urls,
        state="done",
        article_id=article_id,
        done_at=now,
        next_try_at=next_check_at,
        etag=etag,
        last_modified=last_modified,
        attempts=0,
        last_error=None,
    )


def mark_failed(
    session: Session, urls: Iterable[str], *, error: str, now: datetime, next_try_at: datetime | None
) -> None:
    """Store that a fetch has failed; without `next_try_at` the URL is given up as gone."""
    state = "failed" if next_try_at else "gone"
    _update(session, urls, state=state, next_try_at=next_try_at, last_error=error, done_at=now)


def _update(session: Session, urls: Iterable[str], **values: object) -> None:
    keys = {url_hash(canonicalize(url)) for url in urls}
    session.connection().execute(_UPDATE, {"hashes": list(keys), **values})


def attempts(session: Session, url: str) -> int:
    """Return the number of attempts to fetch a URL since the last successful one."""
    query = select(FrontierRow.attempts).where(FrontierRow.url_hash == url_hash(canonicalize(url)))
    return session.scalar(query) or 0


def postpone(session: Session, url: str, *, until: datetime) -> None:
    """Postpone a leased URL that was not fetched because its host asked for a pause."""
    values = {"hashes": [url_hash(canonicalize(url))], "state": "failed", "next_try_at": until}
    session.connection().execute(_UPDATE.values(attempts=_FRONTIER.c.attempts - 1), values)


def release(session: Session, *, run_id: int) -> None:
    """Release the leases of a run that ends."""
    query = update(FrontierRow).where(FrontierRow.state == "leased", FrontierRow.lease_run_id == run_id)
    session.execute(query.values(state="pending", next_try_at=None))


def busy_sources(session: Session, *, run_id: int | None, now: datetime) -> set[str]:
    """Return the sources of which other runs hold leases: two runs would fetch twice as fast as is polite."""
    others = select(Run.id).where(Run.finished_at.is_(None), Run.id != run_id)
    query = select(FrontierRow.source).where(
        FrontierRow.lease_run_id.in_(others), FrontierRow.state == "leased", FrontierRow.next_try_at > now
    )
    return {source for source in session.scalars(query.distinct()) if source}
