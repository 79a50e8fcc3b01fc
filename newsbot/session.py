"""`CrawlSession`, which holds the database and the workers of a crawl; the meta keys that its components share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain, takewhile
from typing import Concatenate, ParamSpec, Self, TypeVar

from itemadapter.adapter import DataclassAdapter, ItemAdapter
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import run_in_thread
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import load_object
from sqlalchemy.orm import Session

from newsbot import __version__
from newsbot.capture import Capture
from newsbot.errors import DatabaseError
from newsbot.ingest.batches import Writer
from newsbot.ingest.envelope import Envelope, stage_failed
from newsbot.ingest.pool import Pool, WorkerDiedError
from newsbot.ingest.process import Processor
from newsbot.ingest.record import Item
from newsbot.items import Reject
from newsbot.settings import read_settings
from newsbot.starting import keep_what_is_loaded
from newsbot.store.crawl.feed_rows import describe_sources
from newsbot.store.crawl.frontier import release
from newsbot.store.crawl.run_rows import finish_run, start_run
from newsbot.store.crawl.sharing.dead_runs import run_process
from newsbot.store.crawl.sharing.host_claims import clock, free_claims
from newsbot.store.database import Database

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

COUNTED = "newsbot/"
"""Prefix of the stats that are stored in the row of the run."""

CAPTURE = "capture"
"""Request.meta key: the `Capture` of a saved page, from which the response was made."""
SAVED_PATH = "saved_path"
"""Request.meta key: path of the file that holds the page. Such a request never goes to the network."""
PLACE = "place"
"""Request.meta key: the place of the page's record in a WARC file."""
KEPT = "kept"
"""Request.meta key: place of the response in newsbot's own archive (`Kept`)."""
LISTER = "newsbot_source"
"""Request.meta key: key of the source whose feed lists the page as its own."""
ENTRY = "newsbot_entry"
"""Request.meta key: what that feed says of the article (`FeedEntry`)."""
SLOT = "newsbot_slot"
"""Request.meta key: number of the slot of `spiders.slots` that the request has taken."""


