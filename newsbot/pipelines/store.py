"""Stage 900: `Store`, which writes an article and its related rows in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from newsbot.errors import DatabaseError
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article
from newsbot.session import CrawlSession
from newsbot.signals import article_stored


class Store:
    """Opens the database of the crawl and writes articles to it.

    Stages after it find `id` and `outcome` in the article. Setting: `NEWSBOT_DATABASE_URL`. Stats:
    `newsbot/store/<outcome>`, with the outcomes new, changed, unchanged, duplicate and conflict. Signal:
    `newsbot.signals.article_stored`."""

    stage = "store"

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.session = CrawlSession.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return a stage that uses the session, the stats and the signals of the crawl."""
        return cls(crawler)

    async def open_spider(self) -> None:
        """Open the database. Raises CloseSpider if it cannot be used, so that nothing is fetched."""
        try:
            await self.session.open()
        except DatabaseError as error:
            raise CloseSpider("database_unavailable") from error

    async def process_item(self, envelope: Envelope) -> Envelope:
        """Store an article, count the outcome, and tell those who listen to `article_stored`."""
        saved = await self.session.write(
            record_article, envelope, run_id=self.session.run_id, now=datetime.now(UTC)
        )
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"newsbot/store/{saved.outcome}")
        article = envelope.article
        article.id, article.outcome = saved.article_id, saved.outcome
        await self.crawler.signals.send_catch_log_async(
            article_stored, article=article, outcome=saved.outcome, spider=self.crawler.spider
        )
        return envelope
