"""Crawls the sources of the catalog: `scrapy crawl news -a source=KEY[,KEY] -a due=1`.

The database holds which feeds are due and which pages are leased or done. The spider only counts its requests in
flight (`Slots`).
"""

from __future__ import annotations

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
from newsbot.session import SLOT, CrawlSession
from newsbot.settings import read_settings
from newsbot.sources.catalog import load_sources
from newsbot.sources.model import Source
from newsbot.spiders.page_spider import PageSpider, fetched, header
from newsbot.spiders.slots import Slots
from newsbot.store.crawl import frontier, polling
from newsbot.store.crawl.frontier import Leased
from newsbot.store.crawl.polling import DueFeed, PollAnswer
from newsbot.text import one_line

NOT_MODIFIED = 304
MAX_SITEMAPS = 5
"""Maximum number of sitemaps of a robots.txt that are polled; news sitemaps come first."""
MAX_LIST_PAGES = 5
"""Maximum number of pages of a section that are followed while they lead to new articles."""


class NewsSpider(PageSpider):
    """Polls feeds, sitemaps and section pages, and fetches new and changed articles.

    Setting: `CONCURRENT_REQUESTS_PER_DOMAIN` is the maximum number of requests in flight per source.
    Stats: `newsbot/feeds/polled`, `newsbot/feeds/unchanged`, `newsbot/feeds/failed`, `newsbot/links/new`,
    `newsbot/store/not-modified`.
    Meta key: `SLOT` holds the number of the request's slot. A slot is released when the outcome of its request is
    stored: at the end of a callback, or by the signals of items and spider errors."""

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
        """The sources of this run, by key."""
        self.slots = Slots(limit=1)
        self.polls: dict[str, deque[Request]] = defaultdict(deque)
        """Polls that have not been sent yet, by source. They come before pages, because they may find newer ones."""
        self.polled: set[int] = set()
        """Ids of the feeds that this run has polled, or is going to."""
        self.exhausted: set[str] = set()
        """Sources without a page that is due. A poll that finds new links removes its source."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return a spider for the chosen sources: those of the argument `source`, else all that are enabled.

        Raises UsageError for a key that is not in the catalog."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        catalog = load_sources(read_settings(crawler.settings).sources)
        for key in spider.keys:
            if key not in catalog:
                raise UsageError(
                    f"spider news: no source {key!r} in the catalog; newsbot sources list shows them"
                )
        chosen = spider.keys or [key for key, source in catalog.items() if source.enabled]
        spider.catalog = {key: catalog[key] for key in chosen}
        # No more than the downloader sends at once: a request that waits inside Scrapy is not stopped by a hold.
        spider.slots = Slots(limit=crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error, signals.spider_error):
            crawler.signals.connect(spider.release_slot, signal=signal)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield the polls that are due, then pages of the frontier, until nothing is due or in flight."""
        await self._prepare()
        await self._queue_polls(self.catalog, only_due=self.only_due)
        while True:
            for request in [*self._next_polls(), *await self._leased_pages()]:
                yield request
            if not await self.slots.wait():
                return

    async def _prepare(self) -> None:
        """Store the catalog, free the leases of killed runs, and leave out sources that other runs crawl."""
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
        """The middleware with the delays of hosts, and the hosts that are held."""
        politeness = self.crawler.get_downloader_middleware(Politeness)
        assert politeness is not None
        return politeness

    # Feeds

    async def _queue_polls(self, keys: Collection[str], *, only_due: bool) -> None:
        """Queue the feeds of sources that this run has not polled: those that are due, or all."""
        due = await self.run.read(polling.due_feeds, keys, now=datetime.now(UTC), only_due=only_due)
        for feed in due:
            if feed.id not in self.polled:
                self.polled.add(feed.id)
                self._queue_poll(feed, feed.url, _conditions(feed.etag, feed.last_modified))

    def _queue_poll(self, feed: DueFeed, url: str, conditions: dict[str, str], page: int = 1) -> None:
        """Queue the poll of a feed, or of a further page of a list."""
        request = _request(url, self.parse_poll, self.poll_failed, conditions)
        self.polls[feed.source].append(request.replace(cb_kwargs={"feed": feed, "page": page}))

    def _next_polls(self) -> list[Request]:
        """Return queued polls, as many as there are free slots for their sources."""
        requests = []
        for key, waiting in self.polls.items():
            while waiting and self.slots.free(key):
                request = waiting.popleft()
                request.meta[SLOT] = self.slots.take(key)
                requests.append(request)
        return requests

    async def parse_poll(self, response: Response, feed: DueFeed, page: int) -> None:
        """Store the links of a feed in the frontier, and queue what it leads to."""
        with self.slots.releasing(response.meta.get(SLOT)):
            now = datetime.now(UTC)
            if answer := fetched(response):
                await self.run.write(
                    record.record_poll, answer, source=feed.source, run_id=self.run.run_id, now=now
                )
            found = self._found(response, feed, now)
            if found.problem:
                await self._save_failed_poll(feed, found.problem, response.status, now)
            else:
                await self._save_poll(feed, found, _answer(response), page, now)

    def _found(self, response: Response, feed: DueFeed, now: datetime) -> PollResult:
        """Return the links of a response to a poll; none if its content is that of the last poll."""
        if response.status == NOT_MODIFIED or polling.body_hash(response.body) == feed.content_hash:
            self._count("feeds/unchanged")
            return PollResult()
        return read_poll(
            feed.kind,
            response.body,
            response.url,
            self.catalog[feed.source],
            now=now,
            content_type=header(response, "Content-Type"),
        )

    async def _save_poll(
        self, feed: DueFeed, found: PollResult, answer: PollAnswer, page: int, now: datetime
    ) -> None:
        """Store the links of a successful poll; queue the next page of a list with new links, and the feeds it names."""
        new = await self.run.write(polling.save_poll, feed, found, answer, now=now, chance=_chance())
        self._count("feeds/polled")
        self._count("links/new", new)
        if new:
            self.exhausted.discard(feed.source)
        if new and found.next_url and page < MAX_LIST_PAGES:
            self._queue_poll(feed, found.next_url, {}, page + 1)
        if found.feeds:
            await self._queue_polls([feed.source], only_due=True)
        elif (
            feed.kind == "homepage" and feed.interval_s is None
        ):  # the first poll of a homepage that names none
            self._queue_guesses(feed.source)

    def _queue_guesses(self, source: str) -> None:
        """Queue the addresses at which sites often have their feeds and sitemaps."""
        homepage = self.catalog[source].homepage
        guesses = [("robots", robots_url(homepage))]
        guesses += [("feed", url) for url in likely_feeds(homepage)]
        guesses += [("sitemap", url) for url in likely_sitemaps(homepage)]
        for kind, url in guesses:
            request = _request(url, self.parse_guess, self.guess_failed, {})
            self.polls[source].append(request.replace(cb_kwargs={"source": source, "kind": kind}))

    async def parse_guess(self, response: Response, source: str, kind: str) -> None:
        """Store a guessed address as a feed of the source if it is one, or the sitemaps that robots.txt names."""
        with self.slots.releasing(response.meta.get(SLOT)):
            feeds = self._sitemaps(response) if kind == "robots" else self._feed_at(response, source, kind)
            await self.run.write(polling.add_feeds, source, feeds)
            await self._queue_polls([source], only_due=True)

    def _sitemaps(self, response: Response) -> list[tuple[str, str]]:
        named = sitemaps_of_robots(response.text, response.url) if isinstance(response, TextResponse) else []
        return [("sitemap", url) for url in news_sitemaps_first(named)[:MAX_SITEMAPS]]

    def _feed_at(self, response: Response, source: str, kind: str) -> list[tuple[str, str]]:
        now = datetime.now(UTC)
        found = read_poll(kind, response.body, response.url, self.catalog[source], now=now)
        return [] if found.problem else [(kind, response.url)]

    def guess_failed(self, failure: Failure) -> None:
        """Ignore a guessed address that cannot be fetched."""
        self.slots.release(_request_of(failure).meta.get(SLOT))

    async def poll_failed(self, failure: Failure) -> None:
        """Store that a feed could not be fetched, and when to poll it again."""
        request = _request_of(failure)
        feed: DueFeed = request.cb_kwargs["feed"]
        with self.slots.releasing(request.meta.get(SLOT)):
            error = failure.value
            if not isinstance(error, HeldError):
                status = error.response.status if isinstance(error, HttpError) else None
                detail = one_line(failure.getErrorMessage())
                await self._save_failed_poll(feed, detail, status, datetime.now(UTC))
            await self._hold_if_asked(feed.source, request)

    async def _save_failed_poll(self, feed: DueFeed, error: str, status: int | None, now: datetime) -> None:
        self._count("feeds/failed")
        await self.run.write(
            polling.save_failed_poll, feed, now=now, error=error, status=status, chance=_chance()
        )

    # Pages

    async def _leased_pages(self) -> list[Request]:
        """Return requests for pages that are leased from the frontier.

        Pages are leased for sources without a waiting poll that have at most half of their slots in use."""
        capacity = {key: self.slots.free(key) for key in self.catalog if self._may_lease(key)}
        if not capacity:
            return []
        now = datetime.now(UTC)
        leased = await self.run.write(frontier.lease, capacity, run_id=self.run.run_id, now=now)
        count = Counter(page.source for page in leased)
        self.exhausted.update(key for key in capacity if count[key] < capacity[key])
        return [self._fetch(page) for page in leased]

    def _may_lease(self, key: str) -> bool:
        is_waiting = key not in self.exhausted and not self.polls[key]
        return is_waiting and self.slots.in_use(key) <= self.slots.limit // 2

    def _fetch(self, page: Leased) -> Request:
        conditions = _conditions(page.etag, page.last_modified) if page.article_id else {}
        request = _request(page.url, self.parse_leased, self.fetch_of_leased_failed, conditions)
        request.meta[SLOT] = self.slots.take(page.source)
        return request.replace(cb_kwargs={"leased": page})

    async def parse_leased(self, response: Response, leased: Leased) -> AsyncIterator[Envelope | Reject]:
        """Yield the article of a page. If the page was not modified, only store that the article was seen again."""
        if response.status != NOT_MODIFIED or not leased.article_id:
            async for item in self.parse_page(response):
                yield item
            return
        with self.slots.releasing(response.meta.get(SLOT)):
            now = datetime.now(UTC)
            not_modified = record.record_not_modified
            await self.run.write(not_modified, leased, fetched(response), run_id=self.run.run_id, now=now)
            self._count("store/not-modified")

    async def fetch_of_leased_failed(self, failure: Failure) -> AsyncIterator[Reject]:
        """Yield why there is no page. If its host asked to be left alone, only postpone the page."""
        request = _request_of(failure)
        leased: Leased = request.cb_kwargs["leased"]
        until = await self._hold_if_asked(leased.source, request)
        if not isinstance(failure.value, HeldError):
            for reject in self.fetch_failed(failure):
                yield reject
            return
        with self.slots.releasing(request.meta.get(SLOT)):
            await self.run.write(frontier.postpone, leased.url, until=until or failure.value.until)

    def release_slot(self, response: Response | Failure | None) -> None:
        """Release the slot of a request whose item has been stored or rejected, or whose callback has failed.

        It is not released before that, so that a kill repeats no more pages than there are slots."""
        request: Request | None = getattr(response, "request", None)
        if request is not None:
            self.slots.release(request.meta.get(SLOT))

    # Feeds and pages

    async def _hold_if_asked(self, source: str, request: Request) -> datetime | None:
        """Hold a source, also in later runs, if the host of a request is held.

        Returns the time until which the host is held; None if it is not."""
        until = self.politeness.held_until(request)
        if until:
            self.exhausted.add(source)
            self.polls[source].clear()
            await self.run.write(polling.hold_source, source, until=until)
        return until

    def _count(self, name: str, number: int = 1) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"newsbot/{name}", number)


def _request(url: str, callback: Any, errback: Any, conditions: dict[str, str]) -> Request:
    return Request(
        url,
        headers=conditions,
        callback=callback,
        errback=errback,
        dont_filter=True,
        meta={"handle_httpstatus_list": [NOT_MODIFIED]},
    )


def _request_of(failure: Failure) -> Request:
    request: Request = failure.request  # type: ignore[attr-defined]
    return request


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
    """Return a random number from 0 to 1, for jitter."""
    return random.random()  # noqa: S311
