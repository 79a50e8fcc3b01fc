"""Stage 900: an article, all of it, in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.statscollectors import StatsCollector

from newsbot.errors import DatabaseError
from newsbot.ingest.record import record_article
from newsbot.items import Article
from newsbot.session import Run
from newsbot.spiders.page_spider import PageSpider


class Store:
    """Opens the database for the crawl and writes articles to it."""

    def __init__(self, run: Run, stats: StatsCollector) -> None:
        self.run = run
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Share the crawl's database."""
        assert crawler.stats is not None
        return cls(Run.of(crawler), crawler.stats)

    async def open_spider(self) -> None:
        """Open the database; without one the crawl does not begin."""
        try:
            await self.run.open()
        except DatabaseError as error:
            spider = self.run.crawler.spider
            assert isinstance(spider, PageSpider)
            spider.failure = str(error)
            raise CloseSpider("database_unavailable") from error

    async def process_item(self, article: Article) -> Article:
        """Store an article and count what came of it: new, changed, unchanged or duplicate."""
        saved = await self.run.write(
            record_article,
            article,
            run_id=self.run.run_id,
            now=article.retrieved_at or datetime.now(UTC),
        )
        self.stats.inc_value(f"newsbot/store/{saved.outcome}")
        return article
