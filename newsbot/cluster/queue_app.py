"""Procrastinate's `App` over the queue, patient with a server that goes away for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from newsbot.store.placing.queue_database import QueueDatabase, is_away
from newsbot.store.sql.server_connections import MAX_PAUSE_S, SERVER_SIDE

logger = logging.getLogger(__name__)

T = TypeVar("T")
AGAIN_S = 1.0
"""Seconds between two attempts to reach a server that has gone away."""


class PatientJobs(JobManager):
    """Jobs of a queue whose server may be restarted: what the end of a job says is not lost.

    The end of a job that was given to another worker meanwhile, because this one was silent for too long, is ignored."""

    async def fetch_job(self, *args: Any, **kwargs: Any) -> Job | None:
        """Take the next job; None if there is none."""
        return await _patiently(lambda: super(PatientJobs, self).fetch_job(*args, **kwargs))

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Store that a job of this worker has ended."""
        if await self._is_ours(job):
            await _patiently(lambda: super(PatientJobs, self).finish_job(job, status, delete_job))

    async def retry_job(self, job: Job, *args: Any, **kwargs: Any) -> None:
        """Give a job of this worker back."""
        if await self._is_ours(job):
            await _patiently(lambda: super(PatientJobs, self).retry_job(job, *args, **kwargs))

    async def update_heartbeat(self, worker_id: int) -> None:
        """Store that a worker is alive."""
        await _patiently(lambda: super(PatientJobs, self).update_heartbeat(worker_id))

    async def list_jobs_to_abort_async(self, *args: Any, **kwargs: Any) -> Iterable[int]:
        """Return the ids of jobs that somebody wants to be stopped."""
        return await _patiently(lambda: super(PatientJobs, self).list_jobs_to_abort_async(*args, **kwargs))

    async def defer_periodic_job(self, *args: Any, **kwargs: Any) -> int | None:
        """Place a job of the scheduler, unless another worker has placed it."""
        return await _patiently(lambda: super(PatientJobs, self).defer_periodic_job(*args, **kwargs))

    async def _is_ours(self, job: Job) -> bool:
        found = list(await _patiently(lambda: self.list_jobs_async(id=job.id)))
        is_ours = any(now.status == Status.DOING.value and now.worker_id == job.worker_id for now in found)
        if not is_ours:
            logger.warning("%s was given to another worker meanwhile", job.call_string)
        return is_ours


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Return the result of `work()`; it is tried again while the server cannot be reached."""
    is_reported = False
    while True:
        try:
            return await work()
        except ConnectorException as error:
            if not is_away(error.__cause__):
                raise
            if not is_reported:
                logger.warning("The queue cannot be reached, and is waited for: %s", error.__cause__)
                is_reported = True
            await asyncio.sleep(AGAIN_S)


def make_app(queue: QueueDatabase) -> App:
    """Return an app over the queue without tasks. It connects when it is opened."""
    connector = PsycopgConnector(
        kwargs=dict(queue.connect_arguments),
        configure=_set_server_side,
        min_size=1,
        max_size=4,
        timeout=10.0,
        name="newsbot-queue",
    )
    return with_patience(App(connector=connector))


async def _set_server_side(connection: Any) -> None:
    await connection.execute(SERVER_SIDE)
    # A transaction is one statement: only that of a frozen process pauses, and it would hold up who places its jobs again.
    await connection.execute(f"SET idle_in_transaction_session_timeout = '{MAX_PAUSE_S}s'")
    await connection.commit()


def with_patience(app: App) -> App:
    """Have an app wait for a server that goes away."""
    app.job_manager = PatientJobs(app.connector)
    return app


async def make_queue(queue: QueueDatabase) -> bool:
    """Make the tables of the queue; return False if they were there already."""
    app = make_app(queue)
    is_new = not await asyncio.to_thread(queue.has_queue)
    if is_new:
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
    await asyncio.to_thread(queue.make_tables)
    return is_new
