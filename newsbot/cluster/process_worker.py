"""Runs a worker whose jobs are done in processes: `newsbot worker backfill` and `newsbot worker heavy`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from newsbot.cluster.backfill_jobs import ArchiveJobs, PartWorker
from newsbot.cluster.heavy_jobs import ArticleJobs, ArticleWorker
from newsbot.cluster.job_worker import JobWorker
from newsbot.cluster.placer import HeavyPlacer, Placer
from newsbot.cluster.queue_app import make_app
from newsbot.cluster.queues import BACKFILL
from newsbot.cluster.scheduler import make_scheduler
from newsbot.cluster.work_processes import WorkProcesses
from newsbot.errors import DatabaseError
from newsbot.ingest.runs import recorded_run
from newsbot.settings import Configuration
from newsbot.sources.catalog import load_sources
from newsbot.store.database import Database
from newsbot.store.placing.queue_database import QueueDatabase


def run_processes(
    queue: QueueDatabase, database: Database, settings: Configuration, *, kind: str, processes: int
) -> dict[str, int]:
    """Do jobs of the queue `backfill` or `heavy` until SIGTERM or Ctrl-C; return `JobWorker.counts`.

    Raises DatabaseError if the database has failed; the jobs in work are given back."""
    counts: dict[str, int] = {}
    sources = load_sources(settings.sources).values()
    with recorded_run(database, f"worker {kind}", {"processes": processes}, counts, sources) as run_id:
        make_worker = PartWorker if kind == BACKFILL else ArticleWorker
        with _ended(WorkProcesses(processes, make_worker, (settings, run_id))) as pool:
            make_jobs = ArchiveJobs if kind == BACKFILL else ArticleJobs
            work = make_jobs(database, settings, pool)
            counts |= asyncio.run(_work(queue, database, settings, work, kind=kind, processes=processes))
    return counts


@contextmanager
def _ended(processes: WorkProcesses) -> Iterator[WorkProcesses]:
    try:
        yield processes
    finally:
        processes.end()


async def _work(
    queue: QueueDatabase,
    database: Database,
    settings: Configuration,
    work: ArchiveJobs | ArticleJobs,
    *,
    kind: str,
    processes: int,
) -> dict[str, int]:
    app = make_app(queue)
    worker = JobWorker(
        queue,
        app,
        make_scheduler(
            app, Placer(queue, database) if kind == BACKFILL else HeavyPlacer(queue, database, settings)
        ),
        kind=kind,
        slots=processes,
        task=work.ingest if isinstance(work, ArchiveJobs) else work.do,
    )
    work.on_progress = worker.note_progress

    def stop() -> None:
        work.is_ending = True
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    await worker.run()
    if worker.failure:
        raise DatabaseError(worker.failure)
    return worker.counts
