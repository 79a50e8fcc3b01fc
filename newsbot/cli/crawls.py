"""Crawls that a command makes for itself: nothing is stored, the items come back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from newsbot.errors import InputError
from newsbot.items import Article, Reject

if TYPE_CHECKING:
    from newsbot.spiders.page_spider import PageSpider


def run_spider(name: str, **arguments: str) -> tuple[PageSpider, list[Article | Reject]]:
    """Run a spider without pipelines, and return it with what it yielded.

    Raises InputError if it could not do its work. Once a process: a reactor cannot be started again."""
    from scrapy import signals
    from scrapy.crawler import CrawlerProcess
    from scrapy.settings import Settings

    from newsbot.spiders.page_spider import PageSpider

    settings = Settings()
    settings.setmodule("newsbot.settings")
    quiet = {
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {},
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "AUTOTHROTTLE_ENABLED": False,
        "DOWNLOAD_DELAY": 0.5,
    }
    settings.setdict(quiet, priority="cmdline")
    os.environ.pop("SCRAPY_SETTINGS_MODULE", None)
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(name)
    items: list[Any] = []

    def keep(item: Any) -> None:
        items.append(item)

    crawler.signals.connect(keep, signal=signals.item_scraped)
    crawler.spidercls.from_crawler(crawler, **arguments)  # wrong arguments are told before the crawl begins
    process.crawl(crawler, **arguments)
    process.start()
    spider = crawler.spider
    if not isinstance(spider, PageSpider) or spider.failure:
        raise InputError(getattr(spider, "failure", None) or f"the spider {name} could not begin")
    return spider, items
