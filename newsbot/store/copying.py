"""Copies a database into an empty one, also of the other kind: from SQLite to PostgreSQL and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, text, update

from newsbot.errors import UsageError
from newsbot.store.database import Database
from newsbot.store.index import rebuild
from newsbot.store.index.rebuild import Done
from newsbot.store.schema.models import ArticleRow, Base, Run, SiteRow

BATCH = 500
"""Number of rows a statement."""


def copy_database(
    source: Database, target: Database, *, on_progress: Callable[[Done], object] = lambda _: None
) -> int:
    """Copy every row of an open database, with all ids, into another open one, and return the number of rows.

    All rows are copied in one transaction, of one state of the source. The full-text index is not: `Database.open` of the
    target makes it afterwards. Raises UsageError if anything has been stored in the target."""
    tables = Base.metadata.sorted_tables
    with source.read() as reading, target.write() as writing:
        old, new = reading.connection(), writing.connection()
        _check_empty(target, new)
        new.execute(delete(SiteRow))
        whole = sum(old.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
        done = 0
        for table in tables:
            for rows in _batches(old, table):
                new.execute(insert(table), rows)
                done += len(rows)
                on_progress(Done(done, whole))
            _pass_numbers(new, table)
        _link_duplicates(old, new)
        rebuild.begin(new)
    return done


def _check_empty(target: Database, connection: Connection) -> None:
    for model in (ArticleRow, Run):
        if connection.scalar(select(model.id).limit(1)) is not None:
            raise UsageError(
                f"{target.url} is not empty; accepted: a database in which nothing is stored yet"
            )


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a table; `articles.duplicate_of` is left out, since it may name a row that comes later."""
    found = connection.execution_options(yield_per=BATCH).execute(select(table))
    for part in found.mappings().partitions():
        rows = [dict(row) for row in part]
        if table is ArticleRow.__table__:
            rows = [row | {"duplicate_of": None} for row in rows]
        yield rows


def _link_duplicates(old: Connection, new: Connection) -> None:
    articles = Base.metadata.tables[ArticleRow.__tablename__]
    query = select(articles.c.id.label("row"), articles.c.duplicate_of.label("of"))
    pairs = old.execute(query.where(articles.c.duplicate_of.is_not(None))).mappings().all()
    change = update(articles).where(articles.c.id == bindparam("row")).values(duplicate_of=bindparam("of"))
    for part in _parts([dict(pair) for pair in pairs]):
        new.execute(change, part)


def _parts(rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for place in range(0, len(rows), BATCH):
        yield list(rows[place : place + BATCH])


def _pass_numbers(connection: Connection, table: Table) -> None:
    """Let new rows be numbered after the copied ones (PostgreSQL; SQLite does so anyway)."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name == "sqlite":
        return
    last = connection.scalar(select(func.max(column)))
    if last is not None:
        sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
        connection.execute(text(f"SELECT setval({sequence}, :last)"), {"last": last})
