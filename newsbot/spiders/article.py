"""The spider `article`, which fetches single articles: `scrapy crawl article -a url=URL[,URL]`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler

from newsbot.errors import UsageError
from newsbot.rendering.installed import require_browser
from newsbot.settings import read_settings
from newsbot.spiders.page_spider import PageSpider
from newsbot.urls import is_fetchable

NEXT_URL = re.compile(r",(?=https?://)", re.IGNORECASE)
"""A comma between two URLs. A comma that no scheme follows is part of a URL."""

ACCEPTED = "URL[,URL], each http:// or https://"


class ArticleSpider(PageSpider):
    """Fetches every given URL once."""

    name = "article"

    def __init__(self, url: str = "") -> None:
        super().__init__(url=url)
        self.urls = [part.strip() for part in NEXT_URL.split(url)] if url else []
        self.missing = None if url else f"spider article: url is missing; accepted: {ACCEPTED}"
        for part in self.urls:
            if not is_fetchable(part):
                raise UsageError(f"spider article: url is {part!r}; accepted: {ACCEPTED}")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return a spider for these URLs. Raises UsageError if one must be rendered, and nothing can be."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        require_browser(spider.urls, read_settings(crawler.settings))
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for every URL."""
        for url in dict.fromkeys(self.urls):
            # Not filtered: Scrapy would drop a redirect to a URL that was requested before, and no reject would say so.
            yield Request(url, callback=self.parse_page, errback=self.fetch_failed, dont_filter=True)
