"""What is due: the hosts with feeds to poll or pages to fetch, and the feeds of hosts that a run has claimed.

Every query is bounded by an index and a limit, and has no list of the keys of a catalog.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, or_, select
from sqlalchemy.orm import Session

from newsbot.discovery.timing.schedule import MAX_AHEAD_S
from newsbot.store.crawl.hosts import held_hosts
from newsbot.store.crawl.polling import DueFeed
from newsbot.store.crawl.sharing.host_claims import any_taken, is_taken, taken_hosts
from newsbot.store.crawl.sharing.wanted_work import Wanted, is_wanted
from newsbot.store.schema.models import Feed, FrontierRow, HostClaim

ROWS_A_HOST = 20
"""Number of due rows that are looked at for each host that is wanted: most hosts have a few."""
SOON = timedelta(seconds=5)
"""Hosts that may be asked again only later than this are left alone until then."""
MAX_REST = timedelta(hours=1)
"""A host that may not be asked for longer after a request was given back by a run whose clock was wrong."""

IS_PENDING = FrontierRow.state == literal_column("'pending'")
"""Condition of new pages. A literal, as in the index of them: SQLite uses that for no parameter."""


def due_hosts(
    session: Session, wanted: Wanted, *, limit: int, now: datetime, run_id: int | None = None
) -> list[str]:
    """Return hosts with work that is due and that no other run asks: `limit` at most, those with feeds to poll first.

    Hosts that are held, or that may not be asked yet, are left out. `run_id` is the run that asks; its own claims count as
    free. Rows are read in the order in which they are due, so that no host waits for ever."""
    found: dict[str, None] = {}
    for host, order, conditions in _due(wanted, now):
        if len(found) >= limit:
            break
        query = select(host).where(*conditions, *_is_possible(host, now, run_id)).order_by(order)
        found |= dict.fromkeys(session.scalars(query.limit(limit * ROWS_A_HOST)))
    return list(found)[:limit]


def left_to_others(session: Session, wanted: Wanted, *, limit: int, now: datetime, run_id: int) -> list[str]:
    """Return hosts with due work that other runs ask, `limit` at most."""
    if not any_taken(session, run_id, now):
        return []
    found = {
        host
        for column, _, conditions in _due(wanted, now)
        for host in session.scalars(
            select(column).where(*conditions, is_taken(column, run_id, now)).limit(limit)
        )
    }
    return sorted(found)[:limit]


def next_poll(session: Session, wanted: Wanted) -> tuple[datetime, str] | None:
    """Return when the next feed of the sources that are wanted is due, and its source; None if none is."""
    kept = Feed.gone_at.is_(None), Feed.unlisted_at.is_(None), Feed.next_poll_at.is_not(None)
    query = select(Feed.next_poll_at, Feed.source).where(*kept, is_wanted(wanted, Feed.source))
    rows = session.execute(query.order_by(Feed.next_poll_at).limit(1))
    return next(((at, source) for at, source in rows if at), None)


def due_feeds(
    session: Session, wanted: Wanted, hosts: Collection[str] | None = None, *, now: datetime
) -> list[DueFeed]:
    """Return the feeds of some hosts that are due, or of all (None).

    Feeds that have ended are left out, and those of hosts that are held."""
    of_hosts = () if hosts is None else (Feed.host.in_(hosts),)
    is_due = or_(*(and_(*conditions) for _, _, conditions in _due_polls(wanted, now)))
    is_free = or_(Feed.host.is_(None), Feed.host.not_in(held_hosts(now)))
    query = select(Feed).where(*of_hosts, is_due, is_free)
    rows = session.scalars(query.order_by(Feed.depth, Feed.next_poll_at, Feed.id))
    return [DueFeed(**{name: getattr(feed, name) for name in DueFeed.__slots__}) for feed in rows]


Due = tuple[Any, Any, tuple[ColumnElement[bool], ...]]
"""The column of the host, the order, and the conditions of due rows, which an index finds in that order."""


def _due(wanted: Wanted, now: datetime) -> list[Due]:
    return _due_polls(wanted, now) + _due_pages(wanted, now)


def _due_polls(wanted: Wanted, now: datetime) -> list[Due]:
    kept = Feed.gone_at.is_(None), Feed.unlisted_at.is_(None), is_wanted(wanted, Feed.source)
    if not wanted.only_due:
        is_left = or_(Feed.last_polled_at.is_(None), Feed.last_polled_at < wanted.began)
        return [(Feed.host, Feed.id, (is_left, *kept))]
    is_absurd = Feed.next_poll_at > now + timedelta(seconds=MAX_AHEAD_S)  # a wrong clock
    return [
        (Feed.host, Feed.id, (Feed.next_poll_at.is_(None), *kept)),
        (Feed.host, Feed.next_poll_at, (Feed.next_poll_at <= wanted.began, *kept)),
        (Feed.host, Feed.next_poll_at, (is_absurd, *kept)),
    ]


def _due_pages(wanted: Wanted, now: datetime) -> list[Due]:
    kept = is_wanted(wanted, FrontierRow.source)
    is_again = FrontierRow.state.in_(("leased", "failed", "done"))
    is_absurd = FrontierRow.next_try_at > now + timedelta(seconds=MAX_AHEAD_S)
    return [
        (FrontierRow.host, FrontierRow.priority.desc(), (IS_PENDING, kept)),
        (FrontierRow.host, FrontierRow.next_try_at, (is_again, FrontierRow.next_try_at <= now, kept)),
        (FrontierRow.host, FrontierRow.next_try_at, (is_again, is_absurd, kept)),
    ]


def _is_possible(host: Any, now: datetime, run_id: int | None) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a host may be asked now."""
    # Others may have the hosts of all rows that are due first. For NOT IN, PostgreSQL looks each row up in a table in memory;
    # for NOT EXISTS it may compare each row with each claim.
    rest = HostClaim.next_request_at
    resting = select(HostClaim.host).where(rest > now + SOON, rest <= now + MAX_REST)
    return (
        host.is_not(None),
        host.not_in(held_hosts(now)),
        host.not_in(taken_hosts(run_id, now)),
        host.not_in(resting),
    )
