"""Progress of backfills: which parts of which archives are ingested, and how far each part is.

The progress of a part is stored in the same transaction as the articles of its records. So a kill loses nothing, and
no record is ingested twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from newsbot.archive.warc import RecordPosition
from newsbot.archive.warc_pages import ByteRange
from newsbot.errors import NewsbotError
from newsbot.store.schema.models import BackfillPart
from newsbot.store.sql import dialect

_PARTS = BackfillPart.metadata.tables["backfill_parts"]
_ADVANCE = update(_PARTS).where(
    _PARTS.c.key == bindparam("of_key"),
    _PARTS.c.done_offset.is_not_distinct_from(bindparam("last_offset")),
    _PARTS.c.done_number.is_not_distinct_from(bindparam("last_number")),
)


class OvertakenError(NewsbotError):
    """Another process works on the same part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of an archive file, ingested by one process at a time."""

    path: str
    """Absolute path of the file."""
    file_bytes: int
    span: ByteRange
    selection: str = ""
    """Canonical text of the filter over its pages; equal for equal filters."""

    @property
    def key(self) -> bytes:
        """Hash that identifies the part: it differs for another file of this name and for another selection."""
        identity = repr((self.path, self.file_bytes, *self.span, self.selection))
        return blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How much of a part is done."""

    part: Part
    done: RecordPosition | None = None
    """Position of the last record that is done."""
    state: str = "begun"
    error: str | None = None
    counts: Counter[str]

    @property
    def done_bytes(self) -> int:
        """Number of bytes of the part that are done."""
        if self.state != "begun":
            return self.part.span.end - self.part.span.start
        return self.done.offset - self.part.span.start if self.done else 0


def add_parts(session: Session, parts: Iterable[Part], *, now: datetime) -> None:
    """Add the parts that have no row yet."""
    rows = [
        {
            "key": part.key,
            "path": part.path,
            "start_offset": part.span.start,
            "end_offset": part.span.end,
            "state": "begun",
            "counts": {},
            "updated_at": now,
        }
        for part in parts
    ]
    dialect.insert_missing(session.connection(), BackfillPart, rows)


def load_progress(session: Session, parts: Iterable[Part]) -> list[Progress]:
    """Return the progress of the parts, in their order."""
    by_key = {part.key: part for part in parts}
    rows = {row.key: row for row in session.scalars(select(BackfillPart)) if row.key in by_key}
    return [_progress(part, rows.get(key)) for key, part in by_key.items()]


def load_moving(session: Session, known: Mapping[bytes, Progress]) -> list[Progress]:
    """Return the progress of those of the known parts (by key) that are begun and not finished.

    This is faster than `load_progress`: few of many parts are in work at a time."""
    moving = BackfillPart.state == "begun", BackfillPart.done_offset.is_not(None)
    rows = session.scalars(select(BackfillPart).where(*moving))
    return [_progress(known[row.key].part, row) for row in rows if row.key in known]


def load_part(session: Session, part: Part) -> Progress:
    """Return the progress of one part."""
    return _progress(part, session.get(BackfillPart, part.key))


def _progress(part: Part, row: BackfillPart | None) -> Progress:
    if row is None:
        return Progress(part=part, counts=Counter())
    done = None if row.done_offset is None else RecordPosition(row.done_offset, row.done_number or 0)
    return Progress(part=part, done=done, state=row.state, error=row.error, counts=Counter(row.counts))


def advance(session: Session, before: Progress, after: Progress, *, now: datetime) -> None:
    """Store that the next records of a part are done; raise OvertakenError if another process has stored some."""
    done, last = after.done, before.done
    assert done
    values = {
        "of_key": before.part.key,
        "last_offset": last.offset if last else None,
        "last_number": last.number if last else None,
        "done_offset": done.offset,
        "done_number": done.number,
        "counts": dict(after.counts),
        "updated_at": now,
    }
    if session.connection().execute(_ADVANCE, values).rowcount != 1:
        raise OvertakenError(f"{before.part.path}: another process is taking it in", path=before.part.path)


def finish_part(session: Session, progress: Progress, *, now: datetime) -> None:
    """Store that a part is finished, or the error that stopped it."""
    values = {
        "state": progress.state,
        "error": progress.error,
        "counts": dict(progress.counts),
        "updated_at": now,
    }
    session.execute(update(BackfillPart).where(BackfillPart.key == progress.part.key).values(values))
