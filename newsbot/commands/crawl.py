"""`scrapy crawl`, with newsbot's exit statuses: 2 for wrong arguments or settings, 1 if the work could not be done."""

from __future__ import annotations

import argparse
import logging
import sys

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError as ScrapyUsageError

from newsbot.errors import NewsbotError, UsageError
from newsbot.session import CrawlSession
from newsbot.spiders.spider_run import raise_error

OUTCOMES = ("new", "changed", "unchanged", "duplicate", "conflict", "gone")
CHATTER = ("alembic", "scrapy.addons", "scrapy.crawler", "scrapy.middleware", "scrapy.utils.log")
"""Loggers that report at every start which components are loaded."""


class Command(ScrapyCrawl):
    """Runs one spider, and prints a summary line when it has ended.

    Exit status: 0; 2 for wrong arguments or settings, which are found before anything is fetched; 1 if the database
    cannot be used, or if the spider could not do all of its work."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run a spider by its name."""
        for name in CHATTER:
            logging.getLogger(name).setLevel(logging.WARNING)
        if len(args) != 1:
            raise ScrapyUsageError("one spider is accepted: scrapy crawl NAME")
        try:
            self._print_outcome(self._crawl(args[0], opts.spargs))
        except UsageError as error:
            self._fail(str(error), status=2)
        except NewsbotError as error:
            self._fail(str(error), status=1)

    def _crawl(self, name: str, arguments: dict[str, str]) -> Crawler:
        """Return the crawler once its crawl has ended. Raises what the crawl raises before it begins."""
        from newsbot.extensions.interrupts import stop_in_time

        assert self.crawler_process is not None
        names = self.crawler_process.spider_loader.list()
        if name not in names:
            raise UsageError(f"no spider {name!r}; accepted: {', '.join(sorted(names))}")
        crawler = self._create_crawler(name)
        crawling = self.crawler_process.crawl(crawler, **arguments)
        stop_in_time(crawler)
        self.crawler_process.start()
        raise_error(crawling)
        return crawler

    def _print_outcome(self, crawler: Crawler) -> None:
        if crawler.spider is None:
            self._fail("the crawl could not begin; see the log above", status=1)
            return
        if failure := CrawlSession.failure_of(crawler):
            self._fail(failure, status=1)
        session = crawler.get_extension(CrawlSession)
        if session is None or session.run_id is not None:  # else there was no database to store anything in
            print(summary(crawler), file=sys.stderr)  # noqa: T201 - the last line of a command

    def _fail(self, message: str, *, status: int) -> None:
        print(f"scrapy crawl: {message}", file=sys.stderr)  # noqa: T201
        self.exitcode = status


def summary(crawler: Crawler) -> str:
    """Return the numbers of articles by outcome and of rejects, and the reason why the crawl ended, in one line."""
    stats = crawler.stats.get_stats() if crawler.stats else {}
    counts = {outcome: stats.get(f"newsbot/store/{outcome}", 0) for outcome in OUTCOMES}
    counts["unchanged"] += stats.get("newsbot/store/not-modified", 0)
    stored = [f"{count} {outcome}" for outcome, count in counts.items()]
    rejected = sum(count for name, count in stats.items() if name.startswith("newsbot/rejected/"))
    reason = stats.get("finish_reason", "failed")
    return f"newsbot {crawler.spidercls.name}: {', '.join(stored)}, {rejected} rejected ({reason})"
