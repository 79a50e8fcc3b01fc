"""The download handler of spiders of pages: Scrapy's, with a last look at whether the host is held."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from newsbot.middlewares.politeness import Politeness


class PoliteHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, which raises HeldError for a request to a host that is held.

    Requests wait in the downloader for the delay of their host. Meanwhile another answer may have asked for a hold, which
    the middleware `Politeness` cannot see: they have passed it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.crawler = crawler

    async def download_request(self, request: Request) -> Response:
        """Return the response to a request. Raises HeldError if its host is held by now."""
        politeness = self.crawler.get_downloader_middleware(Politeness)
        if politeness is not None:
            politeness.check(request)
        return await super().download_request(request)
