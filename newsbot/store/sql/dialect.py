"""Where SQLite and PostgreSQL differ: connections, transactions, locks, inserts; full text in a module of its own."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.dml import ReturningInsert

from newsbot.store.index import full_text
from newsbot.store.schema.models import Base
from newsbot.store.schema.types import storable
from newsbot.store.sql.prepared import Ready

DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
"""Supported databases, and the driver that newsbot uses for each."""
LOCK_TIMEOUT_S = 60
"""How long to wait for another process that writes to the same SQLite file."""
CONNECT_TIMEOUT_S = 10
_CONFLICTS = {"40001", "40P01"}
"""PostgreSQL's codes for a serialization failure and a deadlock."""
_LOCK = text("SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:numbers AS bigint[])) AS number")
PROGRESS_STEPS = 20_000
"""Steps of SQLite's virtual machine, well under a millisecond, after which it looks at the time."""


class Engines(NamedTuple):
    """Engines of one database; they connect when they are first used."""

    writing: Engine
    """On SQLite its transactions take the write lock when they begin: one that took it later, after reading, would fail
    at once with "database is locked"."""
    reading: Engine
    """Its transactions see one state of the database and cannot change it."""


def make_engines(url: URL) -> Engines:
    """Return engines for one of `DRIVERS`."""
    if is_sqlite_url(url):
        # Connections of their own: to let one write, and then not, has SQLite compile every statement anew.
        return Engines(
            _sqlite_engine(url, _connect_sqlite, _begin_writing, commit=full_text.write_pending),
            _sqlite_engine(url, _connect_sqlite_for_reading, _begin_reading),
        )
    connect_args = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_TIMEOUT_S}
    engine = create_engine(
        url, json_serializer=_json_text, connect_args=connect_args, max_overflow=-1, pool_pre_ping=True
    )
    event.listen(engine, "connect", _connect_postgresql)
    return Engines(
        engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    )


def is_sqlite_url(url: URL) -> bool:
    """Tell whether `url` names an SQLite file."""
    return url.get_backend_name() == "sqlite"


@contextmanager
def time_limit(connection: Connection, limit_s: float) -> Iterator[None]:
    """Let statements that run on after `limit_s` fail: on PostgreSQL each one's time, on SQLite that of all together."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"SET LOCAL statement_timeout = {int(limit_s * 1000)}"))
        yield
        return
    until = time.monotonic() + limit_s
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.set_progress_handler(lambda: time.monotonic() > until, PROGRESS_STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def use_write_ahead_log(engine: Engine) -> None:
    """Let SQLite's readers go on while one process writes; the file remembers it. PostgreSQL always does.

    SQLite does not wait for other processes when this changes, so the asking is repeated here."""
    if engine.dialect.name != "sqlite":
        return
    until = time.monotonic() + LOCK_TIMEOUT_S
    with closing(engine.raw_connection()) as connection:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(0.02)


def sync(engine: Engine) -> None:
    """Wait until what was committed is on the disk. PostgreSQL has waited; SQLite does when it empties its log."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(FULL)")


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


# ------------------------------------------------------------------ connections


def _sqlite_engine(
    url: URL, connect: Callable[..., None], begin: Callable[..., None], **events: Callable[..., None]
) -> Engine:
    engine = create_engine(
        url, json_serializer=_json_text, connect_args={"timeout": LOCK_TIMEOUT_S}, max_overflow=-1
    )
    for name, listener in {"connect": connect, "begin": begin, **events}.items():
        event.listen(engine, name, listener)
    return engine


def _connect_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins transactions, not the driver
    connection.execute("PRAGMA foreign_keys = ON")
    # With the write-ahead log a power cut can lose the last transactions, but never harm the file.
    connection.execute("PRAGMA synchronous = NORMAL")
    # Moved into the file every 16 MB rather than every 4: a third less time for each article stored.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")


def _connect_sqlite_for_reading(connection: sqlite3.Connection, record: object) -> None:
    _connect_sqlite(connection, record)
    connection.execute("PRAGMA query_only = ON")


def _begin_writing(connection: Connection) -> None:
    full_text.forget_pending(connection)
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _connect_postgresql(connection: Any, _record: object) -> None:
    connection.execute("SET TIME ZONE 'UTC'")  # days are UTC days
    connection.commit()


def _json_text(value: Any) -> str:
    return storable(json.dumps(value, ensure_ascii=False))