class CrawlSession:
    """Extension that holds the database, the writer and the workers of one crawl, and the id of its row in `runs`.

    Nothing that takes time runs in the reactor: workers read pages, and threads use the database.

    Settings: `NEWSBOT_DATABASE_URL`, `NEWSBOT_WORKERS`, `NEWSBOT_SOURCES`, `NEWSBOT_ENTITY_ENGINE`.
    Stats: `newsbot/fetched` (responses from the network), `newsbot/latency_ms` (their latencies, added up). All stats
    that begin with `newsbot/` are stored in the row of the run."""

    def __init__(self, crawler: Crawler, processor: Processor, database: Database) -> None:
        self.crawler = crawler
        self.processor = processor
        self.database = database
        self.writer = Writer(database)
        self.pool = Pool(processor.settings, processor)
        self.run_id: int | None = None
        self.failure: str | None = None
        """Reason in one line why the run could not do all of its work; None if it could."""
        self._stopping: asyncio.Future[None] | None = None

    @classmethod
    def of(cls, crawler: Crawler) -> CrawlSession:
        """Return the session of a crawl. Its extensions must exist."""
        session = crawler.get_extension(cls)
        assert session is not None
        return session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return a session with a database that is not open yet. The stage `store` opens it, off the reactor.

        Raises UsageError for wrong settings: the catalog and the entity engine are loaded here, before anything is
        fetched."""
        settings = read_settings(crawler.settings)
        database = Database(settings.database_url)
        processor = Processor(settings, database)
        processor.check()
        session = cls(crawler, processor, database)
        session.pool.keep_to_one_core()
        crawler.signals.connect(session.count_response, signal=signals.response_downloaded)
        crawler.signals.connect(session.close, signal=signals.spider_closed)
        return session

    @classmethod
    def failure_of(cls, crawler: Crawler) -> str | None:
        """Return the reason in one line why a crawl could not do all of its work; None if it could."""
        session = crawler.get_extension(cls)
        spider_failure: str | None = getattr(crawler.spider, "failure", None)
        return spider_failure or (session.failure if session else None)

    async def open(self) -> None:
        """Open the database, migrate its tables, and store that the run has started. Raises DatabaseError."""
        try:
            await run_in_thread(self.database.open)
        except DatabaseError as error:
            self.failure = str(error)
            raise
        keep_what_is_loaded()
        spider = self.crawler.spider
        assert spider is not None
        self.run_id = await self.write(
            start_run,
            spider=spider.name,
            arguments=getattr(spider, "arguments", {}),
            version=__version__,
            process=run_process(),
            now=datetime.now(UTC),
        )

    async def read_capture(self, capture: Capture, *, is_ahead: bool = True) -> Envelope | Reject:
        """Return the article that a capture holds, or the reason why there is none.

        With `is_ahead` the same visit to a worker also runs the stages that come first in the item pipelines. If the
        worker or the database fails meanwhile, only the page is read, so that the stage that fails can be named."""
        with self.writer.coming():
            if is_ahead and self.stages_ahead:
                try:
                    return await self.pool.process(capture, self.stages_ahead)
                except (WorkerDiedError, DatabaseError):
                    logger.info("The stages of %s are run one by one", capture.url)
            try:
                return await self._read_alone(capture)
            except WorkerDiedError as error:
                detail, fetched = str(error), capture.fetched
        return Reject(url=capture.url, reason="parse-failed", detail=detail, fetched=fetched)

    async def _read_alone(self, capture: Capture) -> Envelope | Reject:
        item: Envelope | Reject = await self.pool.run("read", capture)
        return item

    @cached_property
    def stages_ahead(self) -> tuple[str, ...]:
        """Stages of `ingest.process` that the first item pipelines run, up to the first that is not newsbot's own.

        Every visit to a worker costs the crawl's process half a millisecond, so these are run in the one that reads
        the page. A pipeline names its stages in `worker_stages`."""
        settings = self.crawler.settings
        pipelines = build_component_list(settings.get_component_priority_dict_with_base("ITEM_PIPELINES"))
        stages: list[tuple[str, ...]] = [
            getattr(load_object(pipeline), "worker_stages", ()) for pipeline in pipelines
        ]
        return tuple(chain.from_iterable(takewhile(bool, stages)))

    async def attempt(self, stages: tuple[str, ...], envelope: Envelope) -> Envelope | Reject:
        """Return an article after these stages of `ingest.process`, or the reject of one that fails on it."""
        if set(stages) <= set(envelope.stages_done):
            return envelope
        try:
            item: Envelope | Reject = await self.pool.run("prepare", envelope, stages)
        except WorkerDiedError as error:
            item = stage_failed(envelope, stages[0], error)
        return item

    def count_response(self, request: Request) -> None:
        """Count a response from the network and its latency. Responses to robots.txt and feeds count too."""
        stats = self.crawler.stats
        assert stats is not None
        stats.inc_value(f"{COUNTED}fetched")
        stats.inc_value(f"{COUNTED}latency_ms", round(request.meta.get("download_latency", 0) * 1000))

    async def close(self, spider: Spider, reason: str) -> None:
        """End the workers, release the leases of the run, and store its end, its reason and its stats."""
        self.pool.close()
        if self.run_id is None or self._stopping is not None:
            return
        stats = self.crawler.stats
        assert stats is not None
        counts = {
            name.removeprefix(COUNTED): value
            for name, value in stats.get_stats().items()
            if name.startswith(COUNTED)
        }
        await self.write(describe_sources, self.processor.catalog)
        await self.write(finish_run, self.run_id, finish_reason=reason, counts=counts, now=datetime.now(UTC))
        await self.write(release, run_id=self.run_id)  # last: also what was leased a moment ago
        await self.write(_free_claims, self.run_id)
        await run_in_thread(self.database.close)

    async def abandon(self) -> None:
        """End the run without waiting for requests in flight. Their leases are released: a later run repeats them."""
        stats, spider = self.crawler.stats, self.crawler.spider
        assert stats is not None
        assert spider is not None
        stats.set_value("finish_reason", "shutdown")
        self.database.patience.end()
        await self.close(spider, "shutdown")

    def give_up(self, reason: str) -> None:
        """Stop the crawl, because the database has failed. A later run fetches again what was not stored."""
        if self.failure is None:
            self.failure = reason
            self._stopping = asyncio.ensure_future(self.crawler.stop_async())

    async def write(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call `function(session, ...)` in a transaction; return its result once the transaction is committed.

        The transaction may hold other writes of the crawl too."""

        def work(session: Session) -> T:
            return function(session, *args, **kwargs)

        item = next((value for value in args if isinstance(value, Item)), None)
        with self._giving_up():
            return await self.writer.write(work, item)

    async def read(
        self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return the result of `function(session, ...)`, called in a read-only session."""
        return await self.call(lambda: self.database.ask(lambda session: function(session, *args, **kwargs)))

    async def call(self, function: Callable[[], T]) -> T:
        """Return `function()`, which uses the database, called in a thread."""
        with self._giving_up():
            return await run_in_thread(function)

    @contextmanager
    def _giving_up(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            self.give_up(str(error))
            raise


def _free_claims(session: Session, run_id: int) -> None:
    free_claims(session, [run_id], now=clock(session))


class EnvelopeAdapter(DataclassAdapter):
    """Shows the fields of the article where Scrapy looks at an item: in feed exports and custom stages."""

    def __init__(self, item: Envelope) -> None:
        super().__init__(item.article)

    @classmethod
    def is_item_class(cls, item_class: type) -> bool:
        """Return whether an item is an envelope."""
        return issubclass(item_class, Envelope)

    @classmethod
    def is_item(cls, item: object) -> bool:
        """Return whether an item is an envelope."""
        return isinstance(item, Envelope)


ItemAdapter.ADAPTER_CLASSES = [EnvelopeAdapter, *ItemAdapter.ADAPTER_CLASSES]
