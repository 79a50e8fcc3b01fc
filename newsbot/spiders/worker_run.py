"""Run the spider `worker` in this process, fed by the jobs of a queue."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Mapping
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler

from newsbot.cluster.due_jobs import Placer
from newsbot.cluster.job_worker import JobWorker
from newsbot.cluster.queue_app import make_app
from newsbot.cluster.queues import CRAWL, GRACE_S, MAX_AGE_S
from newsbot.cluster.scheduler import make_scheduler
from newsbot.session import CrawlSession
from newsbot.spiders.host_jobs import HostJobs
from newsbot.spiders.spider_run import project_settings, raise_error
from newsbot.store.placing.queue_database import QueueDatabase


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
        self._worker: JobWorker | None = None
        self._feeding: asyncio.Task[None] | None = None
        crawler.signals.connect(self.begin, signal=signals.spider_opened)

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
        placer = Placer(self.queue, session.database, session.processor.settings)
        self._worker = JobWorker(
            self.queue,
            app,
            make_scheduler(app, placer),
            kind=CRAWL,
            slots=self.slots,
            task=self._crawl,
            max_jobs=self.max_jobs,
        )
        loop = asyncio.get_running_loop()
        aging = loop.call_later(MAX_AGE_S, self._worker.stop)
        try:
            await self._worker.run()
        except Exception as error:
            self.failure = str(error)
        finally:
            aging.cancel()
            self.spider.end()

    async def _crawl(self, source: str, **_newer: Any) -> None:
        await self.spider.crawl_source(source)

    def _stop_on_signal(self, number: int, frame: Any) -> None:
        signal.signal(number, signal.SIG_DFL)
        asyncio.get_event_loop().call_soon_threadsafe(self.stop)

    def stop(self) -> None:
        """Take no further jobs, let those in work end, and end the crawl."""
        if self._worker is not None:
            self._worker.stop()
        self.spider.end()


def run_worker(queue: QueueDatabase, given: Mapping[str, Any], *, slots: int, max_jobs: int) -> CrawlWorker:
    process = AsyncCrawlerProcess(project_settings(given), install_root_handler=True)
    crawler = process.create_crawler("worker")
    worker = CrawlWorker(crawler, queue, slots=slots, max_jobs=max_jobs)
    crawling = process.crawl(crawler)
    process.start(install_signal_handlers=False)
    raise_error(crawling)
    return worker
