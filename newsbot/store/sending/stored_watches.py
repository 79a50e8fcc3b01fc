"""Watches that were made on the web page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsbot.store.schema.models import WatchRow
from newsbot.store.sql import dialect


def stored_watches(session: Session) -> dict[str, dict[str, Any]]:
    """Return name -> the other keys of its `[[watch]]` table, by name."""
    rows = session.execute(select(WatchRow.name, WatchRow.definition).order_by(WatchRow.name))
    return {row.name: row.definition for row in rows}


def store_watch(session: Session, name: str, definition: Mapping[str, Any], now: datetime) -> bool:
    """Store a watch; return whether there was none of this name."""
    row = {"name": name, "definition": dict(definition), "created_at": now}
    dialect.insert_missing(session.connection(), WatchRow, [row])
    return stored_watches(session)[name] == row["definition"]


def remove_watch(session: Session, name: str) -> None:
    """Delete a watch; what it has found stays, so that a watch of that name finds nothing again."""
    session.execute(delete(WatchRow).where(WatchRow.name == name))
