"""Crawls the sources of the catalog: `scrapy crawl news -a source=KEY[,KEY] -a due=1`.

The database holds which feeds are due, which pages are leased or done, which hosts are held, and which run asks which host.
The spider claims hosts with due work, a few at a time, and counts its requests in flight (`Slots`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from sqlalchemy.orm import Session
from twisted.python.failure import Failure

from newsbot.errors import UsageError
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject
from newsbot.middlewares.own_hosts import OwnHosts
from newsbot.rendering.installed import renderable
from newsbot.session import SLOT, CrawlSession
from newsbot.settings import read_settings
from newsbot.sources.catalog import configured_delay, open_catalog
from newsbot.sources.unknown_source import unknown_source
from newsbot.spiders.news_work.catalog_sync import store_catalog
from newsbot.spiders.news_work.feed_polls import FeedPolls
from newsbot.spiders.news_work.hold_waits import HoldWaits
from newsbot.spiders.news_work.host_turns import HostTurns
from newsbot.spiders.news_work.leased_pages import LeasedPages, reject_of
from newsbot.spiders.news_work.news_run import NewsRun
from newsbot.spiders.page_spider import PageSpider
from newsbot.spiders.slots import Slots
from newsbot.store.crawl.frontier import Leased
from newsbot.store.crawl.sharing import dead_runs, due_work, host_claims
from newsbot.store.crawl.sharing.wanted_work import Wanted

HOSTS_A_REQUEST = 4
"""Number of hosts that are claimed at the same time for every request that Scrapy sends at the same time: the others wait
for the delay of their host."""
IDLE_S = 5.0
"""Time after which the loop looks for due work again although nothing has happened."""
MAX_LEFT = 100
"""Maximum number of hosts that are named as left to other runs."""


class NewsSpider(PageSpider):
    """Polls feeds, sitemaps and section pages, and fetches new and changed articles.

    Setting: `CONCURRENT_REQUESTS_PER_DOMAIN` is the maximum number of requests in flight per host.
    Stats: `newsbot/feeds/polled`, `newsbot/feeds/unchanged`, `newsbot/feeds/failed`, `newsbot/feeds/gone`,
    `newsbot/links/new`, `newsbot/links/offsite` (links to other sites that were left out), `newsbot/store/not-modified`,
    `newsbot/claims/lost` (polls that were not stored, because another run had claimed the host).
    Meta keys: `LISTER`, `ENTRY` and `CLAIM`; `SLOT` holds the number of the request's slot. A slot is released when the
    outcome of its request is stored: at the end of a callback, or by the signals of items and spider errors."""

    name = "news"
    claim_lease = host_claims.LEASE
    """Time for which hosts are claimed, unless the claims are renewed."""

    def __init__(self, source: str = "", due: str = "1") -> None:
        super().__init__(source=source, due=due)
        if due not in ("0", "1"):
            raise UsageError(
                f"spider news: due is {due!r}; accepted: 1 (only feeds whose time has come) or 0 (all)"
            )
        self.only_due = due == "1"
        self.keys = [key.strip() for key in source.split(",") if key.strip()]
        self.chosen: Sequence[str] = ()
        """Keys of the sources of this run."""
        self.slots = Slots(limit=1)
        self.wanted: Wanted | None = None
        """The work of this run; None before it is known."""
        self.left_to_others: list[str] = []
        """Hosts with due work that other runs ask, at the end."""
        self.work: NewsRun
        self.feeds: FeedPolls
        self.pages: LeasedPages

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return a spider for the chosen sources: those of the argument `source`, else all that are enabled.

        Raises UsageError for a key that is not in the catalog."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        ours = read_settings(crawler.settings)
        catalog = open_catalog(ours.sources)
        for key in spider.keys:
            if key not in catalog.sources:
                raise UsageError(f"spider news: {unknown_source(key, ours.sources)}", source=key)
        chosen = spider.keys or catalog.enabled
        rendering = {key: catalog.sources[key] for key in catalog.rendering if key in set(chosen)}
        left_out = rendering.keys() - renderable(rendering, asked=spider.keys, browser=ours.browser).keys()
        spider.chosen = [key for key in chosen if key not in left_out] if left_out else chosen
        # No more than the downloader sends at once: a request that waits inside Scrapy is not stopped by a hold.
        spider.slots = Slots(limit=crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error, signals.spider_error):
            crawler.signals.connect(spider.release_slot, signal=signal)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield the polls that are due, then pages of the frontier, until nothing is due, in flight or soon free again."""
        await self._prepare()
        while True:
            if hosts := await self.work.turns.take():
                await self.feeds.queue.add_due(hosts)
            for request in [*self.feeds.queue.next(), *await self.pages.next(self.feeds.queue.waiting)]:
                yield request
            await self._end_turns()
            if not await self._wait():
                break
        await self._note_left()

    async def _prepare(self) -> None:
        """Store the catalog, free what dead runs have leased or claimed, and begin to claim hosts."""
        run, politeness, began = CrawlSession.of(self.crawler), self.politeness, datetime.now(UTC)
        run_id = run.run_id
        assert run_id is not None
        await run.write(_take_over, run_id)
        catalog_id = await store_catalog(run, self.sources, self.chosen, is_whole=not self.keys)
        self.wanted = Wanted(
            began=began, only_due=self.only_due, sources=tuple(self.keys), catalog_id=catalog_id
        )
        politeness.configured_delay = lambda url: configured_delay(url, self.sources)
        own = OwnHosts(run.database, run_id, delay_of=self._delay_of, lease=self.claim_lease)
        politeness.claim_hosts(own)
        self.work = NewsRun(
            crawler=self.crawler,
            session=run,
            politeness=politeness,
            sources=self.sources,
            wanted=self.wanted,
            slots=self.slots,
            turns=self.make_turns(own, self.wanted),
            waits=HoldWaits(),
        )
        self.feeds = FeedPolls(self.work)
        self.pages = LeasedPages(self.work, parse=self.parse_leased, fail=self.fetch_of_leased_failed)

    def make_turns(self, own: OwnHosts, wanted: Wanted) -> HostTurns:
        """Return the turns of the hosts that this run works on."""
        limit = HOSTS_A_REQUEST * self.crawler.settings.getint("CONCURRENT_REQUESTS")
        return HostTurns(own, wanted, limit)

    def _delay_of(self, host: str) -> float:
        """Return the seconds between two requests to a host, as far as they are known before the first one."""
        default = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        return max(configured_delay(f"http://{host}/", self.sources), default)

    async def _end_turns(self) -> None:
        """Give back the hosts on which nothing is left to do now, or whose turn is over."""
        turns, waiting = self.work.turns, self.work.waits.hosts
        turns.forget_lost()
        await turns.end(
            [
                host
                for host in turns.turns
                if not self.slots.in_use(host)
                and host not in self.feeds.queue.waiting
                and host not in waiting
                and not turns.wants_pages(host)
            ]
        )

    async def _wait(self) -> bool:
        """Wait until a request is done or a short hold ends; return False if there is nothing to wait for."""
        waits = self.work.waits
        if self.slots.are_idle() and not waits.waits:
            return await self._is_more()
        rest_s = waits.rest_s()
        timeout_s = IDLE_S if rest_s is None else min(rest_s, IDLE_S)
        if self.slots.are_idle():
            await asyncio.sleep(timeout_s)
        else:
            await self.slots.wait(timeout_s=timeout_s)
        self._end_waits()
        return True

    def _end_waits(self) -> None:
        """Go on with what has waited for holds that are over."""
        for wait in self.work.waits.ended():
            self.work.turns.note_new(wait.hosts)
            for poll in wait.polls:
                self.feeds.queue.add(*poll)

    async def _is_more(self) -> bool:
        """Return whether anything is left to do although no request is in flight: a last look into the database."""
        turns = self.work.turns
        if turns.turns or self.feeds.queue.waiting:  # of a claim that has to be renewed
            await asyncio.sleep(1)
            return True
        await turns.own.end_visits(idle_s=0)
        if not turns.may_be_more:
            turns.may_be_more = True
            hosts = await turns.take()
            await self.feeds.queue.add_due(hosts)
        return bool(turns.turns) or turns.may_be_more

    async def _note_left(self) -> None:
        """Note the hosts with due work that other runs ask."""
        run, wanted = self.work.session, self.work.wanted
        self.left_to_others = await run.read(
            lambda session: due_work.left_to_others(
                session, wanted, limit=MAX_LEFT, now=host_claims.clock(session), run_id=self.work.id
            )
        )

    @property
    def hosts_done(self) -> tuple[int, int]:
        """The number of hosts whose turn is over, and of all whose turn has begun."""
        if self.wanted is None:
            return 0, 0
        return self.work.turns.done, self.work.turns.done + len(self.work.turns.turns)

    async def parse_leased(self, response: Response, leased: Leased) -> AsyncIterator[Envelope | Reject]:
        """Yield the article of a page. If the page was not modified, only store that the article was seen again."""
        if not await self.pages.is_not_modified(response, leased):
            async for item in self.parse_page(response):
                yield item

    async def fetch_of_leased_failed(self, failure: Failure) -> AsyncIterator[Reject]:
        """Yield why there is no page. If its host is held, only postpone the page, unless it has been tried too often."""
        leased: Leased = failure.request.cb_kwargs["leased"]  # type: ignore[attr-defined]
        if not await self.pages.is_postponed(failure, leased):
            for reject in self.fetch_failed(failure):
                yield reject_of(reject, leased)

    def release_slot(self, response: Response | Failure | None) -> None:
        """Release the slot of a request whose item has been stored or rejected, or whose callback has failed.

        It is not released before that, so that a kill repeats no more pages than there are slots."""
        request: Request | None = getattr(response, "request", None)
        if request is not None:
            self.slots.release(request.meta.get(SLOT))


def _take_over(session: Session, run_id: int) -> None:
    dead_runs.take_over(session, run_id=run_id, now=host_claims.clock(session))
