"""Stage 900: an article, with everything that belongs to it, in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.statscollectors import StatsCollector

from newsbot.errors import DatabaseError
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article
from newsbot.session import CrawlSession


class Store:
    """Opens the database of the crawl and writes articles to it."""

    stage = "store"

    def __init__(self, session: CrawlSession, stats: StatsCollector) -> None:
        self.session = session
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Share the session of the crawl."""
        assert crawler.stats is not None
        return cls(CrawlSession.of(crawler), crawler.stats)

    async def open_spider(self) -> None:
        """Open the database; without one the crawl does not begin."""
        try:
            await self.session.open()
        except DatabaseError as error:
            raise CloseSpider("database_unavailable") from error

    async def process_item(self, envelope: Envelope) -> Envelope:
        """Store an article and count the outcome: new, changed, unchanged, duplicate or conflict.

        Stats: `newsbot/store/<outcome>`."""
        saved = await self.session.write(
            record_article, envelope, run_id=self.session.run_id, now=datetime.now(UTC)
        )
        self.stats.inc_value(f"newsbot/store/{saved.outcome}")
        return envelope
