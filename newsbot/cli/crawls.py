"""`run_spider`, which runs a spider for a command of its own: its items are returned, and nothing is stored."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from newsbot.errors import InputError
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject

if TYPE_CHECKING:
    from newsbot.spiders.page_spider import PageSpider


QUIET: dict[str, Any] = {
    "ITEM_PIPELINES": {},
    "EXTENSIONS": {},
    "LOG_ENABLED": False,
    "LOG_INSTALL_ROOT_HANDLER": False,
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0.5,
}
"""Settings of a crawl that stores and logs nothing."""


def run_spider(name: str, **arguments: str) -> tuple[PageSpider, list[Envelope | Reject]]:
    """Run a spider without item pipelines; return the spider and its items.

    Raises UsageError for wrong arguments, and InputError if the spider could not do its work. To be called once in a
    process, because a reactor cannot be started again."""
    from scrapy import signals
    from scrapy.crawler import CrawlerProcess
    from scrapy.settings import Settings

    from newsbot.commands.crawl import raise_error
    from newsbot.spiders.page_spider import PageSpider

    settings = Settings()
    settings.setmodule("newsbot.settings")
    settings.setdict(QUIET, priority="cmdline")
    os.environ.pop("SCRAPY_SETTINGS_MODULE", None)
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(name)
    items: list[Any] = []

    def keep(item: Any) -> None:
        items.append(item)

    crawler.signals.connect(keep, signal=signals.item_scraped)
    crawling = process.crawl(crawler, **arguments)
    process.start()
    raise_error(crawling)
    spider = crawler.spider
    if not isinstance(spider, PageSpider) or spider.failure:
        raise InputError(getattr(spider, "failure", None) or f"the spider {name} could not begin")
    return spider, items
