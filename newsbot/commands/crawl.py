"""`scrapy crawl`, with newsbot's exit statuses: 2 for wrong arguments or settings, 1 if the work could not be done."""

from __future__ import annotations

import argparse
import logging
import sys

from scrapy import Spider
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError as ScrapyUsageError

from newsbot.errors import NewsbotError, UsageError
from newsbot.session import CrawlSession
from newsbot.spiders.spider_run import raise_error

logger = logging.getLogger(__name__)

OUTCOMES = ("new", "changed", "unchanged", "duplicate", "conflict", "gone")
CHATTER = ("alembic", "scrapy.addons", "scrapy.crawler", "scrapy.middleware", "scrapy.utils.log")
"""Loggers that report at every start which versions and components are loaded."""


class Command(ScrapyCrawl):
    """Runs one spider, and prints a summary line when it has ended.

    Exit status: 0; 2 for wrong arguments or settings, which are found before anything is fetched; 1 if the database
    cannot be used, or if the spider could not do all of its work."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Set the settings of the command line. Exits with status 2 if one of its values is wrong."""
        for name in CHATTER:
            logging.getLogger(name).setLevel(logging.WARNING)
            logging.getLogger(name).addFilter(
                _is_warning
            )  # Scrapy resets the levels of its own loggers later
        try:
            super().process_options(args, opts)
        except ScrapyUsageError as error:
            self._fail(f"{error}; given: {' '.join(sys.argv[2:])}", status=2)
            sys.exit(self.exitcode)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run a spider."""
        try:
            if len(args) != 1:
                raise UsageError(f"{' '.join(args) or 'nothing'} is given; accepted: {self.syntax()}")
            self._print_outcome(self._crawl(self.spider_of(args[0]), opts.spargs))
        except UsageError as error:
            self._fail(str(error), status=2)
        except NewsbotError as error:
            self._fail(str(error), status=1)

    def spider_of(self, name: str) -> str | type[Spider]:
        """Return the spider that the command line names. Raises UsageError if there is none."""
        assert self.crawler_process is not None
        names = self.crawler_process.spider_loader.list()
        if name not in names:
            raise UsageError(f"no spider {name!r}; accepted: {', '.join(sorted(names))}")
        return name

    def _crawl(self, spider: str | type[Spider], arguments: dict[str, str]) -> Crawler:
        """Return the crawler once its crawl has ended. Raises what the crawl raises before it begins."""
        from newsbot.extensions.interrupts import stop_in_time

        assert self.crawler_process is not None
        crawler = self._create_crawler(spider)
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
            self._say(logging.INFO, summary(crawler))

    def _fail(self, message: str, *, status: int) -> None:
        command = type(self).__module__.rpartition(".")[2]
        self._say(logging.ERROR, f"scrapy {command}: {message}")
        self.exitcode = status

    def _say(self, level: int, line: str) -> None:
        """Print a last line of the command; log it too if the log is a file, which is what Scrapyd shows."""
        print(line, file=sys.stderr)  # noqa: T201
        assert self.settings is not None
        if self.settings["LOG_FILE"]:
            logger.log(level, "%s", line)


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def summary(crawler: Crawler) -> str:
    """Return the numbers of articles by outcome and of rejects, and the reason why the crawl ended, in one line.

    For a spider whose items newsbot does not store, the line has the number of its items."""
    stats = crawler.stats.get_stats() if crawler.stats else {}
    reason = stats.get("finish_reason", "failed")
    if crawler.get_extension(CrawlSession) is None:
        return f"{crawler.spidercls.name}: {stats.get('item_scraped_count', 0)} items ({reason})"
    counts = {outcome: stats.get(f"newsbot/store/{outcome}", 0) for outcome in OUTCOMES}
    counts["unchanged"] += stats.get("newsbot/store/not-modified", 0)
    stored = [f"{count} {outcome}" for outcome, count in counts.items()]
    rejected = sum(count for name, count in stats.items() if name.startswith("newsbot/rejected/"))
    return f"newsbot {crawler.spidercls.name}: {', '.join(stored)}, {rejected} rejected ({reason})"
