"""Finds the jobs that are to be placed: hosts that are due, and stored articles that are stale."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial

from newsbot.cluster.due_jobs import DueJob, room
from newsbot.cluster.heavy_jobs import ARTICLES, Work, heavy_jobs, works
from newsbot.cluster.queues import CRAWL, HEAVY, STALLED_S
from newsbot.settings import Configuration
from newsbot.store.database import Database
from newsbot.store.placing.due_sources import due_sources
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.placing.queued_jobs import names_of_jobs
from newsbot.store.placing.stale_articles import load_pass, save_pass, stale_ids
from newsbot.store.placing.worker_rows import forget_counts, slots_by_kind


class Placer:
    """Finds jobs, for as many slots as there are. It is used in threads, by one worker of all at a time."""

    def __init__(self, queue: QueueDatabase, database: Database, settings: Configuration) -> None:
        self.queue = queue
        self.database = database
        self.settings = settings

    @cached_property
    def works(self) -> list[Work]:
        """The kinds of work on stored articles."""
        return works(self.settings)

    def due(self) -> dict[str, list[DueJob]]:
        """Return the jobs that are to be placed now, by queue. Archives are placed by `newsbot backfill --enqueue` only."""
        slots = slots_by_kind(self.queue, alive_s=STALLED_S)
        found = {CRAWL: self._crawls, HEAVY: self._heavy}
        due: dict[str, list[DueJob]] = {}
        for kind, find in found.items():
            if slots.get(kind):
                names = names_of_jobs(self.queue, kind)
                free = room(slots[kind], sum(names.values()))
                due[kind] = find(free, set(names)) if free else []
        return due

    def look_after(self) -> None:
        """Do what is due every minute: forget old numbers."""
        forget_counts(self.queue)

    def _crawls(self, free: int, names: set[str]) -> list[DueJob]:
        due = self.database.ask(partial(due_sources, now=datetime.now(UTC), limit=free + len(names)))
        jobs = [DueJob(f"crawl/{source}", f"crawl/{source}", {"source": source}) for source in due]
        return [job for job in jobs if job.name not in names][:free]

    def _heavy(self, free: int, names: set[str]) -> list[DueJob]:
        jobs: list[DueJob] = []
        for work in self.works:
            jobs += self._pass(work, free - len(jobs))
        return [job for job in jobs if job.name not in names]

    def _pass(self, work: Work, free: int) -> list[DueJob]:
        """Return the next jobs of a pass over all articles, and store how far it is.

        A job that is lost between the two is found again by the next pass."""
        now, made = datetime.now(UTC), load_pass(self.queue, work.name, work.version)
        if made.ended_at is not None and now < made.ended_at + work.every:
            return []
        after = 0 if made.ended_at is not None else made.after_id
        find = partial(stale_ids, condition=work.condition, after=after, limit=ARTICLES * free)
        ids = self.database.ask(find) if free else []
        if free:
            is_over = len(ids) < ARTICLES * free
            last = ids[-1] if ids else after
            save_pass(self.queue, replace(made, after_id=last, ended_at=now if is_over else None))
        return heavy_jobs(work.name, ids)
