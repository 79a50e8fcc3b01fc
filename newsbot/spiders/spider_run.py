"""Run one spider inside a program: its items are returned, and nothing is printed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from newsbot.configuration.reading import PROBLEM, scrapy_names
from newsbot.errors import InputError

if TYPE_CHECKING:
    from scrapy.settings import Settings
    from twisted.python.failure import Failure

    from newsbot.spiders.page_spider import PageSpider

_QUIET: dict[str, Any] = {"LOG_ENABLED": False, "LOG_INSTALL_ROOT_HANDLER": False}
LOOKING: Mapping[str, Any] = {"NEWSBOT_STORES": False, "AUTOTHROTTLE_ENABLED": False, "DOWNLOAD_DELAY": 0.5}
"""Settings for looking at a site: nothing is stored, a fixed short delay."""


def run_spider(
    name: str,
    on_item: Callable[[Any], None] | None = None,
    *,
    settings: Mapping[str, Any] = LOOKING,
    **arguments: str,
) -> tuple[PageSpider, list[Any]]:
    """Run the spider `name` to its end without a log, and return it with the items that it yielded.

    `on_item` is called with each item at once; `settings` replace those of the project. Can be called once per process,
    because a Twisted reactor cannot be restarted. Raises InputError if the spider could not do its work."""
    from scrapy import signals
    from scrapy.crawler import CrawlerProcess

    from newsbot.session import CrawlSession
    from newsbot.spiders.page_spider import PageSpider

    os.environ.pop("SCRAPY_SETTINGS_MODULE", None)
    process = CrawlerProcess(project_settings({**_QUIET, **settings}))
    crawler = process.create_crawler(name)
    items: list[Any] = []

    def keep(item: Any) -> None:
        items.append(item)
        if on_item:
            on_item(item)

    crawler.signals.connect(keep, signal=signals.item_scraped)
    crawling = process.crawl(crawler, **arguments)
    process.start()
    raise_error(crawling)
    spider = crawler.spider
    if not isinstance(spider, PageSpider):
        raise InputError(f"the spider {name} could not begin")
    if failure := CrawlSession.failure_of(crawler):
        raise InputError(failure)
    return spider, items


def project_settings(given: Mapping[str, Any]) -> Settings:
    """Return Scrapy's settings for newsbot, wherever it is called from, with those of the command line."""
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule("newsbot.settings")
    # The module may have been imported before --config named the file of settings.
    settings.setdict({PROBLEM: None, **scrapy_names()}, priority="project")
    settings.setdict(given, priority="cmdline")
    return settings


def raise_error(crawling: Awaitable[None]) -> None:
    """Raise the exception with which a crawl has failed: before it began, because Scrapy logs all others."""
    from twisted.internet.defer import Deferred  # not before a reactor has been chosen

    if isinstance(crawling, asyncio.Task) and crawling.done() and not crawling.cancelled():
        crawling.result()
    elif isinstance(crawling, Deferred):  # with FORCE_CRAWLER_PROCESS
        failures: list[Failure] = []
        crawling.addErrback(failures.append)
        for failure in failures:
            failure.raiseException()
