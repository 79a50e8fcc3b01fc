"""The frontier: the URLs to fetch and their state, one row for each URL.

    pending -> leased -> done | failed | gone

Only the run that has the claim of a host (`sharing.host_claims`) leases its URLs. A lease ends at a time (`next_try_at`) or with the process that took it, so that a URL whose fetch was interrupted by a kill
is fetched again. A URL becomes `done` only in the transaction that stores the outcome of its fetch.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Update,
    and_,
    bindparam,
    case,
    select,
    update,
)
from sqlalchemy.orm import Session

from newsbot.discovery.timing.schedule import MAX_AHEAD_S
from newsbot.items import FeedEntry
from newsbot.store.crawl.budgets import return_refetches
from newsbot.store.crawl.feed_entries import read_entry
from newsbot.store.crawl.hosts import held_hosts
from newsbot.store.crawl.sharing.wanted_work import Wanted, is_wanted
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import FrontierRow, Host
from newsbot.store.sql import waiting_rows
from newsbot.store.sql.many_rows import AskedRows
from newsbot.urls import canonicalize

LEASE = timedelta(minutes=10)
"""Duration of a lease: longer than any fetch with its timeouts, retries and the delay of the host."""
# Table statements: with the ORM, an update would look for changed rows among the objects in memory.
_FRONTIER = FrontierRow.metadata.tables["frontier"]
_UPDATE = update(_FRONTIER).where(_FRONTIER.c.url_hash.in_(bindparam("hashes", expanding=True)))
_NO_CLAIM: dict[str, Any] = {
    "has_claim": False,
    "false_claims": case(
        (_FRONTIER.c.has_claim, _FRONTIER.c.false_claims + 1), else_=_FRONTIER.c.false_claims
    ),
}
_CLAIM_WAS_TRUE = _UPDATE.values(has_claim=False, false_claims=0)
_CLAIM_WAS_FALSE = _UPDATE.values(_NO_CLAIM)
_GIVEN = ("article_id", "done_at", "next_try_at", "etag", "last_modified", "last_error")


def _done(asked: FromClause) -> Update:
    given = {name: asked.c[name] for name in _GIVEN}
    query = update(_FRONTIER).where(_FRONTIER.c.url_hash == asked.c.url_hash)
    return query.values({"state": "done", "attempts": 0, **given, **_NO_CLAIM})


_SET_DONE = AskedRows(_done, **{name: _FRONTIER.c[name].type for name in ("url_hash", *_GIVEN)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """A URL that this run has leased, and the validators of the last answer."""

    url: str
    source: str
    host: str
    etag: str | None
    last_modified: str | None
    article_id: int | None
    """Id of the article that it led to last time; None if the URL is new."""
    attempts: int = 1
    """Number of attempts to fetch it since the last answer, with this one."""
    is_offsite: bool = False
    """Whether it is the page of another site, which a feed of the source links to."""
    entry: FeedEntry | None = None
    """What the feed says of the article."""


def priority(dated: datetime | None, now: datetime) -> int:
    """Return the priority of a date, so that newer URLs come first: minutes since 1970. A date in the future counts as now."""
    return int(min(dated or now, now).timestamp()) // 60


def lease(
    session: Session, capacity: Mapping[str, int], wanted: Wanted, *, run_id: int | None, now: datetime
) -> list[Leased]:
    """Lease URLs that are due, newest first; `capacity` is the maximum number for each host, which the run has claimed.

    New URLs come before those that are tried or checked again. URLs of hosts that are held are left alone."""
    rows: list[FrontierRow] = []
    free = [host for host, count in capacity.items() if count > 0]
    held = set(session.scalars(held_hosts(now).where(Host.host.in_(free)))) if free else set()
    for host in (host for host in free if host not in held):
        rows += _due_pages(session, host, capacity[host], wanted, now)
    for row in rows:
        row.state, row.next_try_at, row.lease_run_id = "leased", now + LEASE, run_id
        row.attempts += 1
    leased = [
        Leased(
            url=row.url,
            source=row.source or "",
            host=row.host or "",
            etag=row.etag,
            last_modified=row.last_modified,
            article_id=row.article_id,
            attempts=row.attempts,
            is_offsite=row.is_offsite,
            entry=read_entry(row.entry),
        )
        for row in rows
    ]
    session.flush()
    return leased


def _due_pages(session: Session, host: str, count: int, wanted: Wanted, now: datetime) -> list[FrontierRow]:
    is_own = and_(FrontierRow.host == host, is_wanted(wanted, FrontierRow.source))
    pending = _take(session, and_(is_own, FrontierRow.state == "pending"), FrontierRow.priority.desc(), count)
    is_again = and_(is_own, FrontierRow.state.in_(("leased", "failed", "done")))
    is_absurd = FrontierRow.next_try_at > now + timedelta(seconds=MAX_AHEAD_S)  # a wrong clock
    rows = pending
    for is_due in (FrontierRow.next_try_at <= now, is_absurd):
        rows += _take(session, and_(is_again, is_due), FrontierRow.next_try_at, count - len(rows))
    return rows


def _take(session: Session, due: ColumnElement[bool], order: Any, count: int) -> list[FrontierRow]:
    if count <= 0:
        return []
    query = select(FrontierRow).where(due).order_by(order).limit(count)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def this_process() -> str:
    """Return `host:pid` of this process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def may_be_alive(process: str | None) -> bool:
    """Return whether another process (`host:pid`) may be running; those of other machines always may."""
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
    is_changed: bool = False,
    error: str | None = None,
) -> None:
    """Store that URLs have led to an article, or never will; `next_check_at` is when to check for changes.

    `error` is the reason why the page is no article, if it is none. With `is_changed`, a page that was fetched before has changed, and a feed that said so was right."""
    values = {
        "article_id": article_id,
        "done_at": now,
        "next_try_at": next_check_at,
        "etag": etag,
        "last_modified": last_modified,
        "last_error": error,
    }
    hashes = keys_of(urls)
    if is_changed:
        return_refetches(session, hashes)
        values |= {"state": "done", "attempts": 0}
        session.connection().execute(_CLAIM_WAS_TRUE, {"hashes": hashes, **values})
        return
    rows = [{"url_hash": key, **values} for key in hashes]
    waiting_rows.add(session.connection(), _DONE, rows)


