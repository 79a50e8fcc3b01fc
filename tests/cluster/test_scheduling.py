"""What is placed, and that each round of the scheduler is run once over all workers."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from newsbot.cluster.due_jobs import BrokenOffError, DueJob, GivenBackError, room
from newsbot.cluster.job_worker import JobWorker
from newsbot.cluster.queue_app import make_app
from newsbot.cluster.queues import CRAWL, MAX_ATTEMPTS, STALLED_S
from newsbot.cluster.scheduler import make_scheduler, place, sweep
from newsbot.errors import ConflictError, DatabaseError
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.placing.queued_jobs import names_of_jobs, queue_state
from newsbot.store.placing.worker_rows import slots_of
from tests.cluster.workers import in_loop, rows


def due(*hosts: str) -> list[DueJob]:
    return [DueJob(f"crawl/{host}", host, {"host": host}) for host in hosts]


class Due:
    """Stands for what is due: places nothing, and counts the rounds."""

    kind = CRAWL

    def __init__(self) -> None:
        self.rounds = 0

    def due(self) -> list[DueJob]:
        self.rounds += 1
        return []

    def look_after(self) -> None:
        """Nothing to do."""


@pytest.mark.parametrize(
    ("slots", "waiting", "more"), [(4, 0, 8), (4, 7, 1), (4, 9, 0), (0, 0, 0), (10_000, 0, 5000)]
)
def test_twice_as_many_jobs_wait_as_there_are_slots_and_never_more_than_5000(
    slots: int, waiting: int, more: int
) -> None:
    assert room(slots, waiting) == more


def test_what_waits_already_is_not_placed_again(queue: QueueDatabase) -> None:
    async def run() -> list[int]:
        app = make_app(queue)
        async with app.open_async():
            return [await place(app.job_manager, CRAWL, due(*hosts)) for hosts in ("ab", "abc", "abc")]

    assert in_loop(run()) == [2, 1, 0]
    assert names_of_jobs(queue, CRAWL) == {"crawl/a": True, "crawl/b": True, "crawl/c": True}


def test_a_job_of_a_dead_worker_waits_again_and_fails_after_too_many(
    queue: QueueDatabase, queue_url: str
) -> None:
    async def run() -> None:
        app = make_app(queue)
        async with app.open_async():
            await place(app.job_manager, CRAWL, due("a", "b", "c"))
            dead = await app.job_manager.register_worker()
            while await app.job_manager.fetch_job([CRAWL], dead):
                pass
            rows(
                queue_url,
                f"UPDATE procrastinate_workers SET last_heartbeat = now() - interval '{STALLED_S + 1} s'",
            )
            rows(queue_url, f"UPDATE procrastinate_jobs SET attempts = {MAX_ATTEMPTS - 1} WHERE lock = 'b'")
            await place(app.job_manager, CRAWL, due("c"))  # the same work waits already
            alive = await app.job_manager.register_worker()
            await place(app.job_manager, CRAWL, due("d"))
            await app.job_manager.fetch_job([CRAWL], alive)
            await sweep(app.job_manager)

    in_loop(run())
    states = Counter(rows(queue_url, "SELECT lock, status::text FROM procrastinate_jobs"))
    assert states == {("a", "todo"): 1, ("b", "failed"): 1, ("c", "todo"): 1, ("d", "doing"): 1}


def test_the_end_of_a_job_that_another_worker_has_is_ignored(queue: QueueDatabase, queue_url: str) -> None:
    """A worker that was frozen must not end the job of the worker in its place."""

    async def run() -> None:
        app = make_app(queue)
        async with app.open_async():
            await place(app.job_manager, CRAWL, due("a"))
            frozen = await app.job_manager.register_worker()
            job = await app.job_manager.fetch_job([CRAWL], frozen)
            assert job is not None
            rows(queue_url, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
            await sweep(app.job_manager)
            other = await app.job_manager.register_worker()
            again = await app.job_manager.fetch_job([CRAWL], other)
            assert again is not None
            assert again.id == job.id
            await app.job_manager.finish_job(job, "succeeded", delete_job=True)  # type: ignore[arg-type]

    in_loop(run())
    assert rows(queue_url, "SELECT status::text FROM procrastinate_jobs") == [("doing",)]


def test_each_round_of_the_scheduler_is_run_by_one_worker_of_all(
    queue: QueueDatabase, queue_url: str
) -> None:
    due_of_all = [Due() for _ in range(3)]
    begun = datetime.now(UTC)

    async def work(**_: Any) -> None:
        """There is nothing to do."""

    async def run() -> None:
        workers = []
        for given in due_of_all:
            app = make_app(queue)
            scheduler = make_scheduler(app, given)  # type: ignore[arg-type]
            workers.append(JobWorker(queue, app, scheduler, kind=CRAWL, slots=2, task=work))
        running = [asyncio.create_task(worker.run()) for worker in workers]
        while sum(given.rounds for given in due_of_all) < 2:
            await asyncio.sleep(0.1)
        assert slots_of(queue, CRAWL, alive_s=STALLED_S) == 6
        for worker in workers:
            worker.stop()
        await asyncio.gather(*running)

    in_loop(run())
    rounds = sum(given.rounds for given in due_of_all)
    assert rounds <= (datetime.now(UTC) - begun).total_seconds() / 5 + 2
    assert rows(queue_url, "SELECT * FROM newsbot_workers") == []


def test_a_job_that_ends_well_removes_those_that_have_failed_before_with_the_reason(
    queue: QueueDatabase, queue_url: str
) -> None:
    is_broken = {"a": True, "b": True}

    async def crawl(host: str, **_newer: Any) -> None:
        if is_broken[host]:
            raise ValueError("a bad page of https://me:secret@a.example/")

    async def run() -> None:
        app = make_app(queue)
        worker = JobWorker(queue, app, make_scheduler(app, Due()), kind=CRAWL, slots=2, task=crawl)  # type: ignore[arg-type]
        async with make_app(queue).open_async() as placing:
            await place(placing.job_manager, CRAWL, due("a", "b"))
            task = asyncio.create_task(worker.run())
            while worker.failed < 2:
                await asyncio.sleep(0.05)
            is_broken["a"] = False
            await place(placing.job_manager, CRAWL, due("a", "b"))
            while worker.done < 1 or worker.failed < 3:
                await asyncio.sleep(0.05)
            worker.stop()
            await task

    in_loop(run())
    failed = queue_state(queue, [CRAWL], stalled_s=STALLED_S).failed
    assert [job.name for job in failed] == ["crawl/b", "crawl/b"]
    assert {job.reason for job in failed} == {"ValueError: a bad page of https://me:***@a.example/"}
    assert rows(queue_url, "SELECT count(*) FROM newsbot_failures") == [(2,)]


def try_for_the_last_time(worker: JobWorker, queue: QueueDatabase, queue_url: str) -> None:
    """Have a worker do the job of the host a, for which all attempts but one have been used."""

    async def run() -> None:
        async with make_app(queue).open_async() as placing:
            await place(placing.job_manager, CRAWL, due("a"))
        rows(queue_url, f"UPDATE procrastinate_jobs SET attempts = {MAX_ATTEMPTS - 1}, queueing_lock = 'a'")
        await worker.run()

    in_loop(run())


@pytest.mark.parametrize(
    ("error", "state", "attempts"),
    [
        pytest.param(GivenBackError("the worker is ended"), "todo", MAX_ATTEMPTS - 1, id="ended worker"),
        pytest.param(asyncio.CancelledError(), "todo", MAX_ATTEMPTS - 1, id="worker ended without patience"),
        pytest.param(BrokenOffError("its process was killed"), "failed", MAX_ATTEMPTS, id="dead process"),
    ],
)
def test_only_workers_that_die_count_as_attempts(
    queue: QueueDatabase, queue_url: str, error: BaseException, state: str, attempts: int
) -> None:
    """However often machines are upgraded: a job does not fail because workers are ended."""

    async def crawl(**_: Any) -> None:
        worker.stop()
        raise error

    app = make_app(queue)
    worker = JobWorker(queue, app, make_scheduler(app, Due()), kind=CRAWL, slots=1, task=crawl)  # type: ignore[arg-type]

    try_for_the_last_time(worker, queue, queue_url)
    found = rows(queue_url, "SELECT status::text, attempts FROM procrastinate_jobs WHERE lock = 'a'")
    assert found == [(state, attempts)]


@pytest.mark.parametrize(("gets_on", "state"), [(True, "todo"), (False, "failed")])
def test_a_job_that_has_got_on_is_not_what_workers_have_died_of(
    queue: QueueDatabase, queue_url: str, gets_on: bool, state: str
) -> None:
    async def crawl(host: str, **_: Any) -> None:
        if gets_on:
            worker.note_progress(host)
        while gets_on and rows(queue_url, attempts) == [(MAX_ATTEMPTS - 1,)]:
            await asyncio.sleep(0.1)
        silent = f"now() - interval '{STALLED_S + 1} s'"
        rows(queue_url, f"UPDATE procrastinate_workers SET last_heartbeat = {silent}")
        await sweep(app.job_manager)
        worker.stop()
        raise GivenBackError("it is another worker's now")

    attempts = "SELECT attempts FROM procrastinate_jobs WHERE queue_name = 'crawl'"
    app = make_app(queue)
    worker = JobWorker(queue, app, make_scheduler(app, Due()), kind=CRAWL, slots=1, task=crawl)  # type: ignore[arg-type]

    try_for_the_last_time(worker, queue, queue_url)
    found = rows(queue_url, "SELECT status::text FROM procrastinate_jobs WHERE queue_name = 'crawl'")
    assert found == [(state,)]


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        pytest.param(DatabaseError("it was made by a newer version"), True, id="database"),
        pytest.param(ConflictError("two writers in each other's way"), False, id="conflict"),
    ],
)
def test_a_job_whose_database_fails_is_given_back(
    queue: QueueDatabase, queue_url: str, error: Exception, ends: bool
) -> None:
    begun: list[str] = []

    async def crawl(host: str, **_: Any) -> None:
        begun.append(host)
        if len(begun) == 2:
            worker.stop()
        raise error

    app = make_app(queue)
    worker = JobWorker(queue, app, make_scheduler(app, Due()), kind=CRAWL, slots=1, task=crawl)  # type: ignore[arg-type]

    async def run() -> None:
        async with make_app(queue).open_async() as placing:
            await place(placing.job_manager, CRAWL, due("a", "b"))
        await worker.run()

    in_loop(run())
    assert (len(begun), worker.failure) == ((1, str(error)) if ends else (2, None))
    assert {row[0] for row in rows(queue_url, "SELECT status::text FROM procrastinate_jobs")} == {"todo"}
    assert worker.counts == {"done": 0, "failed": 0, "given_back": len(begun)}


def test_two_jobs_of_a_host_do_not_run_at_a_time_and_unknown_arguments_are_ignored(
    queue: QueueDatabase,
) -> None:
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()
    done: list[str] = []

    async def crawl(host: str, **_newer: Any) -> None:
        running[host] += 1
        most[host] = max(most[host], running[host])
        await asyncio.sleep(0.05)
        running[host] -= 1
        done.append(host)

    async def run() -> None:
        app = make_app(queue)
        worker = JobWorker(queue, app, make_scheduler(app, Due()), kind=CRAWL, slots=8, task=crawl)  # type: ignore[arg-type]
        async with make_app(queue).open_async() as placing:
            jobs = [DueJob(f"{host}{n}", host, {"host": host, "newer": n}) for host in "ab" for n in range(3)]
            await place(placing.job_manager, CRAWL, jobs)
        task = asyncio.create_task(worker.run())
        while len(done) < 6:
            await asyncio.sleep(0.05)
        worker.stop()
        await task
        assert (worker.done, worker.failed) == (6, 0)

    in_loop(run())
    assert most == {"a": 1, "b": 1}
