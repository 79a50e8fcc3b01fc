"""The spider `article`, which fetches single articles: `scrapy crawl article -a url=URL[,URL]`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from newsbot.errors import UsageError
from newsbot.items import Reject
from newsbot.rendering.installed import require_browser
from newsbot.settings import read_settings
from newsbot.spiders.page_spider import PageSpider
from newsbot.spiders.poll_answers import asks_to_wait, request_of
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
            yield Request(url, callback=self.parse_page, errback=self.wait_or_fail, dont_filter=True)

    async def wait_or_fail(self, failure: Failure) -> AsyncIterator[Request | Reject]:
        """Yield the request again once a short hold of its host is over, else the reason why there is no page."""
        request = request_of(failure)
        hold = self.politeness.hold_of(request)
        rest_s = self.politeness.rest_s(hold) if hold and asks_to_wait(failure) else None
        if rest_s is None:
            for reject in self.fetch_failed(failure):
                yield reject
            return
        await asyncio.sleep(rest_s)
        yield request
