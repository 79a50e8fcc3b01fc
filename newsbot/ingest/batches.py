"""One writer a process: what is ready is stored in one transaction, what the database refuses is tried alone.

A transaction costs about as much as storing an article, and on SQLite one has to wait for all others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from newsbot.errors import ConflictError, DatabaseError
from newsbot.ingest.record import Item, add_names_of, lock_items
from newsbot.metrics.tracing import span
from newsbot.store.database import Database

T = TypeVar("T")

MAX_BATCH = 16
"""Writes that share a transaction at most: others wait no longer than these take, some 50 ms. Its articles share statements."""


@dataclass(frozen=True, slots=True)
class Write(Generic[T]):
    """Something to be stored."""

    work: Callable[[Session], T]
    """Stores it. May be called again after its transaction was rolled back."""
    future: asyncio.Future[T] = field(compare=False)
    item: Item | None = None
    """What it records."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The exception of a write that was tried alone."""

    error: Exception


def write_together(
    database: Database, works: Sequence[Callable[[Session], Any]], items: Sequence[Item] = ()
) -> list[Any]:
    """Return the results of all works, run in one transaction, in their order.

    `items` are what the works record; their names are stored before, their locks are taken before the first work. If a work raises, the transaction is
    rolled back and every work is tried alone, in a transaction of its own; the result of one that raises again is a
    `Failure`. Raises DatabaseError: then the database itself failed."""
    try:
        with span("newsbot.record", works=len(works)):
            if len(items) > 1 and not database.has_one_writer:
                database.transact(partial(add_names_of, items=items, now=datetime.now(UTC)))
            return list(database.transact(partial(_run_all, works=works, items=items)))
    except DatabaseError as error:
        if len(works) == 1 or not isinstance(error, ConflictError):
            raise
    except Exception as error:  # noqa: BLE001 - whatever a work raises, it is raised where it was asked for
        if len(works) == 1:
            return [Failure(error)]
    return [result for work in works for result in write_together(database, [work])]


def _run_all(session: Session, works: Sequence[Callable[[Session], Any]], items: Sequence[Item]) -> list[Any]:
    if len(items) > 1:
        lock_items(session, items, now=datetime.now(UTC))
    return [work(session) for work in works]


class Writer:
    """The writer of a crawl. What becomes ready while it writes, or while most pages are still being read, is gathered.

    It never waits for a time: a page waits until it and the others that wait are as many as those that are being read,
    so that a transaction stores about half of what is in flight. Anything else is written at once, with the pages that wait."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._waiting: deque[Write[Any]] = deque()
        self._coming = 0
        """Pages that are being read."""
        self._writing: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[Session], T], item: Item | None = None) -> T:
        """Return `work(session)` once its transaction is committed. Raises what it raises.

        `item` is what it records, if that is an article, a reject or a page that has not been modified."""
        write = Write(work, asyncio.get_running_loop().create_future(), item)
        self._waiting.append(write)
        self._begin()
        result: T = await write.future
        return result

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Note that a page is being read meanwhile, which will be written."""
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1
            self._begin()

    def _begin(self) -> None:
        if self._writing is None and self._is_time():
            self._writing = asyncio.ensure_future(self._write_all())

    def _is_time(self) -> bool:
        """Return whether what waits is to be written now."""
        is_enough = len(self._waiting) >= min(self._coming, MAX_BATCH)
        return bool(self._waiting) and (is_enough or any(write.item is None for write in self._waiting))

    async def _write_all(self) -> None:
        try:
            while self._is_time():
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH))]
                await self._write_batch(batch)
        finally:
            self._writing = None

    async def _write_batch(self, batch: Sequence[Write[Any]]) -> None:
        try:
            works, items = [write.work for write in batch], [write.item for write in batch if write.item]
            results = await asyncio.to_thread(write_together, self.database, works, items)
        except Exception as error:  # noqa: BLE001 - raised where the writes were asked for
            results = [Failure(error)] * len(batch)
        for write, result in zip(batch, results, strict=True):
            if write.future.done():  # nobody waits for it any more
                continue
            if isinstance(result, Failure):
                write.future.set_exception(result.error)
            else:
                write.future.set_result(result)
