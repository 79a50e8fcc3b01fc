"""`scrapy crawl`, with newsbot's exit statuses: 2 for wrong arguments or settings, 1 if the work could not be done."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from scrapy import Spider
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import BaseSettings

from newsbot.commands.run_lines import no_network, outcome_line, report_lines
from newsbot.errors import DatabaseError, NewsbotError, UsageError
from newsbot.masking import masked
from newsbot.session import CrawlSession
from newsbot.spiders.news import NewsSpider
from newsbot.spiders.spider_run import raise_error
from newsbot.store.queries import RunReport, run_report
from newsbot.text import escape_controls

logger = logging.getLogger(__name__)

CHATTER = (
    "alembic",
    "scrapy.addons",
    "scrapy.crawler",
    "scrapy.middleware",
    "scrapy.spidermiddlewares.httperror",
    "scrapy.utils.log",
)
"""Loggers that report at every start which versions and components are loaded, and every page that is an error: a reject has it."""


class Command(ScrapyCrawl):
    """Runs one spider, and prints a summary when it has ended: its last line counts the articles.

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
            assert self.settings is not None
            check_files(self.settings)
        except ScrapyUsageError as error:
            self._refuse(f"{error}; given: {' '.join(sys.argv[2:])}")
        except UsageError as error:
            self._refuse(str(error))

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
        failure = CrawlSession.failure_of(crawler)
        if failure:
            self._fail(failure, status=1)
        session = crawler.get_extension(CrawlSession)
        stats = crawler.stats.get_stats() if crawler.stats else {}
        if session is not None and session.run_id is not None and isinstance(crawler.spider, NewsSpider):
            self._print_report(crawler.spider, stats, report_of(session, crawler.spider))
        if session is None or session.run_id is not None:  # else there was no database to store anything in
            self._say(logging.INFO, summary(crawler))

    def _print_report(self, spider: NewsSpider, stats: Mapping[str, Any], report: RunReport) -> None:
        if problem := no_network(stats, report):
            self._fail(problem, status=1)
            return
        left = sorted(spider.left_to_others)
        for line in report_lines(stats, report, datetime.now(UTC), left):
            self._say(logging.INFO, f"newsbot {spider.name}: {line}")

    def _refuse(self, message: str) -> NoReturn:
        """Say what is wrong before there is a log."""
        print(escape_controls(f"scrapy {_name_of(self)}: {message}"), file=sys.stderr)  # noqa: T201
        sys.exit(2)

    def _fail(self, message: str, *, status: int) -> None:
        self._say(logging.ERROR, f"scrapy {_name_of(self)}: {message}")
        self.exitcode = status

    def _say(self, level: int, line: str) -> None:
        """Print a last line of the command; log it too if the log is a file, which is what Scrapyd shows."""
        line = masked(line)
        print(escape_controls(line), file=sys.stderr)  # noqa: T201
        assert self.settings is not None
        if self.settings["LOG_FILE"]:
            logger.log(level, "%s", line)


def _name_of(command: Command) -> str:
    return type(command).__module__.rpartition(".")[2]


def check_files(settings: BaseSettings) -> None:
    """Raise UsageError if the log of the settings cannot be written, or the folder of the job cannot be used."""
    try:
        if log := settings["LOG_FILE"]:
            Path(log).open("ab").close()
    except OSError as error:
        raise UsageError(f"LOG_FILE is {log!r}: {error.strerror}; accepted: a file in a folder") from error
    try:
        if folder := settings["JOBDIR"]:
            Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"JOBDIR is {folder!r}: {error.strerror}; accepted: a folder") from error


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def summary(crawler: Crawler) -> str:
    """Return the numbers of articles by outcome and of rejects, and the reason why the crawl ended, in one line.

    For a spider whose items newsbot does not store, the line has the number of its items."""
    stats = crawler.stats.get_stats() if crawler.stats else {}
    if crawler.get_extension(CrawlSession) is None:
        reason = stats.get("finish_reason", "failed")
        return f"{crawler.spidercls.name}: {stats.get('item_scraped_count', 0)} items ({reason})"
    return outcome_line(crawler.spidercls.name, stats)


def report_of(session: CrawlSession, spider: NewsSpider) -> RunReport:
    """Return what a run has met; nothing if the database fails. Its connections were closed with the session."""
    assert session.run_id is not None
    keys = spider.catalog.keys()
    try:
        run_id, now = session.run_id, datetime.now(UTC)
        return session.database.ask(lambda reading: run_report(reading, run_id, keys, now=now))
    except DatabaseError:  # the crawl has reported it already
        return RunReport()
    finally:
        session.database.close()
