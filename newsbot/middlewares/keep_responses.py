"""Every answer of the network goes to the archive as it came, before anything is extracted from it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response
from scrapy.utils.asyncio import run_in_thread
from scrapy.utils.response import response_status_message

from newsbot import __version__
from newsbot.archive.warc_writer import Exchange, Kept, WarcWriter, payload_digest
from newsbot.session import KEPT, SAVED_PATH, CrawlSession
from newsbot.settings import read_settings
from newsbot.store.crawl.fetches import find_kept
from newsbot.store.crawl.frontier import this_process

logger = logging.getLogger(__name__)


class KeepResponses:
    """Writes requests and responses to WARC files. Stands next to the downloader: bodies are still as they were sent.

    When the archive cannot be written, that is told once, and the crawl goes on without it."""

    def __init__(self, crawler: Crawler, writer: WarcWriter) -> None:
        self.crawler = crawler
        self.writer: WarcWriter | None = writer
        self._writing = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the folder from NEWSBOT_ARCHIVE_DIR; no archive is kept where that is empty, or without a database."""
        folder = read_settings(crawler.settings).archive_dir
        if not folder or crawler.get_extension(CrawlSession) is None:
            raise NotConfigured
        host, _, pid = this_process().partition(":")
        keep = cls(
            crawler, WarcWriter(Path(folder), f"newsbot-{host}-{pid}", software=f"newsbot/{__version__}")
        )
        crawler.signals.connect(keep.close, signal=signals.spider_closed)
        return keep

    async def process_response(self, request: Request, response: Response) -> Response:
        """Keep a response, unless it comes from a file or a cache."""
        request.meta.pop(KEPT, None)  # a redirect hands it on
        if self.writer and SAVED_PATH not in request.meta and "cached" not in response.flags:
            kept = await self._keep(_exchange(request, response))
            if kept:
                request.meta[KEPT] = kept
                self._count("kept")
        return response

    async def _keep(self, exchange: Exchange) -> Kept | None:
        """Return where an exchange is kept; None if the archive cannot be written, or could not before."""
        earlier = None
        if exchange.body:
            earlier = await CrawlSession.of(self.crawler).read(
                find_kept, exchange.url, payload_digest(exchange.body)
            )
        async with self._writing:
            if self.writer is None:
                return None
            try:
                return await run_in_thread(self.writer.write, exchange, earlier)
            except OSError as error:
                self.writer.close()
                self.writer = None
                self._count("stopped")
                logger.error("The archive cannot be written, and is not kept any longer: %s", error)
                return None

    async def close(self) -> None:
        """Close the file."""
        async with self._writing:
            if self.writer:
                self.writer.close()

    def _count(self, event: str) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"newsbot/archive/{event}")


def _exchange(request: Request, response: Response) -> Exchange:
    return Exchange(
        url=response.url,
        method=request.method,
        request_headers=list(_pairs(request.headers)),
        request_body=request.body,
        status=response.status,
        reason=response_status_message(response.status).partition(" ")[2],
        headers=[*_pairs(response.headers), (b"Content-Length", str(len(response.body)).encode())],
        body=response.body,
        fetched_at=datetime.now(UTC),
        ip_address=str(response.ip_address) if response.ip_address else None,
    )


def _pairs(headers: Headers) -> Iterator[tuple[bytes, bytes]]:
    """Return the headers that were sent; the length of the body is told by whoever keeps it."""
    for name, values in headers.items():
        if name.lower() not in {b"content-length", b"transfer-encoding"}:
            yield from ((name, value) for value in values)
