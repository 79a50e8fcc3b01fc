"""Saved pages answer requests in place of the network, so that back-pressure is the same offline."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.utils.asyncio import run_in_thread

from newsbot.archive.files import read_page
from newsbot.archive.warc import RecordPosition
from newsbot.capture import Capture
from newsbot.session import CAPTURE, PLACE, SAVED_PATH
from newsbot.settings import read_settings


class SavedPages:
    """Answers requests that carry `SAVED_PATH`: from that file, or from the shelf if they carry a `PLACE` too.

    The capture itself travels in `Request.meta`; the response is what Scrapy needs to call the spider."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.emptied = asyncio.Event()
        """Set when the shelf is empty: the next pages may be read."""
        self._shelf: dict[tuple[str, RecordPosition], Capture] = {}
        """Pages of archives, which are read from front to end, until their requests are answered."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the maximum size of a page."""
        return cls(read_settings(crawler.settings).max_page_bytes)

    def put(self, path: str, place: RecordPosition, capture: Capture) -> None:
        """Keep a page of an archive for its request."""
        self._shelf[path, place] = capture
        self.emptied.clear()

    async def process_request(self, request: Request) -> Response | None:
        """Return the saved page under the URL it was fetched from; None for requests to the network.

        Raises InputError, for the request's errback, if the file cannot be read.
        """
        path, place = request.meta.get(SAVED_PATH), request.meta.get(PLACE)
        if path is None:
            return None
        capture = (
            self._take(path, place)
            if place
            else await run_in_thread(read_page, Path(path), max_bytes=self.max_bytes)
        )
        if url := request.meta.get("url"):
            capture = replace(capture, url=url)
        request.meta[CAPTURE] = capture
        response_class = TextResponse if capture.media == "text" else HtmlResponse
        return response_class(url=capture.url, body=capture.body)

    def _take(self, path: str, place: RecordPosition) -> Capture:
        capture = self._shelf.pop((path, place))
        if not self._shelf:
            self.emptied.set()
        return capture
