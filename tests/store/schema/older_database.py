"""Databases of earlier migrations, with rows in every table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.pool import NullPool

from newsbot.store.schema import migrations
from newsbot.store.schema.fetch_partitions import PARTITIONS
from newsbot.store.schema.migrations import FULL_TEXT_TABLE, VERSION_TABLE

BEGINNING = datetime(2026, 5, 1, tzinfo=UTC)
WORDS = {"kind": "article", "type": "PER", "state": "queued", "stage": "fetch", "language": "en"}
"""Values of columns that accept certain words only."""


def make_older(url: str, version: str, rows: int) -> None:
    """Create the tables of a migration in an empty database, with a number of rows in each."""
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        command.upgrade(config, version)
    with engine.begin() as connection:
        for table in tables_of(connection):
            connection.execute(table.insert(), [dict(_row(table, number)) for number in range(1, rows + 1)])


def tables_of(connection: sa.Connection) -> list[sa.Table]:
    """Return the tables of a database, each after those that it refers to; without partitions and the full-text index."""
    found = sa.MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith((FULL_TEXT_TABLE, PARTITIONS)))
    return [table for table in found.sorted_tables if table.name != VERSION_TABLE]


def rows_of(url: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every table by its name, in the order of their keys."""
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        return {
            table.name: [
                dict(row._mapping)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in tables_of(connection)
        }


def _row(table: sa.Table, number: int) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        if column.name == "duplicate_of" or column.name.startswith("lease_"):
            continue
        yield column.name, _value(column, number)


def _value(column: sa.Column[Any], number: int) -> Any:
    if column.name in WORDS:
        return WORDS[column.name]
    if "url" in column.name and isinstance(column.type, sa.String):
        return f"https://news-{number % 7}.example/story-{number}"
    if column.name in {"source", "key"} and isinstance(column.type, sa.String):
        return f"key-{number}"
    for kind, value in _VALUES.items():
        if isinstance(column.type, kind):
            return value(number)
    return f"{column.name} {number}"


_VALUES: dict[Any, Any] = {
    sa.Boolean: lambda number: False,
    sa.DateTime: lambda number: BEGINNING + timedelta(minutes=number),
    sa.Float: lambda number: number / 2,
    sa.Integer: lambda number: number,
    sa.LargeBinary: lambda number: number.to_bytes(16, "big"),
    sa.JSON: lambda number: {"number": number},
}
