"""Jobs of the queue `backfill`: one archive each, stored part by part in processes, so that a repeat is harmless."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from functools import partial
from typing import Any

from newsbot.archive.selection import Selection, parse_selection
from newsbot.cluster.due_jobs import BrokenOffError, DueJob, GivenBackError
from newsbot.cluster.work_processes import WorkProcesses
from newsbot.errors import InputError
from newsbot.ingest.process import Processor
from newsbot.jobs.backfilling.part_worker import BackfillWorker
from newsbot.jobs.backfilling.parts import split
from newsbot.jobs.remote.archive_places import client_of, find_archive, opener_of
from newsbot.settings import Configuration
from newsbot.store.crawl.backfill_progress import OvertakenError, Part, Progress, add_parts, load_part
from newsbot.store.database import Database

SELECTION = ("source", "host", "language", "since", "until")
"""Arguments of a job beside its path: the filter over its pages, as `archive.selection.parse_selection` reads them."""
OVERTAKEN_S = 2.0
"""Seconds to wait if another process has stored pages of the same part: a worker that was given up as dead."""


def backfill_job(path: str, selection: Mapping[str, str]) -> DueJob:
    """Return the job that stores the selected pages of an archive."""
    given = {name: selection[name] for name in SELECTION if selection.get(name)}
    filters = "".join(f" {name}={value}" for name, value in given.items())
    return DueJob(f"backfill/{path}{filters}", f"backfill/{path}", {"path": path, **given})


class PartWorker:
    """Stores parts of archives, in one process."""

    def __init__(self, settings: Configuration, run_id: int) -> None:
        self.processor = Processor.with_database(settings)
        self.run_id = run_id

    def ingest_part(self, part: Part, selection: Selection) -> Progress:
        """Store the pages of a part that are not stored yet; return its progress at the end."""
        return BackfillWorker(self.processor, selection, self.run_id).ingest_part(part)


class ArchiveJobs:
    """Does jobs of the queue `backfill`. Between two parts it looks whether it is to end."""

    def __init__(self, database: Database, settings: Configuration, processes: WorkProcesses) -> None:
        self.database = database
        self.settings = settings
        self.processes = processes
        self.is_ending = False
        self.on_progress: Callable[[str], object] = lambda _: None
        """Called with the name of a job when it has got on."""

    async def ingest(self, path: str, **others: Any) -> None:
        """Store the pages of an archive that are not stored yet.

        Raises InputError if it cannot be read, GivenBackError if it is to be gone on with by another worker."""
        given = {name: str(others[name]) for name in SELECTION if others.get(name)}
        selection = parse_selection(**given)
        parts = await asyncio.to_thread(self._parts, path, selection)
        await asyncio.to_thread(
            self.database.transact, lambda session: add_parts(session, parts, now=datetime.now(UTC))
        )
        errors = []
        for part in parts:
            if error := await self._ingest_part(part, selection):
                errors.append(error)
            self.on_progress(backfill_job(path, given).name)
        if errors:
            raise InputError(f"{path}: {errors[0]}", path=path)

    def _parts(self, path: str, selection: Selection) -> list[Part]:
        archive = find_archive(path, client_of(self.settings))
        return split(archive, selection, opener_of(self.settings))

    async def _ingest_part(self, part: Part, selection: Selection) -> str | None:
        """Store a part; return why it cannot be read, None if it is done."""
        before = await asyncio.to_thread(self.database.ask, partial(load_part, part=part))
        while before.state != "done":
            if self.is_ending:
                raise GivenBackError(f"{part.path} is gone on with by another worker", path=part.path)
            try:
                after: Progress = await self.processes.run("ingest_part", part, selection)
                return after.error
            except OvertakenError:
                await asyncio.sleep(OVERTAKEN_S)
            except BrokenProcessPool as error:
                raise BrokenOffError(f"{part.path}: a process was killed", path=part.path) from error
            before = await asyncio.to_thread(self.database.ask, partial(load_part, part=part))
        return None
