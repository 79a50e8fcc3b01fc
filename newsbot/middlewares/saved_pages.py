"""Saved pages answer requests in place of the network, so that back-pressure is the same offline."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.utils.asyncio import run_in_thread

from newsbot.archive.files import SavedPage, read_page
from newsbot.archive.warc import RecordPosition
from newsbot.ingest.read import archived_fetch
from newsbot.settings import read_settings

SAVED_PATH = "saved_path"
"""Request.meta key: the file that holds the page."""
PLACE = "place"
"""Request.meta key: where in a WARC its record is."""
RETRIEVED_AT = "retrieved_at"
"""Request.meta key: when the page was fetched, if the archive knows."""
KEPT = "kept"
"""Request.meta key: where newsbot's own archive has the answer of the network (`Kept`)."""
ARCHIVED = "archived"
"""Request.meta key: what an archive says of the fetch (`Fetched`)."""


class SavedPages:
    """Answers requests that carry `SAVED_PATH`: from that file, or from the shelf if they carry a `PLACE` too."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.emptied = asyncio.Event()
        """The shelf is empty: the next pages may be read."""
        self._shelf: dict[tuple[str, RecordPosition], SavedPage] = {}
        """Pages of archives, which are read from front to end, until their requests are answered."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the limit of a page's size."""
        return cls(read_settings(crawler.settings).max_page_bytes)

    def put(self, page: SavedPage) -> None:
        """Keep a page of an archive for its request."""
        assert page.warc_file
        assert page.place
        self._shelf[page.warc_file, page.place] = page
        self.emptied.clear()

    async def process_request(self, request: Request) -> Response | None:
        """Return the saved page under the URL it was fetched from; None for requests to the network.

        Raises InputError, for the request's errback, if the file cannot be read.
        """
        path, place = request.meta.get(SAVED_PATH), request.meta.get(PLACE)
        if path is None:
            return None
        page = (
            self._take(path, place)
            if place
            else await run_in_thread(read_page, Path(path), max_bytes=self.max_bytes)
        )
        request.meta[RETRIEVED_AT] = page.retrieved_at
        request.meta[ARCHIVED] = archived_fetch(page, now=datetime.now(UTC))
        return _response(page, request.meta.get("url") or page.url)

    def _take(self, path: str, place: RecordPosition) -> SavedPage:
        page = self._shelf.pop((path, place))
        if not self._shelf:
            self.emptied.set()
        return page


def _response(page: SavedPage, url: str) -> Response:
    kind = "text/plain" if page.is_text else "text/html"
    headers = {"Content-Type": f"{kind}; charset={page.charset}" if page.charset else kind}
    response_class = TextResponse if page.is_text else HtmlResponse
    return response_class(url=url, body=page.body, headers=headers)
