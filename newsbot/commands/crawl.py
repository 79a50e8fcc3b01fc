"""`scrapy crawl`, with newsbot's exit statuses: 2 for wrong arguments or settings, 1 if the work could not be done."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError as ScrapyUsageError
from sqlalchemy.exc import DBAPIError

from newsbot.commands.run_lines import no_network, outcome_line, report_lines
from newsbot.errors import NewsbotError, UsageError
from newsbot.session import CrawlSession
from newsbot.spiders.news import NewsSpider
from newsbot.spiders.spider_run import raise_error
from newsbot.store.queries import RunReport, run_report
from newsbot.text import escape_controls

CHATTER = (
    "alembic",
    "scrapy.addons",
    "scrapy.crawler",
    "scrapy.middleware",
    "scrapy.spidermiddlewares.httperror",
    "scrapy.utils.log",
)
"""Loggers that report at every start which components are loaded, and every page that is an error: a reject has it."""


class Command(ScrapyCrawl):
    """Runs one spider, and prints a summary when it has ended: its last line counts the articles.

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
        failure = CrawlSession.failure_of(crawler)
        if failure:
            self._fail(failure, status=1)
        session = crawler.get_extension(CrawlSession)
        stats = crawler.stats.get_stats() if crawler.stats else {}
        if session is not None and session.run_id is not None and isinstance(crawler.spider, NewsSpider):
            self._print_report(crawler.spider, stats, _report(session, crawler.spider))
        if session is None or session.run_id is not None:  # else there was no database to store anything in
            _print(summary(crawler))

    def _print_report(self, spider: NewsSpider, stats: Mapping[str, Any], report: RunReport) -> None:
        if problem := no_network(stats, report):
            self._fail(problem, status=1)
            return
        left = sorted(spider.left_to_others)
        for line in report_lines(stats, report, datetime.now(UTC), left):
            _print(f"newsbot {spider.name}: {line}")

    def _fail(self, message: str, *, status: int) -> None:
        _print(f"scrapy crawl: {message}")
        self.exitcode = status


def summary(crawler: Crawler) -> str:
    """Return the numbers of articles by outcome and of rejects, and the reason why the crawl ended, in one line."""
    return outcome_line(crawler.spidercls.name, crawler.stats.get_stats() if crawler.stats else {})


def _report(session: CrawlSession, spider: NewsSpider) -> RunReport:
    """Return what a run has met; nothing if the database fails. Its connections were closed with the session."""
    assert session.run_id is not None
    keys = spider.catalog.keys()
    try:
        with session.database.read() as reading:
            return run_report(reading, session.run_id, keys, now=datetime.now(UTC))
    except DBAPIError:  # the crawl has told that already
        return RunReport()
    finally:
        session.database.close()


def _print(line: str) -> None:
    print(escape_controls(line), file=sys.stderr)  # noqa: T201 - the last lines of a command
