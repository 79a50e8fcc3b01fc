"""The spider `saved`, which reads pages from files: `scrapy crawl saved -a path=PATH[,PATH]`."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.utils.asyncio import run_in_thread

from newsbot.archive.files import find_pages, is_warc
from newsbot.archive.selection import parse_selection
from newsbot.archive.warc import RecordPosition
from newsbot.archive.warc_pages import read_pages, warc_spans
from newsbot.capture import Capture
from newsbot.errors import InputError, UsageError
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject
from newsbot.middlewares.saved_pages import SavedPages
from newsbot.session import PLACE, SAVED_PATH
from newsbot.settings import read_settings
from newsbot.spiders.page_spider import PageSpider, capture_of
from newsbot.urls import is_fetchable

BATCH = 16
"""Maximum number of pages of an archive that are in memory and wait for their requests."""


class SavedSpider(PageSpider):
    """Reads the pages of files, folders and globs. `url` is the address of a single page.

    The other arguments select pages of WARC and WACZ files: `source` (keys of the catalog), `host` and `language` are
    lists with commas; `since` and `until` limit the time of the fetch (2026-11-23 or 2026-11-23T10:00:00Z).

    Stats: `newsbot/archive/skipped/<kind>`, the records of archives that were skipped. Meta keys: `SAVED_PATH`,
    `PLACE`, and `url` for the address of a single page."""

    name = "saved"
    custom_settings: dict[str, Any] | None = {  # noqa: RUF012 - Scrapy declares it in this form
        "ROBOTSTXT_OBEY": False,  # nothing is fetched
        "AUTOTHROTTLE_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    }

    def __init__(
        self,
        path: str = "",
        url: str | None = None,
        source: str = "",
        host: str = "",
        language: str = "",
        since: str = "",
        until: str = "",
    ) -> None:
        given = {"source": source, "host": host, "language": language, "since": since, "until": until}
        super().__init__(path=path, url=url, **{name: value for name, value in given.items() if value})
        # A comma may be part of a file's name.
        self.paths = [path] if Path(path).exists() else [part.strip() for part in path.split(",")]
        if not all(self.paths):
            self.missing = "spider saved: path is missing; accepted: PATH[,PATH], files, folders or globs"
        if url is not None and not (is_fetchable(url) and Path(path).is_file() and not is_warc(path)):
            raise UsageError(
                f"spider saved: url is {url!r}; accepted: an http(s) URL, for a path that is a single page"
            )
        self.url = url
        self.selection = parse_selection(**given)

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for every page of every path.

        A path without pages makes the run a failure; the other paths are read all the same."""
        for path in self.paths:
            try:
                for file in find_pages(path):
                    if is_warc(file.name):
                        async for request in self._archive_requests(file.absolute()):
                            yield request
                    else:
                        yield self._request(file)
            except InputError as error:
                self._fail(error)

    def _request(self, file: Path, place: RecordPosition | None = None) -> Request:
        """Return a request for a page, with the URL of its file: Scrapy does not accept every URL of an archived page."""
        meta = {SAVED_PATH: str(file), PLACE: place, "url": self.url}
        callback = self.parse_archived if place else self.parse_page
        return Request(
            file.absolute().as_uri(),
            callback=callback,
            errback=self.fetch_failed,
            meta=meta,
            dont_filter=True,
        )

    async def _archive_requests(self, path: Path) -> AsyncIterator[Request]:
        """Yield requests for the pages of an archive. A batch is read when the pages of the last one have been answered."""
        shelf = self.crawler.get_downloader_middleware(SavedPages)
        assert shelf
        skipped: Counter[str] = Counter()
        try:
            pages = self._pages(path, skipped)
            while batch := await run_in_thread(lambda: list(islice(pages, BATCH))):
                for place, capture in batch:
                    shelf.put(str(path), place, capture)
                    yield self._request(path, place)
                await shelf.emptied.wait()
        except InputError as error:
            self._fail(error)
        finally:
            self._count(skipped)

    def _pages(self, path: Path, skipped: Counter[str]) -> Iterator[tuple[RecordPosition, Capture]]:
        for span in warc_spans(path):
            yield from read_pages(
                path,
                span,
                max_bytes=read_settings(self.settings).max_page_bytes,
                skipped=skipped,
                wanted=lambda url, at: self.selection.wants_page(url, at, self.sources),
            )

    async def parse_archived(self, response: Response) -> AsyncIterator[Envelope | Reject]:
        """Yield the article of an archived page, if it is in a wanted language."""
        # What is not wanted is only read, for its language.
        item = await self.read(capture_of(response), is_ahead=not self.selection.languages)
        if isinstance(item, Reject) or self.selection.wants_article(item.article):
            yield item
        else:
            self._count(Counter({"language": 1}))

    def _count(self, skipped: Counter[str]) -> None:
        assert self.crawler.stats is not None
        for kind, count in skipped.items():
            self.crawler.stats.inc_value(f"newsbot/archive/skipped/{kind}", count)

    def _fail(self, error: InputError) -> None:
        self.logger.error("%s", error)
        self.failure = str(error)
