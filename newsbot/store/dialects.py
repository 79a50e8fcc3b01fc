"""Where SQLite and PostgreSQL differ: connections, transactions, locks, inserts. Full text: `newsbot.store.search`."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite

from newsbot.store.columns import storable
from newsbot.store.models import Base

DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
"""Supported databases, and the driver that newsbot uses for each."""
LOCK_TIMEOUT_S = 60
"""How long to wait for another process that writes to the same SQLite file."""
CONNECT_TIMEOUT_S = 10
WRITES = "newsbot_writes"
"""Execution option: this transaction may write."""


def make_engine(url: URL) -> Engine:
    """Return an engine for one of `DRIVERS`; it connects when it is first used."""
    if is_sqlite_url(url):
        engine = create_engine(
            url, json_serializer=_json_text, connect_args={"timeout": LOCK_TIMEOUT_S}, max_overflow=-1
        )
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    connect_args = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_TIMEOUT_S}
    engine = create_engine(
        url, json_serializer=_json_text, connect_args=connect_args, max_overflow=-1, pool_pre_ping=True
    )
    event.listen(engine, "connect", _connect_postgresql)
    return engine


def is_sqlite_url(url: URL) -> bool:
    """Tell whether `url` names an SQLite file."""
    return url.get_backend_name() == "sqlite"


def writing(engine: Engine) -> Engine:
    """Return `engine` for transactions that write: on SQLite they take the write lock when they begin.

    One that took it later, after reading, would fail at once with "database is locked"."""
    return engine.execution_options(**{WRITES: True})


def reading(engine: Engine) -> Engine:
    """Return `engine` for transactions that see one state of the database and cannot change it."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


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


def lock_keys(connection: Connection, keys: Iterable[bytes]) -> None:
    """Wait until no other transaction holds one of `keys`, and hold them to the end of this one.

    In the order of their numbers, so that two transactions never wait for each other. On SQLite the
    transaction holds the whole database already."""
    if connection.dialect.name == "sqlite":
        return
    numbers = sorted({int.from_bytes(key[:8], signed=True) for key in keys})
    connection.execute(
        text("SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:numbers AS bigint[])) AS number"),
        {"numbers": numbers},
    )


def insert(connection: Connection, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    table = cast(Any, model.__table__)
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _connect_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins transactions, not the driver
    connection.execute("PRAGMA foreign_keys = ON")
    # With the write-ahead log a power cut can lose the last transactions, but never harm the file.
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _connect_postgresql(connection: Any, _record: object) -> None:
    connection.execute("SET TIME ZONE 'UTC'")  # days are UTC days
    connection.commit()


def _json_text(value: Any) -> str:
    return storable(json.dumps(value, ensure_ascii=False))
