"""Answers requests with saved pages in place of the network, so that back-pressure is the same offline."""

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
    """Downloader middleware that answers requests for saved pages.

    Meta keys: `SAVED_PATH`, the file with the page; `PLACE`, the record of a WARC file, whose page must be on the shelf
    (`put`); `url`, the address of the page. It sets `CAPTURE`, which the spider reads: the response is only what Scrapy
    needs to call the spider. Setting: `NEWSBOT_MAX_PAGE_BYTES`."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.emptied = asyncio.Event()
        """Is set while the shelf is empty, so that the next pages may be read."""
        self._shelf: dict[tuple[str, RecordPosition], Capture] = {}
        """Pages of archives, from when they are read until their requests are answered. An archive is read only once."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return a middleware with the maximum page size of the settings."""
        return cls(read_settings(crawler.settings).max_page_bytes)

    def put(self, path: str, place: RecordPosition, capture: Capture) -> None:
        """Put a page of an archive on the shelf, for the request with the same path and place."""
        self._shelf[path, place] = capture
        self.emptied.clear()

    async def process_request(self, request: Request) -> Response | None:
        """Return a response with the saved page; None for requests to the network.

        Raises InputError if the file cannot be read; the errback of the request receives it.
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
        return response_class(url=capture.url, body=capture.body, status=capture.status)

    def _take(self, path: str, place: RecordPosition) -> Capture:
        capture = self._shelf.pop((path, place))
        if not self._shelf:
            self.emptied.set()
        return capture
