"""The spider of `newsbot worker crawl`: it does not end by itself, and crawls what jobs name.

A job polls the feeds of a source that are due, then fetches pages, until nothing is due or its share is used up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from scrapy import Request

from newsbot.sources.model import Source
from newsbot.spiders.news import NewsSpider
from newsbot.store.crawl.frontier import Leased
from newsbot.store.crawl.hosts import HostState
from newsbot.store.crawl.polling import DueFeed
from newsbot.urls import host_of

MAX_PAGES = 50
"""Pages after which a job ends, so that other sources get their turn. The rest is due, and placed again."""
MAX_JOB_S = 300.0
"""Seconds after which a job leases no more pages."""
LOOK_S = 1.0
"""Seconds after which the spider looks at its jobs again, if nothing has happened."""


@dataclass(slots=True)
class Job:
    """A source that is being crawled."""

    ended: asyncio.Event
    until: float
    """Moment of the monotonic clock after which no more pages are leased."""
    pages: int = 0
    feeds: set[int] = field(default_factory=set)
    """Ids of the feeds that are polled."""

    def may_go_on(self) -> bool:
        """Return whether more pages may be leased."""
        return self.pages < MAX_PAGES and time.monotonic() < self.until


class HostJobs(NewsSpider):
    """Crawls the sources that jobs name, many at a time, until it is ended.

    The catalog is not stored by it: the scheduler does that. It is run by `newsbot worker crawl` only."""

    name = "worker"

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Source] = {}
        """All sources; `catalog` has those that are being crawled."""
        self.jobs: dict[str, Job] = {}
        self.ready = asyncio.Event()
        """Set once jobs can be taken."""
        self.is_ending = False

    async def start(self) -> AsyncIterator[Request]:
        """Yield what the jobs ask for, until the spider is to end and no job is left."""
        self.known, self.catalog = self.catalog, {}
        self.ready.set()
        while self.jobs or not self.is_ending:
            for request in [*self._next_polls(), *await self._leased_pages()]:
                yield request
            self._end_jobs()
            await self.slots.stirred(timeout_s=LOOK_S)

    async def crawl_source(self, key: str) -> None:
        """Crawl a source until nothing of it is due, or its share is used up. A source that is not known has nothing due."""
        source = self.known.get(key)
        if source is None or key in self.jobs or self.is_ending:
            return
        job = self.jobs[key] = Job(asyncio.Event(), time.monotonic() + MAX_JOB_S)
        self.catalog[key] = source
        hosts = {host_of(source.homepage), *map(host_of, source.hosts)}
        self.politeness.add_delays(dict.fromkeys(hosts, source.delay_s))
        try:
            await self._queue_polls([key], only_due=True)
            self.slots.stir()
            await job.ended.wait()
        finally:
            self._forget(key)

    def end(self) -> None:
        """End soon: lease no more pages, and let the jobs end when their requests in flight are done."""
        self.is_ending = True
        self.polls.clear()
        self.slots.stir()

    def _end_jobs(self) -> None:
        for key, job in self.jobs.items():
            is_over = key in self.exhausted or not job.may_go_on() or self.is_ending
            if is_over and not self.slots.in_use(key) and not self.polls[key]:
                job.ended.set()

    def _forget(self, key: str) -> None:
        job = self.jobs.pop(key)
        self.catalog.pop(key, None)
        self.polls.pop(key, None)
        self.exhausted.discard(key)
        self.polled -= job.feeds
        self.settled -= job.feeds
        for feed in job.feeds:
            self.guesses.pop(feed, None)

    def _queue_poll(self, feed: DueFeed, url: str, page: int = 1) -> None:
        if feed.source in self.jobs and not self.is_ending:
            self.jobs[feed.source].feeds.add(feed.id)
            super()._queue_poll(feed, url, page)

    def _may_lease(self, key: str) -> bool:
        return super()._may_lease(key) and self.jobs[key].may_go_on() and not self.is_ending

    def _fetch(self, page: Leased) -> Request:
        self.jobs[page.source].pages += 1
        return super()._fetch(page)

    def _waits_for(self, hold: HostState, source: str, poll: Request | None = None) -> bool:
        """Return False: a job does not wait for a host that is held; what is left of it is due after the hold."""
        return False
