"""Rows that stand for a name: authors, topics and entities have one row for each name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from newsbot.store.schema.models import Author, EntityRow, Topic
from newsbot.store.sql import dialect, locks
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.store.sql.locks import Rank

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
    wanted = {row[column]: row for row in rows}
    found = _find_ids(connection, model, column, wanted)
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        locks.note(connection, RANKS[model], missing)
    found |= dialect.insert_missing_named(connection, model, column, [wanted[value] for value in missing])
    return found | _find_ids(connection, model, column, wanted.keys() - found.keys())


def _find_ids(
    connection: Connection, model: type[Named], column: str, values: Collection[str]
) -> dict[str, int]:
    if not values:
        return {}
    wanted = {f"name_{place}": value for place, value in enumerate(values)}
    found = _select_ids(model, column, len(values)).rows(connection, wanted)
    return {row[0]: row[1] for row in found}


@cache
def _select_ids(model: type[Named], column: str, count: int) -> CompiledStatement:
    named = getattr(model, column)
    names: list[BindParameter[str]] = [bindparam(f"name_{place}") for place in range(count)]
    return CompiledStatement(select(named, model.id).where(named.in_(names)))
