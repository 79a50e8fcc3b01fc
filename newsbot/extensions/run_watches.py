"""Runs the watches after a crawl, once everything is stored."""

from __future__ import annotations

import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import run_in_thread

from newsbot.errors import NewsbotError
from newsbot.outputs.watches.watch_list import Outcome, register_watches, run_watches
from newsbot.outputs.watches.watch_table import read_watch_tables
from newsbot.session import CrawlSession
from newsbot.settings import Configuration, read_settings
from newsbot.store.database import Database

logger = logging.getLogger(__name__)


class RunWatches:
    """Extension that has new watches begin with this crawl, and runs all of them when it has ended.

    A watch that fails is logged, and does not make the crawl fail: what it has found is sent after the next one."""

    def __init__(self, crawler: Crawler, settings: Configuration) -> None:
        read_watch_tables(settings.watch, {})
        self.crawler = crawler
        self.settings = settings
        crawler.signals.connect(self.begin, signal=signals.spider_opened)
        crawler.signals.connect(self.run, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension. Raises UsageError for a wrong `[[watch]]` table, before anything is fetched."""
        return cls(crawler, read_settings(crawler.settings))

    async def begin(self) -> None:
        """Store where new watches begin. The stage `store` has opened the database."""
        session = CrawlSession.of(self.crawler)
        if session.run_id is not None:
            await session.write(register_watches, self.settings)

    async def run(self) -> None:
        """Run the watches, in a thread: the session has ended, so that everything is stored."""
        session = CrawlSession.of(self.crawler)
        if session.run_id is None or session.failure is not None:
            return
        for outcome in await run_in_thread(self._run, session.database):
            if outcome.failure is not None:
                logger.warning("%s", outcome.failure)
            elif outcome.done and (outcome.done.found or outcome.done.failed):
                done = outcome.done
                logger.info(
                    "Watch %s: %d found, %d sent, %d failed", outcome.name, done.found, done.sent, done.failed
                )

    def _run(self, database: Database) -> list[Outcome]:
        try:
            return run_watches(database, self.settings)
        except NewsbotError as error:
            return [Outcome("", None, str(error))]
        finally:
            database.close()
