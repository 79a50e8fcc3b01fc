"""Run the spider `worker` in this process, fed by the jobs of a queue."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from procrastinate.exceptions import ConnectorException
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler

from newsbot.cluster.due_jobs import BrokenOffError, GivenBackError
from newsbot.cluster.job_worker import JobWorker
from newsbot.cluster.placer import CrawlPlacer, crawl_job
from newsbot.cluster.queue_app import make_app
from newsbot.cluster.queues import CRAWL, GRACE_S, MAX_AGE_S
from newsbot.cluster.scheduler import make_scheduler
from newsbot.extensions.interrupts import stop_at_once
from newsbot.session import CrawlSession
from newsbot.spiders.news_work.host_jobs import HostJobs
from newsbot.spiders.spider_run import project_settings, raise_error
from newsbot.store.placing.queue_database import QueueDatabase

LINGER_S = 5.0
"""Seconds that requests have to end whose jobs are over or were given back."""


class CrawlWorker:
    """A crawl that never ends by itself, and the worker that feeds it jobs."""

    def __init__(self, crawler: Crawler, queue: QueueDatabase, *, slots: int, max_jobs: int) -> None:
        self.crawler = crawler
        self.queue = queue
        self.slots = slots
        self.max_jobs = max_jobs
        self.is_worn = False
        """Whether the process is to begin anew, because it has done enough jobs or is old."""
        self.failure: str | None = None
        self._is_asked = False
        """Whether somebody has asked the worker to end."""
        self._worker: JobWorker | None = None
        self._feeding: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._has_worked = asyncio.Event()
        """Set when no job is in work any more."""
        crawler.signals.connect(self.begin, signal=signals.spider_opened)
        crawler.signals.connect(self.leave_jobs, signal=signals.spider_closed)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of jobs, as `JobWorker.counts`."""
        return self._worker.counts if self._worker else {"done": 0, "failed": 0, "given_back": 0}

    @property
    def spider(self) -> HostJobs:
        """The spider of the crawl."""
        assert isinstance(self.crawler.spider, HostJobs)
        return self.crawler.spider

    def begin(self) -> None:
        """Begin to take jobs."""
        self._feeding = asyncio.ensure_future(self._feed())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_on_signal)

    async def _feed(self) -> None:
        session = CrawlSession.of(self.crawler)
        await self.spider.ready.wait()
        app = make_app(self.queue)
        spider = self.spider
        placer = CrawlPlacer(self.queue, session.database, spider.work.id, lambda: spider.work.wanted)
        self._worker = worker = JobWorker(
            self.queue,
            app,
            make_scheduler(app, placer),
            kind=CRAWL,
            slots=self.slots,
            task=self._crawl,
            max_jobs=self.max_jobs,
        )
        spider.turns.on_progress = lambda host: worker.note_progress(crawl_job(host).name)
        loop = asyncio.get_running_loop()
        aging = loop.call_later(MAX_AGE_S, self._worker.stop)
        try:
            await self._worker.run()
        except ConnectorException as error:
            self.failure = str(error.__cause__ or error)
        finally:
            self._has_worked.set()
            self.is_worn = not self._is_asked
            aging.cancel()
            spider.end()
        await asyncio.sleep(LINGER_S)  # unless the process ends meanwhile, because all requests are done
        self._stopping = asyncio.ensure_future(
            self.crawler.stop_async()
        )  # what the reactor would begin, and wait for
        await asyncio.sleep(0)
        await stop_at_once(self.crawler)

    async def _crawl(self, host: str, **_newer: Any) -> None:
        await self.spider.crawl_host(host)
        if failure := CrawlSession.failure_of(self.crawler):
            raise BrokenOffError(f"{host} is gone on with by another worker: {failure}")
        if self._is_asked:  # no more pages are leased, those that are left are for another worker
            raise GivenBackError(f"{host} is gone on with by another worker")

    async def leave_jobs(self) -> None:
        """Give the jobs back that are in work although the crawl is over, because its database has failed."""
        if self._worker is not None and not self._has_worked.is_set():
            self.stop()
            self.spider.turns.leave()
            with suppress(TimeoutError):  # the queue may be away, too: then they are swept
                await asyncio.wait_for(self._has_worked.wait(), GRACE_S)

    def _stop_on_signal(self, number: int, frame: Any) -> None:
        signal.signal(number, signal.SIG_DFL)
        asyncio.get_event_loop().call_soon_threadsafe(self.stop)

    def stop(self) -> None:
        """Take no further jobs, let those in work end, and end the crawl."""
        self._is_asked = True
        if self._worker is not None:
            self._worker.stop()
        self.spider.end()


def run_crawl_worker(
    queue: QueueDatabase, given: Mapping[str, Any], *, slots: int, max_jobs: int
) -> CrawlWorker:
    """Crawl what jobs name, with these settings, until SIGTERM or Ctrl-C, or until the process has done its share.

    Can be called once per process, because a Twisted reactor cannot be restarted."""
    process = AsyncCrawlerProcess(project_settings(given))
    crawler = process.create_crawler(HostJobs.name)
    worker = CrawlWorker(crawler, queue, slots=slots, max_jobs=max_jobs)
    crawling = process.crawl(crawler)
    process.start(install_signal_handlers=False)
    raise_error(crawling)
    worker.failure = worker.failure or CrawlSession.failure_of(crawler)
    return worker
