"""The scheduler: places what is due, and places the jobs of dead workers again. Each round is run by one worker of all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from newsbot.cluster.due_jobs import DueJob
from newsbot.cluster.placer import Placer
from newsbot.cluster.queues import (
    CRAWL,
    FAILED_HOURS,
    FORGOTTEN_S,
    MAX_ATTEMPTS,
    SCHEDULER,
    STALLED_S,
    TEND_S,
    round_of,
    scheduler_of,
)

logger = logging.getLogger(__name__)

BATCH = 500
"""Jobs that are placed by one statement."""


def make_scheduler(app: App, placer: Placer) -> App:
    """Return an app over the same queue, whose periodic tasks are the rounds of the scheduler.

    They have a `queueing_lock` and no lock: a round that was cut off must not hold up the next one."""
    kind, queue, name = placer.kind, scheduler_of(placer.kind), round_of(placer.kind)
    scheduler = App(connector=app.connector)
    scheduler.job_manager = app.job_manager

    @scheduler.periodic(cron=f"* * * * * */{TEND_S}")
    @scheduler.task(name=name, queue=queue, queueing_lock=name)
    async def tend(timestamp: int, **_newer: Any) -> None:  # noqa: ARG001 - every periodic task is given it
        await sweep(app.job_manager)
        await place(app.job_manager, kind, await asyncio.to_thread(placer.due))

    @scheduler.periodic(cron="* * * * *")
    @scheduler.task(
        name=f"newsbot.look-after-{kind}", queue=queue, queueing_lock=f"newsbot.look-after-{kind}"
    )
    async def look_after(timestamp: int, **_newer: Any) -> None:  # noqa: ARG001
        await asyncio.to_thread(placer.look_after)
        for name in (CRAWL, queue):
            await app.job_manager.delete_old_jobs(nb_hours=FAILED_HOURS, queue=name, include_failed=True)

    return scheduler


async def sweep(jobs: JobManager) -> None:
    """Place the jobs of workers again that are not heard of any more."""
    plain = JobManager(jobs.connector)  # a job of another worker is to be ended
    for job in await plain.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
        try:
            await _place_again(plain, job)
        except ConnectorException as error:  # another round was faster, or the worker was
            logger.info("%s is not placed again: %s", job.call_string, error.__cause__ or error)
    await plain.prune_stalled_workers(FORGOTTEN_S)


async def _place_again(jobs: JobManager, job: Job) -> None:
    if job.queue.startswith(SCHEDULER):
        await jobs.finish_job(job, Status.ABORTED, delete_job=True)
    elif job.attempts + 1 >= MAX_ATTEMPTS:
        logger.error("%s has failed: %d workers have died of it", job.call_string, MAX_ATTEMPTS)
        await jobs.finish_job(job, Status.FAILED, delete_job=False)
    else:
        logger.warning("%s is placed again: its worker is not heard of any more", job.call_string)
        try:
            await jobs.retry_job(job)
        except UniqueViolation:  # the same work waits already
            await jobs.finish_job(job, Status.ABORTED, delete_job=True)


async def place(
    jobs: JobManager, kind: str, due: list[DueJob], on_placed: Callable[[int], object] = lambda _: None
) -> int:
    """Place jobs in the queue of their kind, return their number. What waits already is left as it is."""
    placed = 0
    for start in range(0, len(due), BATCH):
        batch = [_job(kind, job) for job in due[start : start + BATCH]]
        try:
            await jobs.batch_defer_jobs_async(batch)
            placed += len(batch)
        except AlreadyEnqueued:
            for job in batch:
                placed += await _place_one(jobs, job)
        on_placed(placed)
    return placed


async def _place_one(jobs: JobManager, job: Job) -> bool:
    try:
        await jobs.defer_job_async(job)
    except AlreadyEnqueued:
        return False
    return True


def _job(kind: str, due: DueJob) -> Job:
    return Job(
        id=None,
        queue=kind,
        task_name=f"newsbot.{kind}",
        lock=due.lock,
        queueing_lock=due.name,
        task_kwargs=due.arguments,
    )
