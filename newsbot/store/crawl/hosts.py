"""Hosts that asked not to be requested (429, 503), and hosts whose robots.txt cannot be read.

Both hold the host, not the source: a source may have pages on several hosts, and link to hosts of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from newsbot.discovery.timing.schedule import MAX_HOLD_S
from newsbot.store.schema.models import Host
from newsbot.store.sql import dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """A host that is held, or was when it was last asked."""

    host: str
    """Host with its port, as `urls.authority_of` returns it."""
    held_until: datetime | None = None
    reason: str = ""
    """What it answered: "429", "503" or "robots.txt: ..."."""
    hold_count: int = 0
    """Number of holds since it last answered otherwise."""
    robots_failed_since: datetime | None = None
    """Time since when its robots.txt cannot be read; None if it can."""


def load_hosts(session: Session, *, now: datetime) -> dict[str, HostState]:
    """Return the state of every host that has not answered otherwise since it was held, or whose robots.txt cannot be read.

    Times that were stored with a wrong clock are brought into the present: a hold ends, a failure begins."""
    return {
        row.host: HostState(
            host=row.host,
            held_until=row.held_until and (row.held_until if row.held_until <= _latest_end(now) else now),
            reason=row.hold_reason or "",
            hold_count=row.hold_count,
            robots_failed_since=row.robots_failed_since and min(row.robots_failed_since, now),
        )
        for row in session.scalars(
            select(Host).where(or_(Host.held_until.is_not(None), Host.robots_failed_since.is_not(None)))
        )
    }


def save_hold(session: Session, state: HostState, *, now: datetime) -> None:
    """Store that a host is held. Of two holds the one that ends later counts, unless its end is absurd."""
    connection = session.connection()
    row = {
        "host": state.host,
        "held_until": state.held_until,
        "held_since": now,
        "hold_reason": state.reason,
        "hold_count": state.hold_count,
        "robots_failed_since": state.robots_failed_since,
    }
    insert = dialect.insert(connection, Host).values(row)
    later = or_(
        Host.held_until.is_(None),
        Host.held_until < insert.excluded.held_until,
        Host.held_until > _latest_end(now),
    )
    renewed: dict[str, Any] = {
        name: insert.excluded[name] for name in row if name not in {"host", "held_since"}
    }
    renewed["held_since"] = func.coalesce(Host.held_since, insert.excluded.held_since)
    connection.execute(insert.on_conflict_do_update(index_elements=["host"], set_=renewed, where=later))


def end_hold(session: Session, host: str) -> None:
    """Store that a host answers again."""
    values = {"held_until": None, "held_since": None, "hold_reason": None, "hold_count": 0}
    session.execute(update(Host).where(Host.host == host).values(values))


def end_robots_failure(session: Session, host: str) -> None:
    """Store that the robots.txt of a host can be read again. The host is not held any longer."""
    end_hold(session, host)
    session.execute(update(Host).where(Host.host == host).values(robots_failed_since=None))


def held_hosts(now: datetime) -> Select[str]:
    """Return the query for the hosts that are held, for use in other queries."""
    return select(Host.host).where(Host.held_until > now, Host.held_until <= _latest_end(now))


def _latest_end(now: datetime) -> datetime:
    return now + timedelta(seconds=MAX_HOLD_S)
