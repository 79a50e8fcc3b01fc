"""Statements that differ between SQLite and PostgreSQL: locks and inserts; connections are in `engines`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.dml import ReturningInsert

from newsbot.store.schema.models import Base
from newsbot.store.sql.prepared import Ready

_CONFLICTS = {"40001", "40P01"}
"""PostgreSQL's codes for a serialization failure and a deadlock."""
_LOCK = text("SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:numbers AS bigint[])) AS number")


def lock_keys(connection: Connection, keys: Iterable[bytes]) -> None:
    """Wait until no other transaction holds one of `keys`, and hold them to the end of this one.

    In the order of their numbers, so that two transactions never wait for each other. On SQLite the
    transaction holds the whole database already."""
    if connection.dialect.name == "sqlite":
        return
    numbers = sorted({int.from_bytes(key[:8], signed=True) for key in keys})
    connection.execute(_LOCK, {"numbers": numbers})


def is_conflict(error: DBAPIError) -> bool:
    """Tell whether a transaction failed only because of what another one did at the same time."""
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in _CONFLICTS


def insert(connection: Connection, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_into(connection.dialect.name, model)


def insert_adding(
    connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]], counts: Sequence[str]
) -> None:
    """Insert rows; where one is there already, add to the columns in `counts`."""
    if rows:
        _insert_adding(connection.dialect.name, model, tuple(counts)).run(connection, *rows)


@cache
def _insert_adding(dialect: str, model: type[Base], counts: tuple[str, ...]) -> Ready:
    statement, table = insert_into(dialect, model), cast(Any, model.__table__)
    added = {name: table.c[name] + statement.excluded[name] for name in counts}
    return Ready(statement.on_conflict_do_update(index_elements=table.primary_key.columns, set_=added))


@cache
def insert_into(dialect: str, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return the INSERT of `insert` by the name of a dialect, for statements that are built once."""
    # One object a table: SQLAlchemy remembers on the statement how it is compiled.
    table = cast(Any, model.__table__)
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_missing(connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, leaving alone those that are there already."""
    if rows:
        _insert_missing(connection.dialect.name, model).run(connection, *rows)


def insert_missing_named(
    connection: Connection, model: type[Base], column: str, rows: Sequence[Mapping[str, Any]]
) -> dict[str, int]:
    """Insert rows, leaving alone those that are there already; return the ids of the new ones by their `column`."""
    if not rows:
        return {}
    added = connection.execute(_insert_missing_named(connection.dialect.name, model, column), rows)
    return {row[0]: row[1] for row in added}


@cache
def _insert_missing_named(dialect: str, model: type[Base], column: str) -> ReturningInsert[str, int]:
    columns = cast(Any, model.__table__).c
    missing = insert_into(dialect, model).on_conflict_do_nothing()
    return missing.returning(columns[column], columns.id)


@cache
def _insert_missing(dialect: str, model: type[Base]) -> Ready:
    return Ready(insert_into(dialect, model).on_conflict_do_nothing())


def insert_or_renew(
    connection: Connection,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: tuple[str, ...],
    renewed: tuple[str, ...],
) -> None:
    """Insert rows; of one that is there already, by its `unique` columns, only the `renewed` ones are replaced."""
    if rows:
        _insert_or_renew(connection.dialect.name, model, unique, renewed).run(connection, *rows)


@cache
def _insert_or_renew(
    dialect: str, model: type[Base], unique: tuple[str, ...], renewed: tuple[str, ...]
) -> Ready:
    query = insert_into(dialect, model)
    newest = {name: query.excluded[name] for name in renewed}
    return Ready(query.on_conflict_do_update(index_elements=list(unique), set_=newest))


def pass_id(connection: Connection, model: type[Base], row_id: int) -> None:
    """Let the ids that rows are given by themselves go on after `row_id`; SQLite sees to that alone."""
    if connection.dialect.name != "sqlite":
        sequence = f"pg_get_serial_sequence('{model.__tablename__}', 'id')"
        connection.execute(
            text(f"SELECT setval({sequence}, greatest(:id, nextval({sequence})))"), {"id": row_id}
        )
