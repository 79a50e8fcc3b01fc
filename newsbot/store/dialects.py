"""Where SQLite and PostgreSQL differ: connections, transactions, locks, inserts, full text."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    TextClause,
    column,
    create_engine,
    event,
    select,
    text,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError

from newsbot.store.columns import storable
from newsbot.store.models import Base
from newsbot.store.words import Term

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
    return _insert(connection.dialect.name, model)


@cache
def _insert(dialect: str, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    # One object a table: SQLAlchemy remembers on the statement how it is compiled.
    table = cast(Any, model.__table__)
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_missing(connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, leaving alone those that are there already."""
    if rows:
        connection.execute(_insert_missing(connection.dialect.name, model), rows)


@cache
def _insert_missing(dialect: str, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    return _insert(dialect, model).on_conflict_do_nothing()


# ------------------------------------------------------------------ full text

_RANK = "ts_rank(CAST(:weights AS float4[]), words, CAST(:wanted AS tsquery), 1)"
TITLE_WEIGHT = 10
"""How much more a word in the title counts than one in the body."""
_FTS5_ADD = text("INSERT INTO article_search (rowid, title, body) VALUES (:id, :title, :body)")
_FTS5_REMOVE = text(
    "INSERT INTO article_search (article_search, rowid, title, body) VALUES ('delete', :id, :title, :body)"
)
_TSVECTOR_ADD = text("INSERT INTO article_search (article_id, words) VALUES (:id, CAST(:words AS tsvector))")
_TSVECTOR_REMOVE = text("DELETE FROM article_search WHERE article_id = :id")


def add_to_index(connection: Connection, article_id: int, title: Sequence[str], body: Sequence[str]) -> None:
    """Make an article findable by the words of its title and body."""
    if connection.dialect.name == "sqlite":
        connection.execute(_FTS5_ADD, _joined(article_id, title, body))
    else:
        connection.execute(_TSVECTOR_ADD, {"id": article_id, "words": _tsvector(title, body)})


def remove_from_index(
    connection: Connection, article_id: int, title: Sequence[str], body: Sequence[str]
) -> None:
    """Take an article out of the index; SQLite must be told the very words that it was added with."""
    if connection.dialect.name == "sqlite":
        connection.execute(_FTS5_REMOVE, _joined(article_id, title, body))
    else:
        connection.execute(_TSVECTOR_REMOVE, {"id": article_id})


def matches(connection: Connection, terms: Sequence[Term]) -> TextClause:
    """Return a SELECT of `article_id` and `score` (greater is better) of the articles that hold `terms`.

    At least one of the terms must not be excluded."""
    if connection.dialect.name == "sqlite":
        statement = (
            f"SELECT rowid AS article_id, -bm25(article_search, {TITLE_WEIGHT}, 1) AS score"  # noqa: S608
            " FROM article_search WHERE article_search MATCH :terms"
        )
        return text(statement).bindparams(terms=_fts5_query(terms))
    statement = (
        f"SELECT article_id, {_RANK} AS score FROM article_search WHERE words @@ CAST(:terms AS tsquery)"  # noqa: S608
    )
    return text(statement).bindparams(terms=_tsquery(terms), **_rank_of(terms))


def scores(connection: Connection, terms: Sequence[Term], ids: Collection[int]) -> dict[int, float]:
    """Return the scores (greater is better) of articles that hold `terms`; others may be among them.

    PostgreSQL reads an article's whole index entry to rank it, so it is asked for these alone. SQLite, which ranks
    what it finds on the way, would search anew for each."""
    if connection.dialect.name == "sqlite":
        found = matches(connection, terms).columns(column("article_id"), column("score")).subquery()
        query = select(found).where(found.c.article_id.between(min(ids), max(ids)))
        return {row[0]: row[1] for row in connection.execute(query)}
    statement = f"SELECT article_id, {_RANK} FROM article_search WHERE article_id = ANY(:ids)"  # noqa: S608
    ranked = text(statement).bindparams(ids=list(ids), **_rank_of(terms))
    return {row[0]: row[1] for row in connection.execute(ranked)}


def _rank_of(terms: Sequence[Term]) -> dict[str, Any]:
    """Return the parameters of `_RANK`: of the wanted terms alone, as with an excluded one every rank would be 0."""
    wanted = [term for term in terms if not term.is_excluded]
    return {"wanted": _tsquery(wanted), "weights": [1 / TITLE_WEIGHT] * 3 + [1.0]}


def _joined(article_id: int, title: Sequence[str], body: Sequence[str]) -> dict[str, Any]:
    return {"id": article_id, "title": " ".join(title), "body": " ".join(body)}


def _tsvector(title: Sequence[str], body: Sequence[str]) -> str:
    """Return PostgreSQL's text form of a tsvector: `'word':1A,7 'other':8`; A marks words of the title."""
    positions: dict[str, list[str]] = {}
    for at, word in enumerate(title, 1):
        positions.setdefault(word, []).append(f"{at}A")
    for at, word in enumerate(body, len(title) + 2):
        positions.setdefault(word, []).append(str(at))
    return " ".join(f"'{word}':{','.join(places)}" for word, places in positions.items())


def _fts5_query(terms: Sequence[Term]) -> str:
    wanted = " AND ".join(_fts5_phrase(term) for term in terms if not term.is_excluded)
    return f"({wanted})" + "".join(f" NOT {_fts5_phrase(term)}" for term in terms if term.is_excluded)


def _fts5_phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.is_prefix else "")


def _tsquery(terms: Sequence[Term]) -> str:
    return " & ".join(("!" if term.is_excluded else "") + _tsquery_phrase(term) for term in terms)


def _tsquery_phrase(term: Term) -> str:
    return "(" + " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.is_prefix else "") + ")"


# ------------------------------------------------------------------ connections


def _connect_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins transactions, not the driver
    connection.execute("PRAGMA foreign_keys = ON")
    # With the write-ahead log a power cut can lose the last transactions, but never harm the file.
    connection.execute("PRAGMA synchronous = NORMAL")
    # Moved into the file every 16 MB rather than every 4: a third less time for each article stored.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _connect_postgresql(connection: Any, _record: object) -> None:
    connection.execute("SET TIME ZONE 'UTC'")  # days are UTC days
    connection.commit()


def _json_text(value: Any) -> str:
    return storable(json.dumps(value, ensure_ascii=False))
