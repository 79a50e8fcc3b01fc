"""Finds the jobs that are to be placed: hosts that are due, and stored articles that are stale."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial

from sqlalchemy.orm import Session

from newsbot.cluster.due_jobs import DueJob, room
from newsbot.cluster.heavy_jobs import ARTICLES, Work, heavy_jobs, works
from newsbot.cluster.queues import BACKFILL, CRAWL, HEAVY, STALLED_S
from newsbot.settings import Configuration
from newsbot.store.crawl.sharing import dead_runs, due_work, host_claims
from newsbot.store.crawl.sharing.wanted_work import Wanted
from newsbot.store.database import Database
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.placing.queued_jobs import names_of_jobs
from newsbot.store.placing.stale_articles import load_pass, save_pass, stale_ids
from newsbot.store.placing.worker_rows import forget_counts, slots_of


class Placer:
    """Finds jobs of a kind, for as many slots as there are. It is used in threads, by one worker of the kind at a time.

    Archives are placed by `newsbot backfill --enqueue` only."""

    kind = BACKFILL

    def __init__(self, queue: QueueDatabase, database: Database) -> None:
        self.queue = queue
        self.database = database

    def due(self) -> list[DueJob]:
        """Return the jobs that are to be placed now."""
        names = names_of_jobs(self.queue, self.kind)
        free = room(slots_of(self.queue, self.kind, alive_s=STALLED_S), sum(names.values()))
        return self.find(free, names) if free else []

    def find(self, free: int, names: Collection[str]) -> list[DueJob]:
        """Return jobs that are due, `free` at most; there are jobs with these names already."""
        return []

    def look_after(self) -> None:
        """Do what is due every minute."""
        forget_counts(self.queue)


def crawl_job(host: str) -> DueJob:
    """Return the job that crawls a host."""
    return DueJob(f"crawl/{host}", f"crawl/{host}", {"host": host})


class CrawlPlacer(Placer):
    """Finds hosts that are due and that nobody asks; `wanted` is the catalog of the worker."""

    kind = CRAWL

    def __init__(
        self, queue: QueueDatabase, database: Database, run_id: int, wanted: Callable[[], Wanted]
    ) -> None:
        super().__init__(queue, database)
        self.run_id = run_id
        self.wanted = wanted

    def find(self, free: int, names: Collection[str]) -> list[DueJob]:
        """Return jobs for hosts that are due."""
        wanted = replace(self.wanted(), began=datetime.now(UTC))

        def hosts(session: Session) -> list[str]:
            now = host_claims.clock(session)
            return due_work.due_hosts(session, wanted, limit=free + len(names), now=now)

        jobs = [crawl_job(host) for host in self.database.ask(hosts)]
        return [job for job in jobs if job.name not in names][:free]

    def look_after(self) -> None:
        """Free what dead runs have leased or claimed, too."""
        super().look_after()
        self.database.transact(
            lambda session: dead_runs.take_over(session, run_id=self.run_id, now=host_claims.clock(session))
        )


class HeavyPlacer(Placer):
    """Finds stored articles that are stale, in passes over all of them."""

    kind = HEAVY

    def __init__(self, queue: QueueDatabase, database: Database, settings: Configuration) -> None:
        super().__init__(queue, database)
        self.settings = settings

    @cached_property
    def works(self) -> list[Work]:
        """The kinds of work on stored articles."""
        return works(self.settings)

    def find(self, free: int, names: Collection[str]) -> list[DueJob]:
        """Return the next jobs of the passes."""
        jobs: list[DueJob] = []
        for work in self.works:
            jobs += self.next_jobs(work, free - len(jobs))
        return [job for job in jobs if job.name not in names]

    def next_jobs(self, work: Work, free: int) -> list[DueJob]:
        """Return the next jobs of a pass, `free` at most, and store how far it is.

        A job that is lost between the two is found again by the next pass."""
        now, made = datetime.now(UTC), load_pass(self.queue, work.name, work.version)
        is_over = made.ended_at is not None
        if not free or (made.ended_at is not None and now < made.ended_at + work.every):
            return []
        after = 0 if is_over else made.after_id
        find = partial(stale_ids, condition=work.condition, after=after, limit=ARTICLES * free)
        ids = self.database.ask(find)
        ended_at = now if len(ids) < ARTICLES * free else None
        save_pass(self.queue, replace(made, after_id=ids[-1] if ids else after, ended_at=ended_at))
        return heavy_jobs(work.name, ids)
