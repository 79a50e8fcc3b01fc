"""Catalogs in the database: an unchanged one costs one query, a changed one what has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, func, select, update

from newsbot.sources.catalog import definition_of
from newsbot.sources.model import Source
from newsbot.store.crawl.feed_rows import SOURCES_AT_ONCE, sync_sources
from newsbot.store.crawl.sharing import catalog_rows
from newsbot.store.crawl.sharing.due_work import due_feeds, due_hosts
from newsbot.store.crawl.sharing.wanted_work import Wanted
from newsbot.store.database import Database
from newsbot.store.schema.models import CatalogRow, CatalogSource, Feed
from newsbot.store.schema.models import Source as SourceRow

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DIGEST = b"1" * 16


def source(number: int) -> Source:
    site = f"https://s{number}.example"
    return Source(
        key=f"s{number}",
        name=f"Source {number}",
        homepage=f"{site}/",
        feeds=tuple(f"{site}/{n}.xml" for n in range(3)),
    )


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Give the list of the statements that a database runs in the block."""
    statements: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engines = (
        database._engines if database.has_one_writer else database._engines[:1]
    )  # PostgreSQL's two are one
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield statements
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def store(database: Database, sources: list[Source], digest: bytes = DIGEST, now: datetime = NOW) -> int:
    """Store a catalog as the spider `news` does."""
    with database.read() as session:
        stored = catalog_rows.stored_definitions(session)
    changed = {one.key: one for one in sources if stored.get(one.key) != definition_of(one)}
    for part in catalog_rows.in_parts(list(changed)):
        with database.write() as session:
            sync_sources(session, [changed[key] for key in part], now=now)
    with database.write() as session:
        return catalog_rows.add_catalog(session, digest, [one.key for one in sources], now=now)


@pytest.mark.parametrize(
    "number", [pytest.param(3_000, id="3,000"), pytest.param(100_000, id="100,000", marks=pytest.mark.slow)]
)
def test_a_large_catalog_is_stored_in_few_statements_and_found_in_one(
    database: Database, number: int
) -> None:
    sources = [source(n) for n in range(number)]
    with counted(database) as statements:
        catalog_id = store(database, sources)
    assert len(statements) < 12 * number / SOURCES_AT_ONCE + 30
    with database.write() as session:
        session.execute(update(Feed).where(Feed.source != "s7").values(next_poll_at=NOW + DAY))
        assert session.scalar(select(func.count()).select_from(Feed)) == 3 * number
    wanted = Wanted(began=NOW, catalog_id=catalog_id)
    with database.read() as session, counted(database) as statements:
        assert catalog_rows.find_catalog(session, DIGEST, now=NOW) == catalog_id
        assert due_hosts(session, wanted, limit=9, now=NOW) == ["s7.example"]
        assert len(due_feeds(session, wanted, ["s7.example"], now=NOW)) == 3
    assert len(statements) < 10


def test_only_what_has_changed_is_written(database: Database) -> None:
    sources = [source(n) for n in range(5)]
    store(database, sources)
    with database.write() as session:
        session.execute(update(Feed).values(etag="a", next_poll_at=NOW + DAY))
    sources[2] = replace(sources[2], feeds=sources[2].feeds[:2], name="Another")
    store(database, sources, b"2" * 16)
    with database.read() as session:
        feeds = select(Feed.url).where(Feed.etag.is_(None)).order_by(Feed.url)
        assert session.scalars(feeds).all() == ["https://s2.example/0.xml", "https://s2.example/1.xml"]
        assert session.scalar(select(func.count()).select_from(Feed)) == 14
        assert session.scalar(select(SourceRow.name).where(SourceRow.key == "s2")) == "Another"


def test_a_source_that_the_catalog_lost_is_not_polled(database: Database) -> None:
    store(database, [source(1), source(2)])
    catalog_id = store(database, [source(1)], b"2" * 16)
    with database.read() as session:
        assert due_hosts(session, Wanted(began=NOW, catalog_id=catalog_id), limit=9, now=NOW) == [
            "s1.example"
        ]


def test_a_catalog_that_is_not_used_for_a_month_is_forgotten(database: Database) -> None:
    store(database, [source(1)])
    later = NOW + catalog_rows.USED_FOR + DAY
    assert store(database, [source(2)], b"2" * 16, later)
    with database.read() as session:
        assert session.scalars(select(CatalogRow.digest)).all() == [b"2" * 16]
        assert session.scalars(select(CatalogSource.source)).all() == ["s2"]
        assert catalog_rows.find_catalog(session, DIGEST, now=later) is None


def test_the_use_of_a_catalog_is_noted_once_a_day(database: Database) -> None:
    first = store(database, [source(1)])
    with database.read() as session:
        assert catalog_rows.find_catalog(session, DIGEST, now=NOW + DAY / 2) == first
        assert catalog_rows.find_catalog(session, DIGEST, now=NOW + DAY) is None
    assert store(database, [source(1)], now=NOW + DAY) == first
    with database.read() as session:
        assert catalog_rows.find_catalog(session, DIGEST, now=NOW + DAY) == first
