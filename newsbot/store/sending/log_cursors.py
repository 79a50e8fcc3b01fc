"""How far outputs and watches have read the log of changes. A lease keeps two processes from reading for the same one.

Whoever holds the lease names itself (`owner`) in every statement, so that a process that was slow, and whose lease has
passed to another one, changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from newsbot.store.crawl.frontier import may_be_alive, this_process
from newsbot.store.schema.models import OutputRow
from newsbot.store.sql import dialect

LEASE = timedelta(minutes=2)
"""Duration of a lease, which is renewed with every batch: longer than one delivery with its timeouts."""
MAX_ERROR_CHARS = 500
_SIGN = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCursor:
    """How far an output or a watch has read the log, and how it is doing."""

    name: str
    number: int
    """Number of the last change that it has dealt with."""
    leased_by: str | None
    failures: int
    error: str | None
    delivered_at: datetime | None


def new_owner() -> str:
    """Return the name under which this process holds a lease; every holder in the process has its own."""
    return f"{this_process()}{_SIGN}{uuid4().hex[:8]}"


def register(session: Session, name: str, number: int) -> None:
    """Store that a new output begins after the change with this number; known ones stay where they are."""
    row = {"name": name, "number": number, "failures": 0}
    dialect.insert_missing(session.connection(), OutputRow, [row])


def lease(session: Session, name: str, owner: str, now: datetime) -> LogCursor | None:
    """Take the lease of an output that is registered; None if another process holds it.

    The lease of a process of this machine that does not exist any more is free at once."""
    held = session.scalar(select(OutputRow.leased_by).where(OutputRow.name == name))
    is_free = or_(OutputRow.leased_by.is_(None), OutputRow.leased_until <= now, OutputRow.leased_by == owner)
    if held is not None and not _may_be_alive(held):
        is_free = or_(is_free, OutputRow.leased_by == held)
    values = {"leased_by": owner, "leased_until": now + LEASE}
    taken = session.execute(update(OutputRow).where(OutputRow.name == name, is_free).values(values))
    return find_cursor(session, name) if _count(taken) else None


def _may_be_alive(owner: str) -> bool:
    process = owner.partition(_SIGN)[0]
    return process == this_process() or may_be_alive(process)


def advance(
    session: Session, name: str, owner: str, number: int, *, now: datetime, is_delivery: bool
) -> bool:
    """Store that all changes up to a number are dealt with, and renew the lease. Return whether the owner still holds it."""
    values: dict[str, Any] = {"number": number, "leased_until": now + LEASE, "failures": 0, "error": None}
    return _update(session, name, owner, values | ({"delivered_at": now} if is_delivery else {}))


def renew(session: Session, name: str, owner: str, now: datetime) -> bool:
    """Renew a lease. Return whether the owner still holds it."""
    return _update(session, name, owner, {"leased_until": now + LEASE})


def note_delivery(session: Session, name: str, owner: str, now: datetime) -> bool:
    """Store when a message was made. Return whether the owner still holds the lease."""
    return _update(session, name, owner, {"delivered_at": now, "leased_until": now + LEASE})


def note_failure(session: Session, name: str, owner: str, error: str) -> None:
    """Store why a delivery has failed."""
    values = {"failures": OutputRow.failures + 1, "error": error[:MAX_ERROR_CHARS]}
    _update(session, name, owner, values)


def release(session: Session, name: str, owner: str) -> None:
    """Give a lease back."""
    _update(session, name, owner, {"leased_by": None, "leased_until": None})


def _update(session: Session, name: str, owner: str, values: dict[str, Any]) -> bool:
    held = update(OutputRow).where(OutputRow.name == name, OutputRow.leased_by == owner)
    return _count(session.execute(held.values(values))) > 0


def reset(session: Session, name: str, number: int) -> None:
    """Let an output go on after the change with this number. A process that reads for it now loses its lease."""
    register(session, name, number)
    values = {"number": number, "leased_by": None, "leased_until": None, "failures": 0, "error": None}
    session.execute(update(OutputRow).where(OutputRow.name == name).values(values))


def find_cursor(session: Session, name: str) -> LogCursor | None:
    """Return how far an output has read the log; None if it has never run."""
    return cursors(session, [name]).get(name)


def cursors(session: Session, names: Collection[str]) -> dict[str, LogCursor]:
    """Return name -> how far it has read, for those that have run."""
    columns = [getattr(OutputRow, name) for name in LogCursor.__slots__]
    rows = session.execute(select(*columns).where(OutputRow.name.in_(names)))
    return {row.name: LogCursor(**row._mapping) for row in rows}


def _count(result: Any) -> int:
    count: int = result.rowcount
    return count
