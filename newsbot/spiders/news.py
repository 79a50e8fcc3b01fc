"""Crawls the sources of the catalog: `scrapy crawl news -a source=KEY[,KEY] -a due=1`.

What is due, leased and done stands in the database; this spider only keeps count of what it has in flight.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from newsbot.discovery.homepages import likely_feeds, likely_sitemaps, news_sitemaps_first, robots_url
from newsbot.discovery.polls import PollResult, read_poll
from newsbot.discovery.sitemaps import sitemaps_of_robots
from newsbot.errors import UsageError
from newsbot.ingest import record
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject
from newsbot.middlewares.politeness import HeldError, Politeness
from newsbot.session import CrawlSession
from newsbot.settings import read_settings
from newsbot.sources.catalog import load_sources
from newsbot.sources.model import Source
from newsbot.spiders.page_spider import PageSpider, asked_url, fetched, header
from newsbot.store.crawl import frontier, polling
from newsbot.store.crawl.frontier import Leased
from newsbot.store.crawl.polling import DueFeed, PollAnswer
from newsbot.text import one_line

NOT_MODIFIED = 304
MAX_SITEMAPS = 5
"""Sitemaps of a robots.txt that are polled: those of news first."""
MAX_LIST_PAGES = 5
"""Pages of a section that are followed, while they lead to something new."""


class NewsSpider(PageSpider):
    """Polls feeds, sitemaps and section pages, and fetches new and changed articles."""

    name = "news"

    def __init__(self, source: str = "", due: str = "1") -> None:
        super().__init__(source=source, due=due)
        if due not in ("0", "1"):
            raise UsageError(
                f"spider news: due is {due!r}; accepted: 1 (only feeds whose time has come) or 0 (all)"
            )
        self.only_due = due == "1"
        self.keys = [key.strip() for key in source.split(",") if key.strip()]
        self.catalog: dict[str, Source] = {}
        self.in_flight: Counter[str] = Counter()
        """Requests under way, by source."""
        self.fetching: dict[str, str] = {}
        """URL -> source of the pages under way: from the request until what came of it is stored."""
        self.polls: dict[str, deque[Request]] = defaultdict(deque)
        """Polls that wait for their turn, by source; before pages, for what they lead to may be newer."""
        self.polled: set[int] = set()
        """Ids of the feeds that this run has asked for."""
        self.dry: set[str] = set()
        """Sources of which no page is due, until a poll finds something."""
        self.max_in_flight = 1
        self.landed = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Choose the sources; raises UsageError for a key that the catalog has not."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        catalog = load_sources(read_settings(crawler.settings).sources)
        for key in spider.keys:
            if key not in catalog:
                raise UsageError(
                    f"spider news: no source {key!r} in the catalog; newsbot sources list shows them"
                )
        chosen = spider.keys or [key for key, source in catalog.items() if source.enabled]
        spider.catalog = {key: catalog[key] for key in chosen}
        # As many as are fetched at once: a request that waited further on would not be stopped by a hold.
        spider.max_in_flight = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(spider.item_done, signal=signal)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Poll what is due, then fetch from the frontier until nothing is left to do."""
        await self._prepare()
        await self._queue_polls(self.catalog, only_due=self.only_due)
        while True:
            self.landed.clear()
            for request in [*self._next_polls(), *await self._leased_pages()]:
                yield request
            if not self.in_flight.total() and not self.landed.is_set():  # set: something came in meanwhile
                return
            await self.landed.wait()

    async def _prepare(self) -> None:
        """Bring the database in line with the catalog, free the leases of killed runs, skip what others crawl."""
        now = datetime.now(UTC)
        await self.run.write(polling.sync_sources, self.catalog.values(), now=now)
        await self.run.write(frontier.take_over, run_id=self.run.run_id, now=now)
        busy = await self.run.read(frontier.busy_sources, run_id=self.run.run_id, now=now)
        for key in busy & self.catalog.keys():
            self.logger.info("%s is being crawled by another run, and left to it", key)
        free = await self.run.read(polling.pollable_sources, self.catalog.keys() - busy, now=now)
        self.catalog = {key: self.catalog[key] for key in free}
        self.politeness.add_delays(
            {_host(source.homepage): source.delay_s for source in self.catalog.values()}
        )

    @property
    def run(self) -> CrawlSession:
        """The session of the crawl."""
        return CrawlSession.of(self.crawler)

    @property
    def politeness(self) -> Politeness:
        """What knows which hosts want to be left alone."""
        politeness = self.crawler.get_downloader_middleware(Politeness)
        assert politeness is not None
        return politeness

    # Feeds

    async def _queue_polls(self, keys: Collection[str], *, only_due: bool) -> None:
        due = await self.run.read(polling.due_feeds, keys, now=datetime.now(UTC), only_due=only_due)
        for feed in due:
            if feed.id not in self.polled:
                self.polled.add(feed.id)
                self._queue_poll(feed, feed.url, _conditions(feed.etag, feed.last_modified))

    def _queue_poll(self, feed: DueFeed, url: str, conditions: dict[str, str], page: int = 1) -> None:
        """Have a feed, or a further page of a list, asked for."""
        request = self._request(url, self.parse_poll, self.poll_failed, conditions)
        self.polls[feed.source].append(request.replace(cb_kwargs={"feed": feed, "page": page}))

    def _next_polls(self) -> list[Request]:
        """Take polls whose turn has come."""
        requests = []
        for key, waiting in self.polls.items():
            while waiting and self.in_flight[key] < self.max_in_flight:
                requests.append(waiting.popleft())
                self.in_flight[key] += 1
        return requests

    async def parse_poll(self, response: Response, feed: DueFeed, page: int) -> None:
        """Take the links of a feed to the frontier; follow the pages of a list while they lead to something new."""
        try:
            now = datetime.now(UTC)
            if answer := fetched(response):
                await self.run.write(
                    record.record_poll, answer, source=feed.source, run_id=self.run.run_id, now=now
                )
            found = self._found(response, feed, now)
            if found.problem:
                await self._save_failed_poll(feed, found.problem, response.status, now)
                return
            new = await self.run.write(
                polling.save_poll, feed, found, _answer(response), now=now, chance=_chance()
            )
            self._count("feeds/polled")
            self._count("links/new", new)
            if new:
                self.dry.discard(feed.source)
            if new and found.next_url and page < MAX_LIST_PAGES:
                self._queue_poll(feed, found.next_url, {}, page + 1)
            await self._queue_further_polls(feed, found)
        finally:
            self._landed(feed.source)

    def _found(self, response: Response, feed: DueFeed, now: datetime) -> PollResult:
        """Return what an answer leads to: nothing if it is the same as the last one."""
        if response.status == NOT_MODIFIED or polling.body_hash(response.body) == feed.content_hash:
            self._count("feeds/unchanged")
            return PollResult()
        return read_poll(feed.kind, response.body, response.url, self.catalog[feed.source], now=now,
                         content_type=header(response, "Content-Type"))  # fmt: skip

    async def _queue_further_polls(self, feed: DueFeed, found: PollResult) -> None:
        """Have the feeds polled that a poll has led to; where a homepage names none, guess, the first time."""
        if found.feeds:
            await self._queue_polls([feed.source], only_due=True)
        elif feed.kind == "homepage" and feed.interval_s is None:
            homepage = self.catalog[feed.source].homepage
            guesses = [("robots", robots_url(homepage))]
            guesses += [("feed", url) for url in likely_feeds(homepage)]
            guesses += [("sitemap", url) for url in likely_sitemaps(homepage)]
            for kind, url in guesses:
                request = self._request(url, self.parse_guess, self.guess_failed, {})
                self.polls[feed.source].append(
                    request.replace(cb_kwargs={"source": feed.source, "kind": kind})
                )

    async def parse_guess(self, response: Response, source: str, kind: str) -> None:
        """Poll from now on what proved to be a feed, or what robots.txt names."""
        try:
            if kind == "robots":
                named = (
                    sitemaps_of_robots(response.text, response.url)
                    if isinstance(response, TextResponse)
                    else []
                )
                found = [("sitemap", url) for url in news_sitemaps_first(named)[:MAX_SITEMAPS]]
            else:
                read = read_poll(
                    kind, response.body, response.url, self.catalog[source], now=datetime.now(UTC)
                )
                found = [] if read.problem else [(kind, response.url)]
            await self.run.write(polling.add_feeds, source, found)
            await self._queue_polls([source], only_due=True)
        finally:
            self._landed(source)

    def guess_failed(self, failure: Failure) -> None:
        """Let a wrong guess be."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self._landed(request.cb_kwargs["source"])

    async def poll_failed(self, failure: Failure) -> None:
        """Note that a feed could not be had, and when to try again."""
        request: Request = failure.request  # type: ignore[attr-defined]
        feed: DueFeed = request.cb_kwargs["feed"]
        try:
            error = failure.value
            status = error.response.status if isinstance(error, HttpError) else None
            if not isinstance(error, HeldError):
                detail = one_line(failure.getErrorMessage())
                await self._save_failed_poll(feed, detail, status, datetime.now(UTC))
            await self._hold_if_asked(feed.source, request)
        finally:
            self._landed(feed.source)

    async def _save_failed_poll(self, feed: DueFeed, error: str, status: int | None, now: datetime) -> None:
        self._count("feeds/failed")
        await self.run.write(
            polling.save_failed_poll, feed, now=now, error=error, status=status, chance=_chance()
        )

    # Pages

    async def _leased_pages(self) -> list[Request]:
        """Lease pages of the sources that have few requests under way, and no poll to make first."""
        room = {
            key: self.max_in_flight - self.in_flight[key]
            for key in self.catalog
            if key not in self.dry and not self.polls[key] and self.in_flight[key] <= self.max_in_flight // 2
        }
        if not room:
            return []
        leased = await self.run.write(frontier.lease, room, run_id=self.run.run_id, now=datetime.now(UTC))
        got = Counter(page.source for page in leased)
        self.dry.update(key for key in room if got[key] < room[key])
        self.in_flight.update(got)
        return [self._fetch(page) for page in leased]

    def _fetch(self, page: Leased) -> Request:
        conditions = _conditions(page.etag, page.last_modified) if page.article_id else {}
        request = self._request(page.url, self.parse_leased, self.fetch_of_leased_failed, conditions)
        self.fetching[request.url] = page.source
        return request.replace(cb_kwargs={"leased": page})

    async def parse_leased(self, response: Response, leased: Leased) -> AsyncIterator[Envelope | Reject]:
        """Yield the article of a page; one that has not changed is only seen again."""
        if response.status != NOT_MODIFIED or not leased.article_id:
            async for item in self.parse_page(response):
                yield item
            return
        try:
            now = datetime.now(UTC)
            not_modified = record.record_not_modified
            await self.run.write(not_modified, leased, fetched(response), run_id=self.run.run_id, now=now)
            self._count("store/not-modified")
        finally:
            assert response.request is not None
            self._fetched(asked_url(response.request))

    async def fetch_of_leased_failed(self, failure: Failure) -> AsyncIterator[Reject]:
        """Yield why there is no page; where the host has asked for time, only put the page off."""
        request: Request = failure.request  # type: ignore[attr-defined]
        leased: Leased = request.cb_kwargs["leased"]
        until = await self._hold_if_asked(leased.source, request)
        if not isinstance(failure.value, HeldError):
            for reject in self.fetch_failed(failure):
                yield reject
            return
        try:
            await self.run.write(frontier.postpone, leased.url, until=until or failure.value.until)
        finally:
            self._fetched(asked_url(request))

    def item_done(self, item: Envelope | Reject) -> None:
        """Make room for another page, now that what came of one is stored: a kill repeats no more than that."""
        if item.fetched:
            self._fetched(item.fetched.url)

    def _fetched(self, url: str) -> None:
        source = self.fetching.pop(url, None)
        if source is not None:
            self._landed(source)

    # Both

    def _request(self, url: str, callback: Any, errback: Any, conditions: dict[str, str]) -> Request:
        return Request(url, headers=conditions, callback=callback, errback=errback, dont_filter=True,
                       meta={"handle_httpstatus_list": [NOT_MODIFIED]})  # fmt: skip

    def _landed(self, source: str) -> None:
        self.in_flight[source] -= 1
        self.landed.set()

    async def _hold_if_asked(self, source: str, request: Request) -> datetime | None:
        """Leave a source alone, in later runs too, if the host of a request has asked for it."""
        until = self.politeness.held_until(request)
        if until:
            self.dry.add(source)
            self.polls[source].clear()
            await self.run.write(polling.hold_source, source, until=until)
        return until

    def _count(self, name: str, number: int = 1) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"newsbot/{name}", number)


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Return the headers of a conditional request (RFC 9110 section 13)."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}


def _answer(response: Response) -> PollAnswer:
    digest = None if response.status == NOT_MODIFIED else polling.body_hash(response.body)
    return PollAnswer(response.status, header(response, "ETag"), header(response, "Last-Modified"), digest)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _chance() -> float:
    """Return a number from 0 to 1, for jitter."""
    return random.random()  # noqa: S311
