"""Stores a reject for every page that does not become an article: a stage dropped it, or failed on it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.utils.asyncio import run_in_thread
from twisted.python.failure import Failure

from newsbot.errors import DatabaseError
from newsbot.extensions.named_stages import StageError
from newsbot.ingest.envelope import Envelope, stage_failed
from newsbot.ingest.record import record_reject
from newsbot.items import Reject
from newsbot.session import CrawlSession


class Rejected(DropItem):
    """Raised by a stage to drop an item; holds the reject to be stored."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(reject.reason)
        self.reject = reject


class KeepRejects:
    """Extension that writes rejects to the database, and counts them by stage and reason.

    Stats: `newsbot/rejected/<stage>/<reason>`; `newsbot/store/conflict` or `newsbot/store/gone` if an article is stored
    under the URL of the page. What a feed says of the article is stored with the reject, as a stub. Setting:
    `NEWSBOT_STUBS`. A stage raises `Rejected` to have a reject stored; for any other exception of a stage,
    a reject with the reason `stage-failed` is stored.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return an extension that is connected to the signals of dropped items and failed stages."""
        keep = cls(crawler)
        crawler.signals.connect(keep.item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(keep.item_error, signal=signals.item_error)
        return keep

    async def item_dropped(self, item: Envelope | Reject, exception: DropItem) -> None:
        """Store the reject of an item that one of newsbot's stages dropped."""
        if isinstance(exception, Rejected):
            await self._keep(exception.reject)

    async def item_error(self, item: Envelope | Reject, failure: Failure) -> None:
        """Store a reject of an item on which a stage failed. If the database failed, stop the crawl."""
        error = failure.value
        if isinstance(error, DatabaseError):
            CrawlSession.of(self.crawler).give_up(str(error))
        elif isinstance(error, StageError) and isinstance(item, Envelope):
            await self._keep(stage_failed(item, error.stage, error.__cause__ or error))

    async def _keep(self, reject: Reject) -> None:
        assert self.crawler.stats is not None
        session = CrawlSession.of(self.crawler)
        reject = await run_in_thread(session.processor.with_stub, reject)
        chance = random.random()  # noqa: S311 - for jitter
        outcome = await session.write(
            record_reject, reject, run_id=session.run_id, now=datetime.now(UTC), chance=chance
        )
        is_new = outcome == "rejected"
        name = f"rejected/{reject.stage}/{reject.reason}" if is_new else f"store/{outcome}"
        self.crawler.stats.inc_value(f"newsbot/{name}")
