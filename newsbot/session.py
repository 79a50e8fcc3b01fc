"""One crawl's hold on the database: opened once, shared by the stages, told in a row of `runs`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Concatenate, ParamSpec, Self, TypeVar

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import run_in_thread
from sqlalchemy.orm import Session

from newsbot import __version__
from newsbot.settings import read_settings
from newsbot.spiders.page_spider import PageSpider
from newsbot.store.crawl.frontier import release, this_process
from newsbot.store.crawl.run_rows import finish_run, start_run
from newsbot.store.database import Database

P = ParamSpec("P")
T = TypeVar("T")

COUNTED = "newsbot/"
"""Stats under this prefix are kept with the run."""


class Run:
    """The database of a crawl and the id of its `runs` row. Database work is done in threads."""

    def __init__(self, crawler: Crawler, database: Database) -> None:
        self.crawler = crawler
        self.database = database
        self.run_id: int | None = None
        self._stopping: asyncio.Future[None] | None = None
        self._writing = (
            asyncio.Lock()
        )  # those who wait for their turn should not each hold a thread of the pool

    @classmethod
    def of(cls, crawler: Crawler) -> Run:
        """Return the run of a crawl, once its extensions are there."""
        run = crawler.get_extension(cls)
        assert run is not None
        return run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Name the database; it is opened by the store stage, which can stop the crawl if that fails."""
        run = cls(crawler, Database(read_settings(crawler.settings).database_url))
        crawler.signals.connect(run.count_response, signal=signals.response_downloaded)
        crawler.signals.connect(run.close, signal=signals.spider_closed)
        return run

    async def open(self) -> None:
        """Open the database, bring it up to date and begin the run. Raises DatabaseError."""
        await run_in_thread(self.database.open)
        spider = self.crawler.spider
        assert isinstance(spider, PageSpider)
        self.run_id = await self.write(
            start_run,
            spider=spider.name,
            arguments=spider.arguments,
            version=__version__,
            process=this_process(),
            now=datetime.now(UTC),
        )

    def count_response(self, request: Request) -> None:
        """Count what came over the network, robots.txt and feeds too, and how long servers took to answer."""
        stats = self.crawler.stats
        assert stats is not None
        stats.inc_value(f"{COUNTED}fetched")
        stats.inc_value(f"{COUNTED}latency_ms", round(request.meta.get("download_latency", 0) * 1000))

    async def close(self, spider: Spider, reason: str) -> None:
        """Note how the run ended, with its counts."""
        if self.run_id is None or self._stopping is not None:
            return
        stats = self.crawler.stats
        assert stats is not None
        counts = {name.removeprefix(COUNTED): value for name, value in stats.get_stats().items()
                  if name.startswith(COUNTED)}  # fmt: skip
        await self.write(release, run_id=self.run_id)
        await self.write(finish_run, self.run_id, finish_reason=reason, counts=counts, now=datetime.now(UTC))
        await run_in_thread(self.database.close)

    def give_up(self, reason: str) -> None:
        """End the crawl, because what it fetches cannot be stored: a later run fetches it again."""
        spider = self.crawler.spider
        assert isinstance(spider, PageSpider)
        if spider.failure is None:
            spider.failure = reason
            self._stopping = asyncio.ensure_future(self.crawler.stop_async())

    async def write(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return `function(session, ...)`, run in a write transaction of its own; an exception rolls it back."""

        def work(session: Session) -> T:
            return function(session, *args, **kwargs)

        async with self._writing:
            return await run_in_thread(self.database.transact, work)

    async def read(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return `function(session, ...)`, run in a read-only session."""

        def work() -> T:
            with self.database.read() as session:
                return function(session, *args, **kwargs)

        return await run_in_thread(work)
