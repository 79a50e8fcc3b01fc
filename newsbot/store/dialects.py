"""Where SQLite and PostgreSQL differ: connections, transactions, locks, inserts, full text."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Select,
    column,
    create_engine,
    event,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.dml import ReturningInsert

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
    connection.execute(_insert_adding(connection.dialect.name, model, tuple(counts)), rows)


@cache
def _insert_adding(
    dialect: str, model: type[Base], counts: tuple[str, ...]
) -> sqlite.Insert | postgresql.Insert:
    statement, table = insert_into(dialect, model), cast(Any, model.__table__)
    return statement.on_conflict_do_update(
        index_elements=table.primary_key.columns,
        set_={name: table.c[name] + statement.excluded[name] for name in counts},
    )


@cache
def insert_into(dialect: str, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return the INSERT of `insert` by the name of a dialect, for statements that are built once."""
    # One object a table: SQLAlchemy remembers on the statement how it is compiled.
    table = cast(Any, model.__table__)
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_missing(connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, leaving alone those that are there already."""
    if rows:
        connection.execute(_insert_missing(connection.dialect.name, model), rows)


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
    return _insert_missing(dialect, model).returning(columns[column], columns.id)


@cache
def _insert_missing(dialect: str, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    return insert_into(dialect, model).on_conflict_do_nothing()


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
        connection.execute(_insert_or_renew(connection.dialect.name, model, unique, renewed), rows)


@cache
def _insert_or_renew(
    dialect: str, model: type[Base], unique: tuple[str, ...], renewed: tuple[str, ...]
) -> sqlite.Insert | postgresql.Insert:
    query = insert_into(dialect, model)
    newest = {name: query.excluded[name] for name in renewed}
    return query.on_conflict_do_update(index_elements=list(unique), set_=newest)


def pass_id(connection: Connection, model: type[Base], row_id: int) -> None:
    """Let the ids that rows are given by themselves go on after `row_id`; SQLite sees to that alone."""
    if connection.dialect.name != "sqlite":
        sequence = f"pg_get_serial_sequence('{model.__tablename__}', 'id')"
        connection.execute(
            text(f"SELECT setval({sequence}, greatest(:id, nextval({sequence})))"), {"id": row_id}
        )


# ------------------------------------------------------------------ full text

TITLE_WEIGHT = 10
"""How much more a word in the title counts than one in the body."""
_FTS5_ADD = text(
    "INSERT INTO article_search (rowid, title, body, labels) VALUES (:id, :title, :body, :labels)"
)
_FTS5_REMOVE = text(
    "INSERT INTO article_search (article_search, rowid, title, body, labels)"
    " VALUES ('delete', :id, :title, :body, :labels)"
)
# bm25 counts for every word how many articles have it, so that the labels are left out. The sign before `rowid` keeps
# SQLite from searching anew for each id.
_FTS5_SCORES = text(
    f"SELECT rowid, -bm25(article_search, {TITLE_WEIGHT}, 1) FROM article_search"  # noqa: S608
    " WHERE article_search MATCH :terms AND rowid BETWEEN :first AND :last"
    " AND +rowid IN (SELECT value FROM json_each(:ids))"
)
_TSVECTOR_ADD = text("INSERT INTO article_search (article_id, words) VALUES (:id, CAST(:words AS tsvector))")
_TSVECTOR_REMOVE = text("DELETE FROM article_search WHERE article_id = :id")
_TSVECTOR_SCORES = text(
    "SELECT article_id, ts_rank(CAST(:weights AS float4[]), words, CAST(:terms AS tsquery), 1)"
    " FROM article_search WHERE article_id = ANY(:ids)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the full-text index holds of an article."""

    title: Sequence[str]
    body: Sequence[str]
    """Words."""
    labels: Sequence[str]


def add_to_index(connection: Connection, article_id: int, entry: Entry) -> None:
    """Make an article findable."""
    if connection.dialect.name == "sqlite":
        connection.execute(_FTS5_ADD, _fts5_row(article_id, entry))
    else:
        connection.execute(_TSVECTOR_ADD, {"id": article_id, "words": _tsvector(entry)})


def remove_from_index(connection: Connection, article_id: int, entry: Entry) -> None:
    """Take an article out of the index; SQLite must be told the very entry that it was added with."""
    if connection.dialect.name == "sqlite":
        connection.execute(_FTS5_REMOVE, _fts5_row(article_id, entry))
    else:
        connection.execute(_TSVECTOR_REMOVE, {"id": article_id})


def matches(
    connection: Connection,
    terms: Sequence[Term],
    labels: Sequence[Sequence[str]],
    among: Select[int] | None = None,
) -> Select[int]:
    """Return a SELECT of the ids of articles that hold `terms`, and of each group of `labels` one.

    At least one of the terms must not be excluded. With `among`, only articles of these ids, which are few."""
    if connection.dialect.name == "sqlite":
        rowid = column("rowid", BigInteger)
        wanted = literal_column("article_search").op("MATCH")(_fts5_query(terms, labels))
        found = select(rowid).select_from(table("article_search")).where(wanted)
        # The sign keeps SQLite from searching anew for each id.
        return found if among is None else found.where(literal_column("+rowid").in_(among))
    article_id = column("article_id", BigInteger)
    query = sql_cast(_tsquery(terms, labels), postgresql.TSQUERY)
    found = select(article_id).select_from(table("article_search")).where(column("words").op("@@")(query))
    return found if among is None else found.where(one_of(connection, article_id, among))


def one_of(connection: Connection, found: ColumnElement[int], ids: Select[int]) -> ColumnElement[bool]:
    """Return the condition that `found` is one of `ids`, by which the rows are to be looked up.

    PostgreSQL gets them as an array: however many it expects, it then looks them up in the index of ids."""
    if connection.dialect.name == "sqlite":
        return found.in_(ids)
    return found == func.any(func.array(ids.scalar_subquery()))


def scores(connection: Connection, terms: Sequence[Term], ids: Collection[int]) -> dict[int, float]:
    """Return the scores (greater is better) of articles that hold `terms`."""
    # With an excluded term, or one that an article lacks, every rank of PostgreSQL's would be 0.
    wanted = [term for term in terms if not term.is_excluded]
    if connection.dialect.name == "sqlite":
        given = {"terms": _fts5_query(wanted), "first": min(ids), "last": max(ids), "ids": json.dumps([*ids])}
        found = connection.execute(_FTS5_SCORES, given)
    else:
        weights = [1 / TITLE_WEIGHT] * 3 + [1.0]
        given = {"terms": _tsquery(wanted), "weights": weights, "ids": [*ids]}
        found = connection.execute(_TSVECTOR_SCORES, given)
    return {row[0]: row[1] for row in found}


def _fts5_row(article_id: int, entry: Entry) -> dict[str, Any]:
    columns = {"title": entry.title, "body": entry.body, "labels": entry.labels}
    return {"id": article_id} | {name: " ".join(held) for name, held in columns.items()}


def _tsvector(entry: Entry) -> str:
    """Return PostgreSQL's text form of a tsvector: `'word':1A,7 'other':8 'label'`; A marks words of the title."""
    positions: dict[str, list[str]] = {}
    for at, word in enumerate(entry.title, 1):
        positions.setdefault(word, []).append(f"{at}A")
    for at, word in enumerate(entry.body, len(entry.title) + 2):
        positions.setdefault(word, []).append(str(at))
    found = [f"'{word}':{','.join(places)}" for word, places in positions.items()]
    return " ".join([*found, *(f"'{label}'" for label in entry.labels)])


def _fts5_query(terms: Sequence[Term], labels: Sequence[Sequence[str]] = ()) -> str:
    wanted = [_fts5_phrase(term) for term in terms if not term.is_excluded]
    wanted += ["(" + " OR ".join(f'"{label}"' for label in group) + ")" for group in labels]
    excluded = "".join(f" NOT {_fts5_phrase(term)}" for term in terms if term.is_excluded)
    return f"({' AND '.join(wanted)}){excluded}"


def _fts5_phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.is_prefix else "")


def _tsquery(terms: Sequence[Term], labels: Sequence[Sequence[str]] = ()) -> str:
    wanted = [("!" if term.is_excluded else "") + _tsquery_phrase(term) for term in terms]
    wanted += ["(" + " | ".join(f"'{label}'" for label in group) + ")" for group in labels]
    return " & ".join(wanted)


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
