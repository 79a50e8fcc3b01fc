"""One writer a process: what is ready is stored in one transaction, what the database refuses is tried alone.

A transaction costs about as much as storing an article, and on SQLite one has to wait for all others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from newsbot.errors import ConflictError, DatabaseError
from newsbot.ingest.record import Item, lock_items
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

    `items` are what the works record; their locks are taken before the first work. If a work raises, the transaction is
    rolled back and every work is tried alone, in a transaction of its own; the result of one that raises again is a
    `Failure`. Raises DatabaseError: then the database itself failed."""
    try:
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
    """The writer of a crawl. While it writes, what becomes ready is gathered for its next transaction.

    It never waits for more to come: a write that finds the writer idle begins at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._waiting: deque[Write[Any]] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[Session], T], item: Item | None = None) -> T:
        """Return `work(session)` once its transaction is committed. Raises what it raises.

        `item` is what it records, if that is an article, a reject or a page that has not been modified."""
        write = Write(work, asyncio.get_running_loop().create_future(), item)
        self._waiting.append(write)
        if self._writing is None:
            self._writing = asyncio.ensure_future(self._write_all())
        result: T = await write.future
        return result

    async def _write_all(self) -> None:
        try:
            while self._waiting:
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

    async def drain(self) -> None:
        """Wait until everything that waits has been written."""
        if self._writing is not None:
            await self._writing
