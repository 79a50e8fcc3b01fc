"""Crawls the sources of the catalog: `scrapy crawl news -a source=KEY[,KEY] -a due=1`.

The database holds which feeds are due, which pages are leased or done, and which hosts are held. The spider only counts its
requests in flight (`Slots`).
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from scrapy.utils.asyncio import run_in_thread
from twisted.python.failure import Failure

from newsbot.discovery.homepages import likely_feeds, likely_sitemaps, news_sitemaps_first, robots_url
from newsbot.discovery.polls import PollResult, read_poll
from newsbot.discovery.sitemaps import sitemaps_of_robots
from newsbot.errors import UsageError
from newsbot.ingest import record
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.retry import TRANSIENT_TRIES
from newsbot.items import Reject
from newsbot.middlewares.politeness import HeldError
from newsbot.rendering.installed import renderable
from newsbot.rendering.render_pages import NO_PAGE
from newsbot.session import ENTRY, LISTER, SLOT, CrawlSession
from newsbot.settings import read_settings
from newsbot.sources.catalog import load_sources, unknown_source
from newsbot.sources.model import Source
from newsbot.sources.ownership import sort_links
from newsbot.spiders.page_spider import PageSpider, asked_url, fetch_of, fetched, header
from newsbot.spiders.poll_answers import (
    NOT_MODIFIED,
    answer_of,
    asks_to_wait,
    has_ended,
    is_temporary,
    poll_problem,
    request_for,
    request_of,
    status_of,
)
from newsbot.spiders.slots import Slots
from newsbot.store.crawl import feed_rows, frontier, polling
from newsbot.store.crawl.frontier import Leased
from newsbot.store.crawl.hosts import HostState
from newsbot.store.crawl.polling import DueFeed, PollAnswer, body_hash
from newsbot.urls import authority_of, host_of

MAX_SITEMAPS = 5
"""Maximum number of sitemaps of a robots.txt that are polled; news sitemaps come first."""


@dataclass(slots=True)
class Wait:
    """A hold that the run waits out, and what waits for its end."""

    until: datetime
    sources: set[str] = field(default_factory=set)
    polls: list[tuple[DueFeed, str, int]] = field(default_factory=list)
    """Feeds to poll, with the URL and the number of the page."""


@dataclass(slots=True)
class Guesses:
    """The guessed addresses of one homepage that are being tried."""

    waiting: int
    """Number of addresses whose outcome is not known yet."""
    have_failed: bool = False
    """Whether one of them failed for a reason that may be gone tomorrow: then all are tried again."""


class NewsSpider(PageSpider):
    """Polls feeds, sitemaps and section pages, and fetches new and changed articles.

    Setting: `CONCURRENT_REQUESTS_PER_DOMAIN` is the maximum number of requests in flight per source.
    Stats: `newsbot/feeds/polled`, `newsbot/feeds/unchanged`, `newsbot/feeds/failed`, `newsbot/feeds/gone`,
    `newsbot/links/new`, `newsbot/links/offsite` (links to other sites that were left out), `newsbot/store/not-modified`.
    Meta keys: `LISTER` and `ENTRY`; `SLOT` holds the number of the request's slot. A slot is released when the outcome of
    its request is stored: at the end of a callback, or by the signals of items and spider errors."""

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
        self.settled: set[int] = set()
        """Ids of the feeds whose poll is over. Sitemaps are polled after the index that lists them."""
        self.guesses: dict[int, Guesses] = {}
        """The guessed addresses that are tried, by the id of the homepage."""
        self.exhausted: set[str] = set()
        """Sources without a page that is due. A poll that finds new links removes its source."""
        self.waits: dict[str, Wait] = {}
        """The holds that this run waits out, by host."""
        self.left_to_others: set[str] = set()
        """Sources that another run is crawling."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return a spider for the chosen sources: those of the argument `source`, else all that are enabled.

        Raises UsageError for a key that is not in the catalog."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        ours = read_settings(crawler.settings)
        catalog = load_sources(ours.sources)
        for key in spider.keys:
            if key not in catalog:
                raise UsageError(f"spider news: {unknown_source(key, ours.sources)}", source=key)
        chosen = spider.keys or [key for key, source in catalog.items() if source.enabled]
        spider.catalog = renderable(
            {key: catalog[key] for key in chosen}, asked=spider.keys, browser=ours.browser
        )
        # No more than the downloader sends at once: a request that waits inside Scrapy is not stopped by a hold.
        spider.slots = Slots(limit=crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error, signals.spider_error):
            crawler.signals.connect(spider.release_slot, signal=signal)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield the polls that are due, then pages of the frontier, until nothing is due, in flight or soon free again."""
        await self._prepare()
        await self._queue_polls(self.catalog, only_due=self.only_due)
        while True:
            for request in [*self._next_polls(), *await self._leased_pages()]:
                yield request
            if not await self._wait():
                return

    async def _wait(self) -> bool:
        """Wait until a request is done or a short hold ends; return False if there is nothing to wait for."""
        if not self.waits:
            return await self.slots.wait()
        end = min(wait.until for wait in self.waits.values())
        rest_s = max((end - datetime.now(UTC)).total_seconds(), 0.0)
        if self.slots.are_idle():
            await asyncio.sleep(rest_s)
        else:
            await self.slots.wait(timeout_s=rest_s)
        for host, wait in list(self.waits.items()):
            if wait.until <= datetime.now(UTC):
                del self.waits[host]
                self.exhausted -= wait.sources
                for poll in wait.polls:
                    self._queue_poll(*poll)
        return True

    async def _prepare(self) -> None:
        """Store the catalog, free the leases of killed runs, and leave out sources that other runs crawl."""
        now = datetime.now(UTC)
        await self.run.write(feed_rows.sync_sources, self.catalog.values(), now=now)
        await self.run.write(frontier.take_over, run_id=self.run.run_id, now=now)
        busy = await self.run.read(frontier.busy_sources, run_id=self.run.run_id, now=now)
        self.left_to_others = busy & self.catalog.keys()
        for key in sorted(self.left_to_others):
            self.logger.info("%s is being crawled by another run, and left to it", key)
        self.catalog = {key: source for key, source in self.catalog.items() if key not in busy}
        for source in self.catalog.values():
            hosts = {urlsplit(source.homepage).hostname or "", *map(host_of, source.hosts)}
            self.politeness.add_delays(dict.fromkeys(hosts, source.delay_s))

    @property
    def run(self) -> CrawlSession:
        """The session of the crawl."""
        return CrawlSession.of(self.crawler)

    @property
    def sources_done(self) -> tuple[int, int]:
        """The number of sources for which nothing is left to do now, and of all sources of this run."""
        waiting = set().union(*(wait.sources for wait in self.waits.values()))
        done = self.exhausted - waiting - {key for key, polls in self.polls.items() if polls}
        return sum(not self.slots.in_use(key) for key in done), len(self.catalog)

    # Feeds

    async def _queue_polls(self, keys: Collection[str], *, only_due: bool) -> None:
        """Queue the feeds of sources that this run has not polled: those that are due, or all.

        A sitemap waits for the poll of its index, which may list it no longer."""
        due = await self.run.read(polling.due_feeds, keys, now=datetime.now(UTC), only_due=only_due)
        unsettled = {feed.id for feed in due} - self.settled
        for feed in due:
            if feed.id not in self.polled and feed.found_in not in unsettled:
                self.polled.add(feed.id)
                self._queue_poll(feed, feed.address)

    def _queue_poll(self, feed: DueFeed, url: str, page: int = 1) -> None:
        """Queue the poll of a feed, or of a further page of a list."""
        request = request_for(
            url,
            self.parse_poll,
            self.poll_failed,
            etag=feed.etag if page == 1 else None,
            last_modified=feed.last_modified if page == 1 else None,
            kind=feed.kind,
        )
        request.meta[NO_PAGE] = feed.kind in ("feed", "sitemap")
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
            found = await self._found(response, feed, now)
            if found.problem:
                problem = found.problem
                if response.url != feed.address:
                    problem += f"; it redirects to {response.url}"
                await self._save_failed_poll(feed, problem, response.status, now)
                await self._settle(feed)
            else:
                await self._save_poll(feed, found, answer_of(response), page, now)

    async def _found(self, response: Response, feed: DueFeed, now: datetime) -> PollResult:
        """Return the links of a response to a poll; none if its content is that of the last poll."""
        if response.status == NOT_MODIFIED or body_hash(response.body) == feed.content_hash:
            self._count("feeds/unchanged")
            return PollResult()
        return await run_in_thread(
            read_poll,
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
        listed = sort_links([link.url for link in found.links], self.catalog[feed.source], self.sources)
        if listed.strangers:
            strangers = set(listed.strangers)
            links = tuple(link for link in found.links if link.url not in strangers)
            found = replace(found, links=links, note=_with_strangers(found.note, listed.strangers))
            self._count("links/offsite", len(strangers))
        offsite = set(listed.other)
        if page > 1:
            new = await self.run.write(polling.save_list_page, feed, found, page, now=now, offsite=offsite)
        else:
            new = await self.run.write(
                polling.save_poll, feed, found, answer, now=now, chance=_chance(), offsite=offsite
            )
        self._count("feeds/polled")
        self._count("links/new", new)
        if new:
            self.exhausted.discard(feed.source)
        if new and found.next_url and page < polling.MAX_LIST_PAGES:
            self._queue_poll(feed, found.next_url, page + 1)
        elif page == 1 and feed.next_page_url and feed.next_page:  # an earlier run was ended before it
            self._queue_poll(feed, feed.next_page_url, feed.next_page)
        await self._settle(feed)
        if feed.kind == "homepage" and await self.run.read(polling.needs_guesses, feed, now=now):
            self._queue_guesses(feed)

    async def _settle(self, feed: DueFeed) -> None:
        """Note that the poll of a feed is over, and queue those that were found in it."""
        self.settled.add(feed.id)
        if feed.kind in ("sitemap", "homepage"):
            await self._queue_polls([feed.source], only_due=self.only_due)

    def _queue_guesses(self, feed: DueFeed) -> None:
        """Queue the addresses at which sites often have their feeds and sitemaps."""
        homepage = self.catalog[feed.source].homepage
        guesses = [("robots", robots_url(homepage))]
        guesses += [("feed", url) for url in likely_feeds(homepage)]
        guesses += [("sitemap", url) for url in likely_sitemaps(homepage)]
        self.guesses[feed.id] = Guesses(len(guesses))
        for kind, url in guesses:
            request = request_for(url, self.parse_guess, self.guess_failed, kind=kind)
            request.meta[NO_PAGE] = True
            self.polls[feed.source].append(request.replace(cb_kwargs={"homepage": feed, "kind": kind}))

    async def parse_guess(self, response: Response, homepage: DueFeed, kind: str) -> None:
        """Store a guessed address as a feed of the source if it is one, or the sitemaps that robots.txt names."""
        source = homepage.source
        with self.slots.releasing(response.meta.get(SLOT)):
            feeds = self._sitemaps(response) if kind == "robots" else self._feed_at(response, source, kind)
            await self.run.write(feed_rows.add_feeds, source, feeds, found_in=homepage.id)
            await self._end_guess(homepage)
            await self._queue_polls([source], only_due=self.only_due)

    def _sitemaps(self, response: Response) -> list[tuple[str, str]]:
        named = sitemaps_of_robots(response.text, response.url) if isinstance(response, TextResponse) else []
        return [("sitemap", url) for url in news_sitemaps_first(named)[:MAX_SITEMAPS]]

    def _feed_at(self, response: Response, source: str, kind: str) -> list[tuple[str, str]]:
        now = datetime.now(UTC)
        found = read_poll(kind, response.body, response.url, self.catalog[source], now=now)
        return [] if found.problem else [(kind, response.url)]

    async def guess_failed(self, failure: Failure) -> None:
        """Note that a guessed address cannot be fetched."""
        request = request_of(failure)
        with self.slots.releasing(request.meta.get(SLOT)):
            await self._end_guess(request.cb_kwargs["homepage"], has_failed=is_temporary(failure))

    async def _end_guess(self, homepage: DueFeed, *, has_failed: bool = False) -> None:
        """Note the outcome of a guessed address. Once all are known, they are not tried again for a week."""
        guesses = self.guesses[homepage.id]
        guesses.waiting -= 1
        guesses.have_failed |= has_failed
        if guesses.waiting == 0 and not guesses.have_failed:
            await self.run.write(polling.save_guesses, homepage, now=datetime.now(UTC))

    async def poll_failed(self, failure: Failure) -> None:
        """Store that a feed could not be fetched, and when to poll it again.

        If its host is held for a short time, poll it again in this run. A hold is no failure of the feed."""
        request = request_of(failure)
        feed: DueFeed = request.cb_kwargs["feed"]
        with self.slots.releasing(request.meta.get(SLOT)):
            hold = self.politeness.hold_behind(request, failure.value)
            if hold is not None and self._waits_for(hold, feed.source, request):
                return  # it is polled again when the hold ends
            if request.cb_kwargs["page"] > 1:
                if not is_temporary(failure):  # else a later run asks for it
                    await self.run.write(polling.forget_next_page, feed)
                return
            if hold is not None and asks_to_wait(failure):
                await self.run.write(polling.postpone_poll, feed, until=hold.held_until)
            else:
                await self._save_failed_poll(
                    feed,
                    poll_problem(failure),
                    status_of(failure),
                    datetime.now(UTC),
                    not_before=hold.held_until if hold else None,
                    has_ended=has_ended(failure),
                )
            await self._settle(feed)

    async def _save_failed_poll(
        self,
        feed: DueFeed,
        error: str,
        status: int | None,
        now: datetime,
        *,
        not_before: datetime | None = None,
        has_ended: bool = False,
    ) -> None:
        self._count("feeds/gone" if has_ended else "feeds/failed")
        await self.run.write(
            polling.save_failed_poll,
            feed,
            now=now,
            error=error,
            status=status,
            chance=_chance(),
            not_before=not_before,
            has_ended=has_ended,
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
        is_known = page.article_id is not None
        request = request_for(
            page.url,
            self.parse_leased,
            self.fetch_of_leased_failed,
            etag=page.etag if is_known else None,
            last_modified=page.last_modified if is_known else None,
        )
        request.meta[SLOT] = self.slots.take(page.source)
        request.meta[ENTRY] = page.entry
        if not page.is_offsite:
            request.meta[LISTER] = page.source
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
        """Yield why there is no page. If its host is held, only postpone the page, unless it has been tried too often."""
        request = request_of(failure)
        leased: Leased = request.cb_kwargs["leased"]
        hold = self.politeness.hold_behind(request, failure.value)
        was_asked = not isinstance(failure.value, HeldError)
        is_given_up = was_asked and (not asks_to_wait(failure) or leased.attempts >= TRANSIENT_TRIES)
        if hold is None or hold.held_until is None or is_given_up:
            for reject in self.fetch_failed(failure):
                yield replace(reject, source=None if leased.is_offsite else leased.source)
            return
        with self.slots.releasing(request.meta.get(SLOT)):
            if not leased.is_offsite:  # no run waits for the page of a stranger
                self._waits_for(hold, leased.source)
            answer = fetch_of(failure) if was_asked else None
            await self.run.write(
                record.record_held,
                leased,
                answer,
                until=hold.held_until,
                run_id=self.run.run_id,
                now=datetime.now(UTC),
            )

    def release_slot(self, response: Response | Failure | None) -> None:
        """Release the slot of a request whose item has been stored or rejected, or whose callback has failed.

        It is not released before that, so that a kill repeats no more pages than there are slots."""
        request: Request | None = getattr(response, "request", None)
        if request is not None:
            self.slots.release(request.meta.get(SLOT))

    # Holds

    def _waits_for(self, hold: HostState, source: str, poll: Request | None = None) -> bool:
        """Return whether this run waits until the hold of a host ends; if so, note the source that waits, and the poll."""
        if hold.held_until is None or self.politeness.rest_s(hold) is None:
            return False
        wait = self.waits.setdefault(hold.host, Wait(hold.held_until))
        wait.until = max(wait.until, hold.held_until)
        wait.sources.add(source)
        wait.polls += [(poll.cb_kwargs["feed"], asked_url(poll), poll.cb_kwargs["page"])] if poll else []
        return True

    def _count(self, name: str, number: int = 1) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"newsbot/{name}", number)


def _with_strangers(note: str | None, urls: Collection[str]) -> str:
    """Return the note of a poll with the links to other sites that were left out."""
    hosts = ", ".join(sorted(set(map(authority_of, urls)))[:5])
    left_out = f"{len(set(urls))} links to other sites are left out ({hosts})"
    return f"{note}; {left_out}" if note else left_out


def _chance() -> float:
    """Return a random number from 0 to 1, for jitter."""
    return random.random()  # noqa: S311
