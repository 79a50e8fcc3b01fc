"""Writes every response from the network to the archive, unchanged, before anything is extracted from it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response
from scrapy.utils.asyncio import run_in_thread
from scrapy.utils.response import response_status_message
from sqlalchemy.orm import Session

from newsbot import __version__
from newsbot.archive.warc_writer import Exchange, Kept, UnwritableError, WarcWriter, payload_digest
from newsbot.errors import DatabaseError, NewsbotError
from newsbot.jobs.archive_upload import upload_archive
from newsbot.jobs.remote.objects import file_system
from newsbot.session import KEPT, SAVED_PATH, CrawlSession
from newsbot.settings import read_settings
from newsbot.store.crawl.fetches import find_kept
from newsbot.store.crawl.frontier import this_process
from newsbot.store.database import Database

logger = logging.getLogger(__name__)


class KeepResponses:
    """Writes requests and responses to WARC files.

    It is the middleware nearest to the downloader, so that bodies are still as they were sent. A response that does not fit
    into a record is written without some of its headers, or skipped if its URL is too long. If the disk does not take the
    archive, one error is logged and the crawl goes on without an archive. A page that a browser has rendered is written
    as it is then.

    Settings: `NEWSBOT_ARCHIVE_DIR`, the folder; empty: nothing is kept. `NEWSBOT_ARCHIVE_URL`, an object store to which
    complete files are uploaded: at the end, and an hour after they were full. Stats: `newsbot/archive/kept`, `newsbot/archive/reduced` (of these),
    `newsbot/archive/skipped`, `newsbot/archive/stopped`, `newsbot/archive/uploaded`. Meta keys: sets `KEPT`; requests with `SAVED_PATH` are not kept. Responses with the flag
    `cached` are not kept either."""

    def __init__(self, crawler: Crawler, writer: WarcWriter, store: str = "") -> None:
        self.crawler = crawler
        self.writer: WarcWriter | None = writer
        self.store = store
        self._writing = asyncio.Lock()
        self._waiting: list[_Waiting] = []
        self._uploading: asyncio.Future[None] | None = None
        self._released = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return a middleware that writes to the folder of the settings.

        Raises NotConfigured if the setting is empty, or if the crawl has no database."""
        settings = read_settings(crawler.settings)
        folder = settings.archive_dir
        if not folder or crawler.get_extension(CrawlSession) is None:
            raise NotConfigured
        host, _, pid = this_process().partition(":")
        if settings.archive_url:
            file_system(settings.archive_url)  # a package may be missing
        writer = WarcWriter(Path(folder), f"newsbot-{host}-{pid}", software=f"newsbot/{__version__}")
        keep = cls(crawler, writer, settings.archive_url)
        crawler.signals.connect(keep.close, signal=signals.spider_closed)
        return keep

    async def process_response(self, request: Request, response: Response) -> Response:
        """Write a response to the archive, unless it comes from a file or a cache."""
        request.meta.pop(KEPT, None)  # Scrapy copies the meta of a request to its redirect
        if self.writer and SAVED_PATH not in request.meta and "cached" not in response.flags:
            kept = await self._keep(_exchange(request, response))
            if kept:
                request.meta[KEPT] = kept
                self._count("kept")
                if not kept.is_whole:
                    self._count("reduced")
        return response

    async def _keep(self, exchange: Exchange) -> Kept | None:
        """Write an exchange; return its place. None if the archive cannot be written, now or earlier in this crawl.

        What comes while others are written is written together, after them: each visit to a thread costs as much as a write."""
        waiting = _Waiting(exchange)
        self._waiting.append(waiting)
        async with self._writing:
            if not waiting.is_done and self.writer is not None:
                batch, self._waiting = self._waiting, []
                await self._write_batch(self.writer, batch)
                if self.writer is not None:
                    self._begin_upload(self.writer)
        if waiting.error:
            raise waiting.error
        return waiting.kept

    async def _write_batch(self, writer: WarcWriter, batch: Sequence[_Waiting]) -> None:
        session = CrawlSession.of(self.crawler)
        try:
            await session.call(partial(_write_all, session.database, writer, batch, self.store))
        except OSError as error:
            writer.close()
            self.writer = None
            self._count("stopped")
            logger.error("The archive cannot be written, and is not kept any longer: %s", error)
        except DatabaseError as error:
            for waiting in batch:
                waiting.error = error
        for waiting in batch:
            waiting.is_done = True
            if waiting.is_unwritable:
                self._count("skipped")

    async def close(self, reason: str) -> None:
        """Close the file that is being written, and upload what is complete, unless somebody wants the crawl to end."""
        async with self._writing:
            if self.writer is None:
                return
            self.writer.close()
            if self._uploading:
                await self._uploading
            if self.store and reason != "shutdown" and self.writer.folder.is_dir():
                await run_in_thread(self._upload, self.writer.folder)

    def _begin_upload(self, writer: WarcWriter) -> None:
        """Upload the files of a long crawl as they are complete, beside its work."""
        is_free = self._uploading is None or self._uploading.done()
        if self.store and is_free and writer.released > self._released:
            self._released = writer.released
            self._uploading = asyncio.ensure_future(run_in_thread(self._upload, writer.folder))

    def _upload(self, folder: Path) -> None:
        """Upload the files of the archive that no crawl writes to; those that cannot be are left for the next run."""
        session = CrawlSession.of(self.crawler)
        database = Database(session.processor.settings.database_url)  # that of the session is being closed
        try:
            for uploaded in upload_archive(database.open(migrate=False), folder, self.store):
                if uploaded.url:
                    self._count("uploaded")
        except NewsbotError as error:
            logger.error("Files of the archive are not uploaded now, but by the next run: %s", error)
        finally:
            database.close()

    def _count(self, event: str) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"newsbot/archive/{event}")


@dataclass(slots=True)
class _Waiting:
    """An exchange that is to be written, and what has become of it."""

    exchange: Exchange
    kept: Kept | None = None
    is_unwritable: bool = False
    is_done: bool = False
    error: DatabaseError | None = None


def _write_all(database: Database, writer: WarcWriter, batch: Sequence[_Waiting], store: str) -> None:
    """Write exchanges to the archive, one after the other. Raises OSError, and DatabaseError before anything is written."""
    digests = [payload_digest(waiting.exchange.body) for waiting in batch]

    def find_earlier(session: Session) -> list[Kept | None]:
        return [
            find_kept(session, waiting.exchange.url, digest, store) if waiting.exchange.body else None
            for waiting, digest in zip(batch, digests, strict=True)
        ]

    for waiting, earlier in zip(batch, database.ask(find_earlier), strict=True):
        try:
            waiting.kept = writer.write(waiting.exchange, earlier)
        except UnwritableError:
            waiting.is_unwritable = True


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
    """Yield the headers that were sent, without those that describe the transfer: the body is complete here."""
    for name, values in headers.items():
        if name.lower() not in {b"content-length", b"transfer-encoding"}:
            yield from ((name, value) for value in values)
