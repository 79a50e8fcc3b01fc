"""`scrapy crawl`, with newsbot's exit statuses: 2 wrong arguments or settings, 1 the work could not be done."""

from __future__ import annotations

import argparse
import logging
import sys

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError as ScrapyUsageError

from newsbot.errors import NewsbotError, UsageError
from newsbot.ingest.process import Processor
from newsbot.session import CrawlSession
from newsbot.settings import read_settings
from newsbot.spiders.page_spider import PageSpider

OUTCOMES = ("new", "changed", "unchanged", "duplicate", "conflict", "gone")
CHATTER = ("alembic", "scrapy.addons", "scrapy.crawler", "scrapy.middleware", "scrapy.utils.log")
"""Loggers that tell at every start how the program is made up."""


class Command(ScrapyCrawl):
    """Checks what can be checked before the crawl begins, and ends with a summary line."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run one spider."""
        for name in CHATTER:
            logging.getLogger(name).setLevel(logging.WARNING)
        if len(args) != 1:
            raise ScrapyUsageError("one spider is accepted: scrapy crawl NAME")
        try:
            crawler = self._checked_crawler(args[0], opts.spargs)
        except UsageError as error:
            self._fail(str(error), status=2)
        except NewsbotError as error:
            self._fail(str(error), status=1)
        else:
            self._crawl(crawler, opts.spargs)

    def _checked_crawler(self, name: str, arguments: dict[str, str]) -> Crawler:
        assert self.crawler_process is not None
        names = self.crawler_process.spider_loader.list()
        if name not in names:
            raise UsageError(f"no spider {name!r}; accepted: {', '.join(sorted(names))}")
        crawler = self._create_crawler(name)
        if issubclass(crawler.spidercls, PageSpider):
            crawler.spidercls.from_crawler(crawler, **arguments)
            processor = Processor.with_database(read_settings(crawler.settings))
            assert processor.catalog is not None
            assert processor.engine is not None
            assert processor.database is not None
            processor.database.open()
            processor.close()
        return crawler

    def _crawl(self, crawler: Crawler, arguments: dict[str, str]) -> None:
        from newsbot.extensions.interrupts import stop_in_time

        assert self.crawler_process is not None
        self.crawler_process.crawl(crawler, **arguments)
        stop_in_time(crawler)
        self.crawler_process.start()
        spider = crawler.spider
        if not isinstance(spider, PageSpider):
            self._fail("the crawl could not begin; see the log above", status=1)
            return
        if failure := CrawlSession.failure_of(crawler):
            self._fail(failure, status=1)
        print(summary(crawler), file=sys.stderr)  # noqa: T201 - the last word of a command

    def _fail(self, message: str, *, status: int) -> None:
        print(f"scrapy crawl: {message}", file=sys.stderr)  # noqa: T201
        self.exitcode = status


def summary(crawler: Crawler) -> str:
    """Return in one line what a crawl came to."""
    stats = crawler.stats.get_stats() if crawler.stats else {}
    counts = {outcome: stats.get(f"newsbot/store/{outcome}", 0) for outcome in OUTCOMES}
    counts["unchanged"] += stats.get("newsbot/store/not-modified", 0)
    stored = [f"{count} {outcome}" for outcome, count in counts.items()]
    rejected = sum(count for name, count in stats.items() if name.startswith("newsbot/rejected/"))
    reason = stats.get("finish_reason", "failed")
    return f"newsbot {crawler.spidercls.name}: {', '.join(stored)}, {rejected} rejected ({reason})"
