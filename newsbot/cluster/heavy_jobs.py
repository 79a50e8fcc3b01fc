"""Jobs of the queue `heavy`: entities, re-extraction and vectors of stored articles, some hundred articles a job."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from newsbot import rule_versions
from newsbot.cluster.due_jobs import BrokenOffError, DueJob, GivenBackError
from newsbot.cluster.work_processes import WorkProcesses
from newsbot.entities.engine import engine_label, load_engine
from newsbot.entities.linking import UNKNOWN
from newsbot.entities.recognition import find_entities
from newsbot.ingest.process import Processor
from newsbot.jobs.embed import embed
from newsbot.jobs.reextract import ReextractWorker
from newsbot.languages.codes import LANGUAGES
from newsbot.settings import Configuration
from newsbot.store.articles.content.recognised_again import replace_found
from newsbot.store.articles.loading import load_articles
from newsbot.store.articles.reextraction import list_extracted
from newsbot.store.database import Database
from newsbot.store.placing import stale_articles
from newsbot.store.vectors.unembedded import without_vector

logger = logging.getLogger(__name__)

ARTICLES = 500
"""Maximum number of articles of a job."""
STEP = 25
"""Articles after which a job looks whether it is to end: some seconds of work."""


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work on stored articles."""

    name: str
    version: str
    """What articles are brought up to: an engine, rules, a network."""
    condition: Any
    """Which articles need it, as `store.placing.stale_articles` says it."""
    every: timedelta
    """Time between two passes over all articles."""


def works(settings: Configuration) -> list[Work]:
    """Return the kinds of work that the settings ask for."""
    rules = rule_versions.label()
    found = [Work("reextract", rules, stale_articles.of_other_rules(rules), timedelta(days=1))]
    if settings.entity_engine != "none":
        labels = engine_labels(settings.entity_engine)
        condition = stale_articles.without_entities(labels)
        found.append(Work("entities", ", ".join(labels), condition, timedelta(hours=1)))
    if settings.embeddings:
        from newsbot.embeddings.embedder import load_embedder

        version = load_embedder().version
        found.append(Work("embed", version, stale_articles.without_vector_of(version), timedelta(hours=1)))
    return found


def engine_labels(name: str) -> list[str]:
    """Return the labels of the engines that today's settings would use, for any language."""
    engine = load_engine(name)
    return sorted({engine_label(engine, language) for language in (*LANGUAGES, UNKNOWN)})


def heavy_jobs(work: str, ids: Sequence[int]) -> list[DueJob]:
    """Return jobs for articles in the order of their ids."""
    parts = [ids[start : start + ARTICLES] for start in range(0, len(ids), ARTICLES)]
    return [
        DueJob(
            f"heavy/{work}/{part[0]}",
            f"heavy/{work}/{part[0]}",
            {"work": work, "first": part[0], "last": part[-1]},
        )
        for part in parts
    ]


class ArticleWorker:
    """Does the work on articles, in one process."""

    def __init__(self, settings: Configuration, run_id: int) -> None:
        self.processor = Processor.with_database(settings)
        self.run_id = run_id
        assert self.processor.database
        self.database = self.processor.database

    def entities(self, ids: Sequence[int]) -> None:
        """Recognise the entities of articles anew."""
        for stored in self.database.ask(partial(load_articles, ids=ids)):
            find_entities(stored.article, self.processor.engine)
            self.database.transact(
                partial(
                    replace_found,
                    article_id=stored.id,
                    revision=stored.revision,
                    article=stored.article,
                    run_id=self.run_id,
                    now=datetime.now(UTC),
                )
            )

    def reextract(self, ids: Sequence[int]) -> None:
        """Apply today's rules to the archived pages of articles."""
        extracted = self.database.ask(partial(list_extracted, ids=ids))
        archive = Path(self.processor.settings.archive_dir)
        ReextractWorker(self.processor, archive, self.run_id).reextract(extracted)

    def embed(self, ids: Sequence[int]) -> None:
        """Compute the vectors of articles."""
        embedder = self.processor.embedder
        if embedder is None:
            return
        found = self.database.ask(
            partial(without_vector, version=embedder.version, before=ids[-1] + 1, limit=len(ids))
        )
        for article in found:
            if article.id in ids:
                embed(self.database, embedder, article)


class ArticleJobs:
    """Does jobs of the queue `heavy`."""

    def __init__(self, database: Database, settings: Configuration, processes: WorkProcesses) -> None:
        self.database = database
        self.conditions: dict[str, Any] = {work.name: work.condition for work in works(settings)}
        self.processes = processes
        self.is_ending = False
        self.on_progress: Callable[[str], object] = lambda _: None
        """Called with the name of a job when it has got on."""

    async def do(self, work: str, first: int, last: int, **_newer: Any) -> None:
        """Do the work on the articles with ids from `first` to `last` that still need it.

        Work that this version or its settings do not know is left out. Raises GivenBackError if it is to be gone on with by another worker."""
        if work not in self.conditions:
            logger.warning("A job asks for %r, which these settings do not: it is left out", work)
            return
        find = partial(
            stale_articles.stale_ids,
            condition=self.conditions[work],
            after=first - 1,
            until=last,
            limit=ARTICLES,
        )
        ids = await asyncio.to_thread(self.database.ask, find)
        for start in range(0, len(ids), STEP):
            if self.is_ending:
                raise GivenBackError(f"{work} from {ids[start]} on is done by another worker")
            try:
                await self.processes.run(work, ids[start : start + STEP])
            except BrokenProcessPool as error:
                raise BrokenOffError(f"{work} from {ids[start]} on: a process was killed") from error
            self.on_progress(heavy_jobs(work, [first])[0].name)