class _DoneRows:
    """Stores that pages were as expected, of several articles in one statement."""

    table = "frontier"

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Update the rows. Of two updates of a row the last one is enough."""
        last = {row["url_hash"]: tuple(row.values()) for row in rows}
        given = [last[key] for key in sorted(last)]
        _SET_DONE.run(connection, given)


_DONE = _DoneRows()


def mark_failed(
    session: Session, urls: Iterable[str], *, error: str, now: datetime, next_try_at: datetime | None
) -> None:
    """Store that a fetch has failed; without `next_try_at` the URL is given up as gone."""
    state = "failed" if next_try_at else "gone"
    values = {"state": state, "next_try_at": next_try_at, "last_error": error, "done_at": now}
    session.connection().execute(_CLAIM_WAS_FALSE, {"hashes": keys_of(urls), **values})


def keys_of(urls: Iterable[str]) -> list[bytes]:
    """Return the hashes by which the frontier knows URLs."""
    return sorted({url_hash(canonicalize(url)) for url in urls})


def attempts(session: Session, url: str) -> int:
    """Return the number of attempts to fetch a URL since the last successful one."""
    query = select(FrontierRow.attempts).where(FrontierRow.url_hash == url_hash(canonicalize(url)))
    return session.scalar(query) or 0


def postpone(session: Session, url: str, *, until: datetime, is_attempt: bool = False) -> None:
    """Postpone a leased URL whose host is held; with `is_attempt`, it has been requested."""
    values = {"hashes": keys_of([url]), "state": "failed", "next_try_at": until}
    attempts = _FRONTIER.c.attempts - (0 if is_attempt else 1)
    session.connection().execute(_UPDATE.values(attempts=attempts), values)


def release(session: Session, *, run_id: int) -> None:
    """Release the leases of a run that ends."""
    query = update(FrontierRow).where(FrontierRow.state == "leased", FrontierRow.lease_run_id == run_id)
    session.execute(query.values(state="pending", next_try_at=None))
