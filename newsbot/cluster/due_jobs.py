"""Which jobs are to be placed: only work that is due, and no more than workers soon have slots for."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from newsbot.cluster.queues import AHEAD, CRAWL, KINDS, MAX_WAITING, STALLED_S
from newsbot.settings import Configuration
from newsbot.store.database import Database
from newsbot.store.placing.due_work import due_sources
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.placing.queued_jobs import names_of_jobs
from newsbot.store.placing.worker_rows import forget_counts, slots_by_kind

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DueJob:
    """A job to be placed."""

    name: str
    """What it works on: no two jobs of a name wait in a queue."""
    lock: str
    """No two jobs of a lock run at a time, in all queues."""
    arguments: dict[str, Any] = field(default_factory=dict)
    """Plain values. A worker of another version ignores those that it does not know."""


def room(slots: int, waiting: int) -> int:
    """Return how many more jobs may wait in a queue whose workers have this number of slots."""
    return max(min(AHEAD * slots, MAX_WAITING) - waiting, 0)


class Placer:
    """Finds the jobs that are to be placed. It is used by one worker at a time, in threads."""

    def __init__(self, queue: QueueDatabase, database: Database, settings: Configuration) -> None:
        self.queue = queue
        self.database = database
        self.settings = settings

    def wanted(self) -> list[str]:
        """Return the kinds of jobs that there are workers for."""
        return [kind for kind in KINDS if kind in slots_by_kind(self.queue, alive_s=STALLED_S)]

    def due(self, kind: str) -> list[DueJob]:
        """Return the jobs of a kind that are to be placed now."""
        if kind != CRAWL:
            return []
        names = names_of_jobs(self.queue, kind)
        slots = slots_by_kind(self.queue, alive_s=STALLED_S).get(kind, 0)
        free = room(slots, sum(names.values()))
        if not free:
            return []
        now = datetime.now(UTC)
        due = self.database.ask(partial(due_sources, now=now, limit=free + len(names)))
        jobs = [DueJob(f"crawl/{source}", f"crawl/{source}", {"source": source}) for source in due]
        return [job for job in jobs if job.name not in names][:free]

    def look_after(self) -> None:
        """Do what is due every minute: forget old numbers."""
        forget_counts(self.queue)
