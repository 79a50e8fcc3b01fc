"""Stage 900: `Store`, which writes an article and its related rows in one transaction."""

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
    """Opens the database of the crawl and writes articles to it.

    Setting: `NEWSBOT_DATABASE_URL`. Stats: `newsbot/store/<outcome>`, with the outcomes new, changed, unchanged, duplicate
    and conflict."""

    stage = "store"

    def __init__(self, session: CrawlSession, stats: StatsCollector) -> None:
        self.session = session
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return a stage that uses the session and the stats of the crawl."""
        assert crawler.stats is not None
        return cls(CrawlSession.of(crawler), crawler.stats)

    async def open_spider(self) -> None:
        """Open the database. Raises CloseSpider if it cannot be used, so that nothing is fetched."""
        try:
            await self.session.open()
        except DatabaseError as error:
            raise CloseSpider("database_unavailable") from error

    async def process_item(self, envelope: Envelope) -> Envelope:
        """Store an article, and count the outcome."""
        saved = await self.session.write(
            record_article, envelope, run_id=self.session.run_id, now=datetime.now(UTC)
        )
        self.stats.inc_value(f"newsbot/store/{saved.outcome}")
        return envelope
