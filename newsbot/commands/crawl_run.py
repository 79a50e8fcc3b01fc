"""One crawl in this process, as `scrapy crawl` and `newsbot crawl` run it: its checks, and the lines at its end."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler, CrawlerProcessBase
from scrapy.settings import BaseSettings

from newsbot.commands.run_lines import no_network, outcome_line, report_lines
from newsbot.errors import DatabaseError, UsageError
from newsbot.session import CrawlSession
from newsbot.settings import read_settings
from newsbot.spiders.news_work.news import NewsSpider
from newsbot.spiders.spider_run import raise_error
from newsbot.store.queries import RunReport, run_report

CHATTER = (
    "alembic",
    "scrapy.addons",
    "scrapy.crawler",
    "scrapy.middleware",
    "scrapy.spidermiddlewares.httperror",
    "scrapy.utils.log",
)
"""Loggers that report at every start which versions and components are loaded, and every page that is an error: a reject has it."""
NO_CONTACT = "no contact is set: sites cannot ask whom these requests are from; newsbot.toml: contact, a page or mail address"


def silence_chatter() -> None:
    """Have the loggers of `CHATTER` report warnings and errors only."""
    for name in CHATTER:
        logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger(name).addFilter(_is_warning)  # Scrapy resets the levels of its own loggers later


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def check_crawl_settings(settings: BaseSettings) -> None:
    """Raise UsageError for a wrong setting of newsbot, and for a log or a folder of the job that cannot be used."""
    read_settings(settings)
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


def run_crawl(process: CrawlerProcessBase, crawler: Crawler, arguments: Mapping[str, str]) -> None:
    """Run a crawl to its end. Raises what it raises before it begins."""
    from newsbot.extensions.interrupts import stop_in_time

    crawling = process.crawl(crawler, **arguments)
    stop_in_time(crawler)
    process.start()
    raise_error(crawling)


def closing_lines(crawler: Crawler) -> Iterator[tuple[int, str]]:
    """Yield the last lines of a crawl with the level of each: an error means that it could not do all of its work.

    The last line counts the articles."""
    if crawler.spider is None:
        yield logging.ERROR, "the crawl could not begin; see the log above"
        return
    failure = CrawlSession.failure_of(crawler)
    if failure:
        yield logging.ERROR, failure
    session = crawler.get_extension(CrawlSession)
    if session is not None and session.run_id is None and not failure:  # by Ctrl-C at the very start
        yield logging.ERROR, "stopped before the crawl had begun"
    if session is not None and session.run_id is not None and isinstance(crawler.spider, NewsSpider):
        yield from _report(session, crawler.spider)
    if session is None or session.run_id is not None:  # else there was no database to store anything in
        yield logging.INFO, summary(crawler)


def summary(crawler: Crawler) -> str:
    """Return the numbers of articles by outcome and of rejects, and the reason why the crawl ended, in one line.

    For a spider whose items newsbot does not store, the line has the number of its items."""
    stats = _stats(crawler)
    if crawler.get_extension(CrawlSession) is None:
        reason = stats.get("finish_reason", "failed")
        return f"{crawler.spidercls.name}: {stats.get('item_scraped_count', 0)} items ({reason})"
    return outcome_line(crawler.spidercls.name, stats)


def _stats(crawler: Crawler) -> Mapping[str, Any]:
    return crawler.stats.get_stats() if crawler.stats else {}


def _report(session: CrawlSession, spider: NewsSpider) -> Iterator[tuple[int, str]]:
    """Yield the lines about what a run has met."""
    stats, report = _stats(session.crawler), report_of(session, spider)
    if problem := no_network(stats, report):
        yield logging.ERROR, problem
        return
    lines = report_lines(stats, report, datetime.now(UTC), spider.left_to_others)
    if stats.get("downloader/request_count") and not session.processor.settings.contact:
        lines.append(NO_CONTACT)
    for line in lines:
        yield logging.INFO, f"newsbot {spider.name}: {line}"


def report_of(session: CrawlSession, spider: NewsSpider) -> RunReport:
    """Return what a run has met; nothing if the database fails. Its connections were closed with the session."""
    assert session.run_id is not None
    run_id, wanted, now = session.run_id, spider.wanted, datetime.now(UTC)
    if wanted is None:
        return RunReport()
    try:
        return session.database.ask(lambda reading: run_report(reading, run_id, wanted, now=now))
    except DatabaseError:  # the crawl has reported it already
        return RunReport()
    finally:
        session.database.close()
