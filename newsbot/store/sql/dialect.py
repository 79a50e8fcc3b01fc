"""Statements that differ between SQLite and PostgreSQL: inserts, upserts, sequences, error codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, cast

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError

from newsbot.store.schema.models import Base
from newsbot.store.sql.many_rows import InsertRows

_CONFLICTS = {"40001", "40P01"}
"""PostgreSQL's codes for a serialization failure and a deadlock."""
_AWAY = ("08", "57P")
"""First characters of PostgreSQL's codes for lost connections, and for servers that shut down or start up."""
_TOO_GREAT = "54"
"""First characters of PostgreSQL's codes for a row, key or statement beyond its limits."""
_NOT_OURS = {"3F000", "42501", "42703", "42P01"}
"""PostgreSQL's codes for a missing schema, right, column or table: those of another version, or of another user."""

Failure = Literal["conflict", "lost", "other"]


def failure_of(error: DBAPIError) -> Failure | None:
    """Return how the database itself has failed; None if it has refused a value or a statement.

    `conflict`: the transaction can be repeated, because a concurrent one prevented it. `lost`: the server does not
    answer."""
    code = getattr(error.orig, "sqlstate", "")  # None if there was no answer at all
    if code in _CONFLICTS:
        return "conflict"
    is_operational = isinstance(error, OperationalError | InterfaceError)
    if error.connection_invalidated or (is_operational and (code is None or code.startswith(_AWAY))):
        return "lost"
    if code in _NOT_OURS:
        return "other"
    is_failure = is_operational or isinstance(error, InternalError) or type(error) is DatabaseError
    return "other" if is_failure and not (code or "").startswith(_TOO_GREAT) else None


def insert(connection: Connection, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_into(connection.dialect.name, model)


def insert_adding(
    connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]], counts: Sequence[str]
) -> None:
    """Insert rows; if a row exists already, add the new values to its columns `counts`."""
    if rows:
        _insert_adding(model, tuple(counts)).run(connection, rows)


@cache
def _insert_adding(model: type[Base], counts: tuple[str, ...]) -> InsertRows:
    table = table_of(model)

    def finish(query: Any) -> Any:
        added = {name: table.c[name] + query.excluded[name] for name in counts}
        return query.on_conflict_do_update(index_elements=table.primary_key.columns, set_=added)

    return InsertRows(table, finish)


def table_of(model: type[Base]) -> Table:
    """Return the table of a model."""
    return cast(Table, model.__table__)


@cache
def insert_into(dialect: str, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT for the dialect of this name, for statements that are built once."""
    # One object per table: SQLAlchemy caches the compiled form on the statement.
    table = cast(Any, model.__table__)
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_missing(connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; rows that exist already stay as they are."""
    if rows:
        missing_rows(model).run(connection, rows)


@cache
def missing_rows(model: type[Base]) -> InsertRows:
    """Return the INSERT of rows that leaves those which exist already as they are."""
    return InsertRows(table_of(model), lambda query: query.on_conflict_do_nothing())


@cache
def new_rows(model: type[Base]) -> InsertRows:
    """Return the INSERT of rows that do not exist yet."""
    return InsertRows(table_of(model))


def insert_missing_named(
    connection: Connection, model: type[Base], column: str, rows: Sequence[Mapping[str, Any]]
) -> dict[str, int]:
    """Insert rows; rows that exist already stay as they are. Return the ids of the new ones by their `column`."""
    if not rows:
        return {}
    return {row[0]: row[1] for row in _insert_missing_named(model, column).returned(connection, rows)}


@cache
def _insert_missing_named(model: type[Base], column: str) -> InsertRows:
    columns = table_of(model).c
    return InsertRows(
        table_of(model), lambda query: query.on_conflict_do_nothing().returning(columns[column], columns.id)
    )


def insert_or_renew(
    connection: Connection,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: tuple[str, ...],
    renewed: tuple[str, ...],
) -> None:
    """Insert rows; if a row with the same `unique` columns exists, update its `renewed` columns only."""
    if rows:
        _insert_or_renew(model, unique, renewed).run(connection, rows)


@cache
def _insert_or_renew(model: type[Base], unique: tuple[str, ...], renewed: tuple[str, ...]) -> InsertRows:
    def finish(query: Any) -> Any:
        newest = {name: query.excluded[name] for name in renewed}
        return query.on_conflict_do_update(index_elements=list(unique), set_=newest)

    return InsertRows(table_of(model), finish)


def pass_id(connection: Connection, model: type[Base], row_id: int) -> None:
    """Advance the id sequence of a table beyond `row_id` (PostgreSQL; SQLite needs nothing)."""
    if connection.dialect.name != "sqlite":
        sequence = f"pg_get_serial_sequence('{model.__tablename__}', 'id')"
        connection.execute(
            text(f"SELECT setval({sequence}, greatest(:id, nextval({sequence})))"), {"id": row_id}
        )


def end_without_disk(connection: Connection) -> None:
    """Let the commit of this transaction not wait for the disk of the server. A later one that waits, waits for it too."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET LOCAL synchronous_commit = off"))
