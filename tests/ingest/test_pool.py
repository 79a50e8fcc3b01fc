"""The workers of a crawl: in threads first, then in processes; a page that kills its process is rejected alone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from threading import Event, Thread, current_thread
from typing import Any

import pytest
from sqlalchemy import select

from newsbot.capture import Capture
from newsbot.errors import DatabaseError
from newsbot.ingest import pool as pools
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.pool import Pool
from newsbot.ingest.process import Processor
from newsbot.items import Mention, Reject
from newsbot.settings import read_settings
from newsbot.store.queries import list_rejects
from newsbot.store.schema.models import ArticleRow
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page


class Deadly:
    """An entity engine that kills its process on one of the pages."""

    name = "deadly"
    version = "1"

    def supports(self, language: str) -> bool:
        return True

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        if "week 5 " in text:
            os._exit(1)
        return []


@pytest.fixture(autouse=True)
def _processes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "TASKS_BEFORE_START", 0)


def settings(database_url: str, workers: int) -> dict[str, Any]:
    return {"NEWSBOT_DATABASE_URL": database_url, "NEWSBOT_ENTITY_ENGINE": "none", "NEWSBOT_WORKERS": workers}


class Counting(Pool):
    """A pool that notes where its tasks ran."""

    def __init__(self, database_url: str, workers: int) -> None:
        given = read_settings(settings(database_url, workers))
        super().__init__(given, Processor.with_database(given))

    async def process_of_a_task(self) -> int:
        self._tasks += 1
        processes = self._ready_processes()
        return os.getpid() if processes is None else await asyncio.wrap_future(processes.submit(os.getpid))


@in_reactor
async def test_processes_take_over_once_they_have_started(database_url: str) -> None:
    pool = Counting(database_url, workers=1)
    assert await pool.process_of_a_task() == os.getpid()  # one is being started
    assert pool._started is not None
    await asyncio.wrap_future(pool._started)
    assert await pool.process_of_a_task() != os.getpid()
    pool.close()


class SlowToStart:
    """Processes that start when they are told to."""

    def __init__(self) -> None:
        self.may_start = Event()
        self.started_in: Thread | None = None

    def submit(self, _function: object) -> Future[int]:
        assert self.may_start.wait(30)
        self.started_in = current_thread()
        done: Future[int] = Future()
        done.set_result(0)
        return done


@in_reactor
async def test_the_event_loop_goes_on_while_processes_start(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, processes = Counting(database_url, workers=1), SlowToStart()
    monkeypatch.setattr(pool, "_make_processes", lambda _workers: processes)
    monkeypatch.setattr(pools, "end_pool", lambda _processes: None)
    assert await pool.process_of_a_task() == os.getpid()
    processes.may_start.set()
    assert pool._started is not None
    await asyncio.wrap_future(pool._started)
    assert processes.started_in not in {None, current_thread()}
    pool.close()


@in_reactor
async def test_no_process_is_started_where_none_is_wanted(database_url: str) -> None:
    pool = Counting(database_url, workers=0)
    assert await pool.process_of_a_task() == os.getpid()
    assert pool._processes is None


class Noting(Processor):
    """A processor that notes how many pages it gets at once, and waits until it may go on."""

    def __init__(self) -> None:
        super().__init__(read_settings({"NEWSBOT_ENTITY_ENGINE": "none"}))
        self.groups: list[int] = []
        self.may_go_on = Event()

    def process_together(self, pages: Sequence[tuple[Capture, Sequence[str]]]) -> list[Envelope | Reject]:
        self.groups.append(len(pages))
        assert self.may_go_on.wait(30)
        if any(capture.url == "https://news.example/bad" for capture, _ in pages):
            raise DatabaseError("disk full")
        return [Reject(url=capture.url, reason="list") for capture, _ in pages]


def waiting(pool: Pool, names: Iterable[object]) -> list[asyncio.Task[Envelope | Reject]]:
    urls = [f"https://news.example/{name}" for name in names]
    return [asyncio.ensure_future(pool.process(Capture(body=b"", url=url), ("clean",))) for url in urls]


def noting() -> tuple[Noting, Pool]:
    processor = Noting()
    return processor, Pool(processor.settings.model_copy(update={"workers": 0}), processor)


@in_reactor
async def test_pages_that_wait_are_handed_out_together() -> None:
    processor, pool = noting()
    tasks = waiting(pool, range(20))
    await asyncio.sleep(0)
    processor.may_go_on.set()
    items = await asyncio.gather(*tasks)
    assert [item.url for item in items] == [f"https://news.example/{number}" for number in range(20)]
    assert processor.groups == [1, 8, 8, 3]
    pool.close()


@in_reactor
async def test_what_fails_for_a_group_is_raised_for_each_of_its_pages_and_no_other() -> None:
    processor, pool = noting()
    tasks = waiting(pool, [*range(8), "bad", *range(8, 18)])
    processor.may_go_on.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    failed = [place for place, result in enumerate(results) if isinstance(result, DatabaseError)]
    assert failed == list(range(1, 9))
    pool.close()


@in_reactor
async def test_nobody_waits_for_a_page_after_the_end() -> None:
    processor, pool = noting()
    tasks = waiting(pool, range(3))
    await asyncio.sleep(0)
    pool.close()
    processor.may_go_on.set()
    _, *rest = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in rest] == [asyncio.CancelledError] * 2


def _started_or_not(pool: Pool) -> ProcessPoolExecutor:
    if pool._processes is None:
        pool._processes = pool._make_processes(pool.settings.workers)
    return pool._processes


@in_reactor
@pytest.mark.slow
async def test_a_page_that_kills_its_worker_is_rejected_and_no_other(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        (tmp_path / f"{number}.html").write_text(article_page(number, url=f"https://news.example/{number}"))
    monkeypatch.setattr(
        Pool, "_ready_processes", _started_or_not
    )  # in a thread the page would kill this test
    given = settings(database_url, workers=2) | {"NEWSBOT_ENTITY_ENGINE": f"{__name__}:Deadly"}
    await crawl("saved", given, path=str(tmp_path))
    with reading(database_url) as session:
        [reject] = list_rejects(session)
        stored = set(session.scalars(select(ArticleRow.url)))
    assert (reject.url, reject.stage, reject.reason) == ("https://news.example/5", "entities", "stage-failed")
    assert "worker process died" in reject.detail
    assert stored == {f"https://news.example/{number}" for number in range(12) if number != 5}
