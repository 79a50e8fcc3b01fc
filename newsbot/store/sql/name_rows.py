"""Rows that stand for a name: authors, topics and entities have one row for each name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from newsbot.store.schema.models import Author, EntityRow, Topic
from newsbot.store.schema.types import Name
from newsbot.store.sql import dialect, locks, memory
from newsbot.store.sql.locks import Rank
from newsbot.store.sql.many_rows import AskedRows

Named = Author | Topic | EntityRow
RANKS: dict[type[Named], Rank] = {
    Author: Rank.AUTHORS,
    Topic: Rank.TOPICS,
    EntityRow: Rank.ENTITIES,
}


def name_ids(
    connection: Connection, model: type[Named], column: str, rows: Iterable[Mapping[str, Any]]
) -> dict[str, int]:
    """Return the ids of rows by their value in the unique `column`; missing rows are inserted.

    Raises LockOrderError if rows are missing and the transaction holds a lock of a higher rank."""
    known = memory.of(connection, _Known).ids[model]
    wanted = {row[column]: row for row in rows}
    ids = {value: known[value] for value in wanted if value in known}
    if len(ids) < len(wanted):
        unknown = {value: row for value, row in wanted.items() if value not in ids}
        ids |= _find_or_insert(connection, model, column, unknown)
        known.update(ids)
    return ids


class _Known:
    """Ids of rows that a transaction has looked up or inserted. Such rows are never deleted."""

    def __init__(self) -> None:
        self.ids: dict[type[Named], dict[str, int]] = {model: {} for model in RANKS}

    def see(self, statement: str) -> None:
        """Do nothing: no statement changes the ids."""


def _find_or_insert(
    connection: Connection, model: type[Named], column: str, wanted: Mapping[str, Mapping[str, Any]]
) -> dict[str, int]:
    found = _find_ids(connection, model, column, wanted)
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        locks.note(connection, RANKS[model], missing)
    found |= dialect.insert_missing_named(connection, model, column, [wanted[value] for value in missing])
    return found | _find_ids(connection, model, column, wanted.keys() - found.keys())


def _find_ids(
    connection: Connection, model: type[Named], column: str, values: Collection[str]
) -> dict[str, int]:
    return dict(map(tuple, _ids_of(model, column).rows(connection, [(value,) for value in values])))


@cache
def _ids_of(model: type[Named], column: str) -> AskedRows:
    named = getattr(model, column)
    return AskedRows(
        lambda asked: select(named, model.id).join_from(asked, model, asked.c.name == named), name=Name()
    )
