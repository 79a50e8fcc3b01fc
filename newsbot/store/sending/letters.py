"""Letters: what is to be sent to one address, until it has arrived or was given up.

Watches write one for each message and address. Outputs write one for changes that their receiver refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from newsbot.store.schema.models import LetterRow
from newsbot.store.sending.log_cursors import MAX_ERROR_CHARS

MAX_LETTERS = 1_000
"""Number of letters that are read at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something to be sent to one address."""

    id: int
    output: str
    address: str | None
    message_id: str
    """Stays the same however often it is sent."""
    body: dict[str, Any]
    created_at: datetime
    attempts: int
    retry_at: datetime | None
    error: str | None
    dead_at: datetime | None


_COLUMNS = [getattr(LetterRow, name) for name in Letter.__slots__]


def add_letter(
    session: Session,
    output: str,
    body: dict[str, Any],
    *,
    message_id: str,
    now: datetime,
    address: str | None = None,
    refused: str | None = None,
) -> None:
    """Store a letter; with `refused`, the reason for which it was given up already."""
    values = {
        "output": output,
        "address": address,
        "message_id": message_id,
        "body": body,
        "created_at": now,
        "attempts": 0 if refused is None else 1,
        "retry_at": None,
        "error": None if refused is None else refused[:MAX_ERROR_CHARS],
        "dead_at": None if refused is None else now,
    }
    session.execute(insert(LetterRow).values(values))


def due_letters(session: Session, output: str, now: datetime) -> list[Letter]:
    """Return the letters of an output that are to be sent now, oldest first."""
    is_due = or_(LetterRow.retry_at.is_(None), LetterRow.retry_at <= now)
    return _read(session, LetterRow.output == output, LetterRow.dead_at.is_(None), is_due)


def waiting_letters(session: Session, outputs: Collection[str]) -> list[Letter]:
    """Return the letters that are still to be sent, oldest first."""
    return _read(session, LetterRow.output.in_(outputs), LetterRow.dead_at.is_(None))


def dead_letters(session: Session, outputs: Collection[str]) -> list[Letter]:
    """Return the letters that were given up, oldest first."""
    return _read(session, LetterRow.output.in_(outputs), LetterRow.dead_at.is_not(None))


def _read(session: Session, *conditions: Any) -> list[Letter]:
    rows = session.execute(select(*_COLUMNS).where(*conditions).order_by(LetterRow.id).limit(MAX_LETTERS))
    return [Letter(**row._mapping) for row in rows]


def note_attempt(
    session: Session, letter: Letter, error: str, *, retry_at: datetime | None, dead_at: datetime | None
) -> None:
    """Store that a letter did not arrive, and when it is tried again, or that it was given up."""
    values = {
        "attempts": letter.attempts + 1,
        "error": error[:MAX_ERROR_CHARS],
        "retry_at": retry_at,
        "dead_at": dead_at,
    }
    session.execute(update(LetterRow).where(LetterRow.id == letter.id).values(values))


def remove_letters(session: Session, ids: Sequence[int]) -> None:
    """Delete letters: they have arrived, or a person has dropped them."""
    session.execute(delete(LetterRow).where(LetterRow.id.in_(ids)))


def revive_letters(session: Session, ids: Sequence[int]) -> None:
    """Have letters that were given up sent again, with the next run."""
    values = {"dead_at": None, "retry_at": None, "attempts": 0}
    session.execute(update(LetterRow).where(LetterRow.id.in_(ids)).values(values))
