"""Cursors: how far somebody has read the log of changes, as text.

A cursor is the number of the last change that was read, and a check of that change: `1234-9f3ac1d2`. The check shows that the
log is still the one that was read: after a backup has been restored, numbers are given again. A number alone is accepted
too, and not checked. "0" is the beginning."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.errors import UsageError
from newsbot.items import utc_text
from newsbot.store.schema.models import ChangeRow, SiteRow

BEGINNING = "0"
ACCEPTED = "accepted: a cursor that newsbot gave for this database, the number of a change, or 0"
CURSOR = r"^[0-9]{1,18}(?:-[0-9a-f]{8})?$"


def cursor_text(database: UUID, number: int, article_id: int, change: str, changed_at: datetime) -> str:
    """Return the cursor of somebody who has read the log up to this change."""
    said = f"{database} {number} {article_id} {change} {utc_text(changed_at)}"
    return f"{number}-{blake2b(said.encode(), digest_size=4).hexdigest()}"


def read_cursor(session: Session, cursor: str) -> int:
    """Return the number of the last change that was read. Raises UsageError for a cursor that is none of this log."""
    if not re.search(CURSOR, cursor, re.ASCII) or cursor.endswith("\n"):
        raise UsageError(f"the cursor {cursor[:40]!r} cannot be read; {ACCEPTED}")
    number = int(cursor.partition("-")[0])
    last = last_number(session)
    if number > last:
        raise UsageError(
            f"the cursor {cursor!r} is beyond the last change ({last}): it belongs to another database, or a backup was"
            f" restored; begin again with 0; {ACCEPTED}"
        )
    if "-" in cursor and cursor != cursor_at(session, number):
        raise UsageError(
            f"the cursor {cursor!r} does not belong to this log of changes: it is of another database, or a backup was"
            f" restored; begin again with 0; {ACCEPTED}"
        )
    return number


def last_number(session: Session) -> int:
    """Return the number of the last change, 0 if there is none."""
    return session.scalar(select(func.max(ChangeRow.number))) or 0


def cursor_at(session: Session, number: int) -> str:
    """Return the cursor at the change with this number; the number alone if there is none."""
    query = select(ChangeRow.article_id, ChangeRow.change, ChangeRow.changed_at)
    row = session.execute(query.where(ChangeRow.number == number)).first()
    return str(number) if row is None else cursor_text(_database(session), number, *row)


def _database(session: Session) -> UUID:
    return session.scalars(select(SiteRow.uuid)).one()
