"""`JobWorker`: takes the jobs of one queue, and those of the scheduler, until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from procrastinate import App, BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from newsbot import __version__
from newsbot.cluster.due_jobs import BrokenOffError, GivenBackError
from newsbot.cluster.queues import (
    GRACE_S,
    HEARTBEAT_S,
    MAX_ATTEMPTS,
    POLL_S,
    STALLED_S,
    round_of,
    scheduler_of,
)
from newsbot.errors import ConflictError, DatabaseError, NewsbotError
from newsbot.masking import masked
from newsbot.store.crawl.frontier import this_process
from newsbot.store.placing.failed_jobs import forget_attempts, forgive, note_failure, remove_failed
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.placing.worker_rows import WorkerReport, count_jobs, report

logger = logging.getLogger(__name__)

Task = Callable[..., Awaitable[None]]
AGAIN_S = 1.0
"""Seconds before a worker that has lost its place in the queue takes a new one."""


class OneLine(logging.Filter):
    """Has the log say in one line that a job has failed, if newsbot knows why; the traceback of any other error is kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record; return that it is to be logged."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, NewsbotError) and record.levelno >= logging.ERROR:
            record.msg, record.args = f"A job has failed: {reason_of(error)}", ()
            record.exc_info = record.exc_text = None
        return True


ONE_LINE = OneLine()


class GiveBack(BaseRetryStrategy):
    """Gives jobs back that were stopped before their end. Those that have failed stay failed."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return that a stopped job waits again."""
        return RetryDecision() if is_given_back(exception, job) else None


def is_given_back(error: BaseException, job: Job) -> bool:
    """Return whether a job waits again that has ended by an exception."""
    if isinstance(error, BrokenOffError | DatabaseError):
        return job.attempts + 1 < MAX_ATTEMPTS
    return isinstance(error, GivenBackError | asyncio.CancelledError)


