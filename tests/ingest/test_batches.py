"""One writer: what is ready shares a transaction, what fails is tried alone and fails alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsbot.errors import DatabaseError
from newsbot.ingest import batches
from newsbot.ingest.batches import Failure, Writer, write_together
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import Item, record_article
from newsbot.items import Fetched, Reject
from newsbot.store.database import Database
from newsbot.store.schema.models import ArticleRow, Run
from tests.crawling import in_reactor
from tests.store.samples import article

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def add(session: Session, number: int, *, error: Exception | None = None) -> int:
    """Store a run; raise `error` after that."""
    session.add(Run(id=number, spider="test", arguments={}, version="1", started_at=NOW, counts={}))
    session.flush()
    if error:
        raise error
    return number


def stored(database: Database) -> list[int]:
    with database.read() as session:
        return sorted(session.scalars(select(Run.id)))


def test_what_fails_fails_alone(database: Database) -> None:
    works: list[Callable[[Session], int]] = [
        partial(add, number=1),
        partial(add, number=2, error=ValueError("two")),
        partial(add, number=1),  # its id is taken
        partial(add, number=3),
    ]
    results = write_together(database, works)
    assert [type(result) for result in results] == [int, Failure, Failure, int]
    assert isinstance(results[1].error, ValueError)
    assert isinstance(results[2].error, IntegrityError)
    assert stored(database) == [1, 3]


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count statements; rows that PostgreSQL gets one by one are statements each."""
    statements: Counter[str] = Counter()

    def note(connection: Any, _cursor: object, sql: str, rows: Any, _context: object, is_many: bool) -> None:
        statements[sql] += len(rows) if is_many and connection.dialect.name != "sqlite" else 1

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def store(database: Database, envelopes: list[Envelope]) -> list[str]:
    works = [partial(record_article, envelope=envelope, run_id=None, now=NOW) for envelope in envelopes]
    return [saved.outcome for saved in write_together(database, works, envelopes)]


def envelope(number: int, **given: Any) -> Envelope:
    page = article(number, **given)
    return Envelope(article=page, fetched=Fetched(url=page.url, status=200))


def test_articles_of_a_transaction_share_their_statements(database: Database) -> None:
    assert store(database, [envelope(number) for number in range(1, 17)]) == ["new"] * 16
    with counted() as statements:
        assert store(database, [envelope(number) for number in range(17, 33)]) == ["new"] * 16
    assert statements.total() / 16 <= 5, statements


def test_articles_of_a_transaction_see_each_other(database: Database) -> None:
    copy = {"url": "https://other.example/1", "source": "other.example", "body": article(1).body}
    pages = [envelope(1), envelope(2), envelope(1), envelope(1, **copy), envelope(3)]
    assert store(database, pages) == ["new", "new", "unchanged", "duplicate", "new"]
    with database.read() as session:
        stories = session.execute(select(ArticleRow.id, ArticleRow.story_id).order_by(ArticleRow.id)).all()
    assert [story_id is not None for _, story_id in stories] == [True, False, True, False]


def test_a_database_that_fails_is_nobodys_fault(database: Database) -> None:
    broken = DatabaseError("the disk is full")
    with pytest.raises(DatabaseError, match="disk is full"):
        write_together(database, [partial(add, number=1, error=broken)])
    assert stored(database) == []


@in_reactor
async def test_what_is_ready_while_another_writes_shares_a_transaction(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write = batches.write_together

    def noting(database: Database, works: list[Callable[[Session], int]], items: list[Item]) -> list[int]:
        sizes.append(len(works))
        return write(database, works, items)

    monkeypatch.setattr(batches, "write_together", noting)
    writer = Writer(database)
    numbers = range(1, 41)
    results = await asyncio.gather(*(writer.write(partial(add, number=number)) for number in numbers))
    assert results == list(numbers)
    assert stored(database) == list(numbers)
    assert sum(sizes) == 40
    assert max(sizes) == batches.MAX_BATCH


@in_reactor
async def test_pages_wait_until_as_many_are_ready_as_are_being_read(database: Database) -> None:
    writer, page = Writer(database), Reject(url="https://news.example/1", reason="list")
    with writer.coming():
        with writer.coming():
            first = asyncio.ensure_future(writer.write(partial(add, number=1), page))
            await asyncio.sleep(0)
            assert writer._writing is None  # one waits, and two are being read
        assert writer._writing is not None
        assert await first == 1
    assert stored(database) == [1]


@in_reactor
async def test_what_is_no_page_is_written_at_once_and_with_it_the_pages_that_wait(database: Database) -> None:
    writer, page = Writer(database), Reject(url="https://news.example/1", reason="list")
    with writer.coming(), writer.coming():
        waiting = asyncio.ensure_future(writer.write(partial(add, number=1), page))
        await asyncio.sleep(0)
        assert await writer.write(partial(add, number=2)) == 2
        assert await waiting == 1
    assert stored(database) == [1, 2]


@in_reactor
async def test_an_error_reaches_who_asked_for_the_write(database: Database) -> None:
    writer = Writer(database)
    works = [partial(add, number=1), partial(add, number=2, error=ValueError("two")), partial(add, number=3)]
    first, second, third = await asyncio.gather(
        *(writer.write(work) for work in works), return_exceptions=True
    )
    assert (first, third) == (1, 3)
    assert isinstance(second, ValueError)
    assert stored(database) == [1, 3]
