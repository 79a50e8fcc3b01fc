"""Rows that a transaction has yet to insert: gathered by table, they are sent in one statement for all of its articles.

Whoever reads or changes a table finds them: `send_named` is called before each statement, and sends the rows of the tables
that it names. The others are sent before the commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

_WAITING = "newsbot_waiting_rows"
"""Key in the `info` of a connection: the rows of its transaction, by the statement that inserts them."""
_CASCADES = "DELETE FROM articles"
"""Beginning of the statement that deletes rows of other tables too."""
MAX_ROWS = 5_000
"""Number of rows of a table that wait at most."""


class RowInsert(Protocol):
    """Inserts rows into a table."""

    table: str

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Insert the rows."""


def add(connection: Connection, insert: RowInsert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Have rows inserted before anybody looks for them, and before the commit."""
    if not rows:
        return
    waiting: dict[RowInsert, list[Mapping[str, Any]]] = connection.info.setdefault(_WAITING, {})
    gathered = waiting.setdefault(insert, [])
    gathered.extend(rows)
    if len(gathered) >= MAX_ROWS:
        send(connection, [insert])


def send_named(connection: Connection, statement: str) -> None:
    """Insert the rows that wait for tables which a statement names; to be called before it is executed."""
    waiting = connection.info.get(_WAITING)
    if waiting:
        is_cascade = statement.startswith(_CASCADES)
        named = [insert for insert in waiting if is_cascade or insert.table in statement]
        send(connection, named)


def send(connection: Connection, inserts: Sequence[RowInsert] | None = None) -> None:
    """Insert the rows that wait, of all tables or by these statements only."""
    waiting: dict[RowInsert, list[Mapping[str, Any]]] = connection.info.get(_WAITING, {})
    for insert in list(waiting) if inserts is None else inserts:
        rows = waiting.pop(insert, None)
        if rows:
            insert.run(connection, rows)


def forget(connection: Connection) -> None:
    """Forget the rows of a transaction that was rolled back."""
    connection.info.pop(_WAITING, None)
