"""Places archives in the queue `backfill`, from where workers take them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from newsbot.cluster.backfill_jobs import backfill_job
from newsbot.cluster.queue_app import make_app
from newsbot.cluster.queues import BACKFILL
from newsbot.cluster.scheduler import place
from newsbot.store.placing.failed_jobs import remove_failed
from newsbot.store.placing.queue_database import QueueDatabase


def enqueue_archives(queue: QueueDatabase, paths: Iterable[str], selection: Mapping[str, str]) -> int:
    """Place one job for every archive; return the number of those that did not wait already.

    Jobs of the same archives and filter that have failed are deleted: they are tried again.
    `selection` is the filter over the pages, as `archive.selection.parse_selection` reads it."""
    jobs = [backfill_job(path, selection) for path in paths]
    remove_failed(queue, BACKFILL, [job.name for job in jobs])

    async def placed() -> int:
        app = make_app(queue)
        async with app.open_async():
            return await place(app.job_manager, BACKFILL, jobs)

    return asyncio.run(placed())
