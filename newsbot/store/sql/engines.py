"""Engines of the two supported databases, and what they do at the begin and the end of a connection or transaction."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from newsbot.store.schema.types import storable
from newsbot.store.sql.server_connections import SERVER_SIDE, connect_arguments

DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
"""Supported databases, and the driver that newsbot uses for each."""
LOCK_TIMEOUT_S = 60
"""Time to wait for another process that writes to the same SQLite file."""
PROGRESS_STEPS = 20_000
"""Number of steps of SQLite's virtual machine, well under a millisecond, between two looks at the clock."""

Hook = Callable[[Connection], None]
StatementHook = Callable[[Connection, str], None]
ErrorHook = Callable[[DBAPIError], Exception | None]


class Engines(NamedTuple):
    """Engines of one database; they connect when they are first used."""

    writing: Engine
    """Engine for transactions that write. On SQLite they take the write lock when they begin: one that took it later,
    after reading, would fail at once with "database is locked"."""
    reading: Engine
    """Engine for transactions that see one state of the database and cannot change it."""


def make_engines(
    url: URL, *, on_begin: Hook, before_statement: StatementHook, before_commit: Hook, on_error: ErrorHook
) -> Engines:
    """Return engines for one of `DRIVERS`.

    `on_begin` is called when a transaction begins, `before_statement` before each statement of one that writes,
    `before_commit` when it is about to be committed.
    `on_error` is called with an error of the driver, and may return an exception to be raised in its place."""
    engines = _sqlite_engines(url) if is_sqlite_url(url) else _postgresql_engines(url)

    def replace(context: ExceptionContext) -> Exception | None:
        error = context.sqlalchemy_exception
        # A connection that is dead when it is tried is replaced by a new one.
        return on_error(error) if isinstance(error, DBAPIError) and not context.is_pre_ping else None

    for engine in engines if is_sqlite_url(url) else engines[:1]:  # PostgreSQL's two are one
        event.listen(engine, "handle_error", replace, retval=True)

    def before(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        before_statement(connection, statement)

    event.listen(engines.writing, "begin", on_begin)
    if is_sqlite_url(url):
        event.listen(engines.reading, "begin", on_begin)
    event.listen(engines.writing, "before_cursor_execute", before)
    event.listen(engines.writing, "commit", before_commit)
    return engines


def _sqlite_engines(url: URL) -> Engines:
    # Separate connections: if one connection switched between reading and writing, SQLite would compile every
    # statement again.
    return Engines(
        _sqlite_engine(url, _connect_sqlite, _begin_writing),
        _sqlite_engine(url, _connect_sqlite_for_reading, _begin_reading),
    )


def _postgresql_engines(url: URL) -> Engines:
    engine = create_engine(
        url,
        json_serializer=_json_text,
        connect_args=connect_arguments(url),
        max_overflow=-1,
        pool_pre_ping=True,
    )
    event.listen(engine, "connect", _connect_postgresql)
    return Engines(
        engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    )


def is_sqlite_url(url: URL) -> bool:
    """Return whether `url` names an SQLite file."""
    return url.get_backend_name() == "sqlite"


@contextmanager
def time_limit(connection: Connection, limit_s: float) -> Iterator[None]:
    """Abort slow statements: `limit_s` is per statement on PostgreSQL, for the whole block on SQLite."""
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
    """Switch an SQLite file to the write-ahead log, so that readers do not wait for a writer; PostgreSQL needs nothing.

    The file keeps the setting. SQLite does not wait for other processes while it changes, so it is tried repeatedly."""
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
    """Wait until committed transactions are on the disk: a checkpoint on SQLite; PostgreSQL has waited already."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(FULL)")


def _sqlite_engine(url: URL, connect: Callable[..., None], begin: Hook) -> Engine:
    engine = create_engine(
        url, json_serializer=_json_text, connect_args={"timeout": LOCK_TIMEOUT_S}, max_overflow=-1
    )
    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    return engine


def _connect_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = (
        None  # `_begin_writing` and `_begin_reading` begin transactions, not the driver
    )
    connection.execute("PRAGMA foreign_keys = ON")
    # With the write-ahead log a power cut can lose the last transactions, but never harm the file.
    connection.execute("PRAGMA synchronous = NORMAL")
    # A checkpoint every 16 MB rather than every 4 saves a third of the time for each article stored.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")


def _connect_sqlite_for_reading(connection: sqlite3.Connection, record: object) -> None:
    _connect_sqlite(connection, record)
    connection.execute("PRAGMA query_only = ON")


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _connect_postgresql(connection: Any, _record: object) -> None:
    connection.execute("SET TIME ZONE 'UTC'")  # days are UTC days
    connection.execute("SET DateStyle = 'ISO'")  # as texts of `local_days`
    # Compiling a statement takes longer than any of newsbot's; the forbidden scan of `full_text.matches` would bring it about.
    connection.execute("SET jit = off")
    connection.execute(SERVER_SIDE)
    connection.commit()


def _json_text(value: Any) -> str:
    return storable(json.dumps(value, ensure_ascii=False))