class JobWorker:
    """Does the jobs of a queue, at most `slots` at a time, by calling `task` with the arguments of each.

    It ends after `stop`, after `max_jobs` jobs, or when the database fails (`failure`). Arguments that a newer version of
    newsbot adds are ignored by `task`."""

    def __init__(
        self,
        queue: QueueDatabase,
        app: App,
        scheduler: App,
        *,
        kind: str,
        slots: int,
        task: Task,
        max_jobs: int | None = None,
    ) -> None:
        self.queue = queue
        self.app = app
        self.scheduler = scheduler
        self.kind = kind
        self.slots = slots
        self.max_jobs = max_jobs
        self.running = 0
        self.done = 0
        self.failed = 0
        self.given_back = 0
        self._counted = (0, 0)
        self._done_well: set[str] = set()
        """What the jobs have worked on that are done since the last report."""
        self._attempted: dict[str, Job] = {}
        """What jobs work on -> those jobs in work that workers have died of before."""
        self._got_on: list[Job] = []
        """Those of them that have got on since."""
        self.is_stopping = False
        self.failure: str | None = None
        """Why the worker cannot go on, in one line; None if it could. Its jobs are for others: they do not fail."""
        self._worker: Worker | None = None
        logging.getLogger("procrastinate.worker").addFilter(ONE_LINE)
        app.task(name=f"newsbot.{kind}", queue=kind, retry=GiveBack())(task)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of jobs that are done, that have failed, and that were given back before their end."""
        return {"done": self.done, "failed": self.failed, "given_back": self.given_back}

    async def run(self) -> None:
        """Do jobs until the worker is stopped. Raises ConnectorException if the queue cannot be opened."""
        async with self.app.open_async():
            side = [asyncio.create_task(work()) for work in (self._tend, self._report, self._ask_for_more)]
            try:
                while not self.is_stopping:
                    await self._take_jobs()
            finally:
                for task in side:
                    task.cancel()
                await asyncio.gather(*side, return_exceptions=True)
                with suppress(DatabaseError):
                    await asyncio.to_thread(self._count)

    def stop(self) -> None:
        """Take no further jobs. `run` returns when those in work have ended, after `GRACE_S` at the latest."""
        self.is_stopping = True
        if self._worker is not None:
            self._worker.stop()

    async def _take_jobs(self) -> None:
        """Take jobs with one place in the queue, until it is lost or the worker is stopped."""
        self._worker = self._make_worker(self.app, [self.kind], self.slots)
        try:
            await self._worker.run()
        except ConnectorException as error:
            logger.warning("The worker takes a new place in the queue: %s", error.__cause__ or error)
            await asyncio.sleep(AGAIN_S)

    def _make_worker(self, app: App, queues: list[str], slots: int) -> Worker:
        return Worker(
            app,
            queues=queues,
            name=f"newsbot-{self.kind}",
            concurrency=slots,
            fetch_job_polling_interval=POLL_S,
            abort_job_polling_interval=HEARTBEAT_S,
            shutdown_graceful_timeout=GRACE_S,
            listen_notify=False,
            delete_jobs="successful",
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=4 * STALLED_S,
            worker_middleware=[self._counted_job] if app is self.app else [],
        )

    async def _counted_job(
        self, call: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker
    ) -> Any:
        self.running += 1
        name = context.job.queueing_lock or ""
        if context.job.attempts:
            self._attempted[name] = context.job
        try:
            result = await call()
        except BaseException as error:
            await self._note_end(context.job, error)
            raise
        finally:
            self.running -= 1
            self._attempted.pop(name, None)
        self.done += 1
        self._done_well.add(name)
        if self.max_jobs is not None and self.done + self.failed >= self.max_jobs:
            self.stop()
        return result

    def note_progress(self, name: str) -> None:
        """Note that the job that works on `name` has got something done. So it is not what workers have died of before."""
        if job := self._attempted.pop(name, None):
            self._got_on.append(job)

    async def _note_end(self, job: Job, error: BaseException) -> None:
        """Note that a job has failed, or is given back."""
        assert job.id is not None
        assert job.worker_id is not None
        if isinstance(error, DatabaseError) and not isinstance(error, ConflictError):
            self.failure = self.failure or str(error)
            self.stop()
        with suppress(DatabaseError):
            if not is_given_back(error, job):
                self.failed += 1
                self._done_well.discard(job.queueing_lock or "")
                await asyncio.to_thread(note_failure, self.queue, job.id, reason_of(error))
                return
            self.given_back += 1
            if not isinstance(error, BrokenOffError | DatabaseError):
                await asyncio.to_thread(forgive, self.queue, job.id, job.worker_id)

    async def _tend(self) -> None:
        """Do the jobs of the scheduler, beside those of the queue: they never wait for a slot."""
        while True:
            try:
                await self._make_worker(self.scheduler, [scheduler_of(self.kind)], 2).run()
            except ConnectorException as error:
                logger.warning("The scheduler takes a new place in the queue: %s", error.__cause__ or error)
            await asyncio.sleep(AGAIN_S)

    async def _ask_for_more(self) -> None:
        """Have a round of the scheduler run at once when jobs have ended and half of the slots are free."""
        done = 0
        while True:
            await asyncio.sleep(POLL_S)
            if self.done > done and self.running <= self.slots // 2 and not self.is_stopping:
                with suppress(AlreadyEnqueued, ConnectorException):
                    await self.scheduler.configure_task(round_of(self.kind)).defer_async(
                        timestamp=int(time.time())
                    )
            done = self.done

    async def _report(self) -> None:
        """Say in the database what this worker is and has done; take a new place if it was given up as dead."""
        while True:
            worker = self._worker
            if worker is not None and worker.worker_id is not None:
                try:
                    is_known = await asyncio.to_thread(self._say, worker.worker_id)
                except DatabaseError as error:
                    logger.warning("%s", error)
                else:
                    if not is_known and worker is self._worker:
                        worker.stop()
            await asyncio.sleep(HEARTBEAT_S if worker is not None and worker.worker_id is not None else 0.1)

    def _say(self, worker_id: int) -> bool:
        self._count()
        said = WorkerReport(
            worker_id=worker_id,
            kind=self.kind,
            slots=self.slots,
            process=this_process(),
            version=__version__,
            done=self.done,
            failed=self.failed,
            memory_bytes=memory_bytes(),
        )
        return report(self.queue, said)

    def _count(self) -> None:
        while self._got_on:
            job = self._got_on[0]
            forget_attempts(self.queue, job.id or 0, job.worker_id or 0)
            del self._got_on[0]
        done, failed = self.done - self._counted[0], self.failed - self._counted[1]
        if done or failed:
            count_jobs(self.queue, self.kind, done=done, failed=failed)
            self._counted = (self._counted[0] + done, self._counted[1] + failed)
        if well := set(self._done_well):
            remove_failed(self.queue, self.kind, well)
            self._done_well -= well


def reason_of(error: BaseException) -> str:
    """Return in one line why a job has failed, without passwords."""
    first = (str(error).strip().splitlines() or [""])[0]
    return masked(first if isinstance(error, NewsbotError) else f"{type(error).__name__}: {first}")


def memory_bytes() -> int:
    """Return the memory that this process holds now, in bytes; its greatest so far where the system does not say (not Linux)."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
