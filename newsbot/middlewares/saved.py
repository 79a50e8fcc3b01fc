"""Saved pages answer requests in place of the network, so that back-pressure is the same offline."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.utils.asyncio import run_in_thread

from newsbot.archive.folders import SavedPage, read_page
from newsbot.settings import read_settings

SAVED_PATH = "saved_path"
"""Request.meta key: the file that holds the page."""
RETRIEVED_AT = "retrieved_at"
"""Request.meta key: when the page was fetched, if the archive knows."""


class SavedPages:
    """Answers requests that carry `SAVED_PATH` from that file."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the limit of a page's size."""
        return cls(read_settings(crawler.settings).max_page_bytes)

    async def process_request(self, request: Request) -> Response | None:
        """Return the saved page under the URL it was fetched from; None for requests to the network.

        Raises InputError, for the request's errback, if the file cannot be read.
        """
        path = request.meta.get(SAVED_PATH)
        if path is None:
            return None
        page = await run_in_thread(read_page, Path(path), max_bytes=self.max_bytes)
        request.meta[RETRIEVED_AT] = page.retrieved_at
        return _response(page, request.meta.get("url") or page.url)


def _response(page: SavedPage, url: str) -> Response:
    kind = "text/plain" if page.is_text else "text/html"
    headers = {"Content-Type": f"{kind}; charset={page.charset}" if page.charset else kind}
    response_class = TextResponse if page.is_text else HtmlResponse
    return response_class(url=url, body=page.body, headers=headers)
