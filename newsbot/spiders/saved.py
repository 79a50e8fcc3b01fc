"""The spider `saved`, which reads pages from files: `scrapy crawl saved -a path=PATH[,PATH]`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.asyncio import run_in_thread
from twisted.python.failure import Failure

from newsbot.archive.files import absolute_path, fetched_at, find_pages, is_warc
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
from newsbot.spiders.turns import Turns
from newsbot.urls import is_fetchable

TURN = "turn"
"""Request.meta key: number of the page in the order in which pages are stored."""
BATCH = 16
"""Maximum number of pages of an archive that are in memory and wait for their requests."""


class SavedSpider(PageSpider):
    """Reads the pages of files, folders and globs. `url` is the address of a single page.

    The other arguments select pages of WARC and WACZ files: `source` (keys of the catalog), `host` and `language` are
    lists with commas; `since` and `until` limit the time of the fetch (2026-11-23 or 2026-11-23T10:00:00Z).

    Pages are read at the same time, and stored in the order in which they were fetched (`fetched_at` in `meta.json`), so
    that of several versions of one page the last one counts, and two runs over the same pages give the same database.
    Those whose time is not known follow by name, then the archives, each in the order of its records.

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
        path: str | Sequence[str] = "",
        url: str | None = None,
        source: str = "",
        host: str = "",
        language: str = "",
        since: str = "",
        until: str = "",
    ) -> None:
        given = {"source": source, "host": host, "language": language, "since": since, "until": until}
        super().__init__(path=path, url=url, **{name: value for name, value in given.items() if value})
        self.paths = _split(path) if isinstance(path, str) else list(path)
        if not all(self.paths):
            self.missing = "spider saved: path is missing; accepted: PATH[,PATH], files, folders or globs"
        if url is not None and not (is_fetchable(url) and _is_page(self.paths)):
            raise UsageError(
                f"spider saved: url is {url!r}; accepted: an http(s) URL, for a path that is a single page"
            )
        self.url = url
        self.selection = parse_selection(**given)
        self.turns = Turns()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return a spider that numbers its requests. Raises UsageError as `PageSpider` does."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.number, signal=signals.request_scheduled)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for every page of every path, in the order in which they are stored.

        A path without pages makes the run a failure; the other paths are read all the same."""
        for file in await run_in_thread(self._files):
            if not is_warc(file.name):
                yield self._request(file)
                continue
            try:
                async for request in self._archive_requests(file.absolute()):
                    yield request
            except InputError as error:
                self._fail(error)

    def _files(self) -> list[Path]:
        """Return the pages and archives of every path: pages by the time of their fetch, then the others by name."""
        found: list[Path] = []
        for path in self.paths:
            try:
                found += find_pages(path)
            except InputError as error:
                self._fail(error)
        return sorted(found, key=_place_in_time)

    def number(self, request: Request) -> None:
        """Give a request its place in the order. The scheduler keeps to it, or a page could wait for one that waits for it."""
        if SAVED_PATH in request.meta and TURN not in request.meta:
            request.meta[TURN] = self.turns.take()
            request.priority = -request.meta[TURN]

    def _request(self, file: Path, place: RecordPosition | None = None) -> Request:
        """Return a request for a page, with the URL of its file: Scrapy does not accept every URL of an archived page."""
        meta = {SAVED_PATH: str(file), PLACE: place, "url": self.url}
        callback = self.parse_archived if place else self.parse_page
        return Request(
            absolute_path(file).as_uri(),
            callback=callback,
            errback=self.page_failed,
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

    async def parse_page(self, response: Response) -> AsyncIterator[Envelope | Reject]:
        """Yield the article of a page, or the reason why there is none, when those before it have been yielded."""
        reading = asyncio.ensure_future(self.read(capture_of(response)))
        async with self.turns.turn(response.meta.get(TURN)):
            yield await reading

    async def parse_archived(self, response: Response) -> AsyncIterator[Envelope | Reject]:
        """Yield the article of an archived page in its turn, if it is in a wanted language."""
        # What is not wanted is only read, for its language.
        capture, is_ahead = capture_of(response), not self.selection.languages
        reading = asyncio.ensure_future(self.read(capture, is_ahead=is_ahead))
        async with self.turns.turn(response.meta.get(TURN)):
            item = await reading
            if isinstance(item, Reject) or self.selection.wants_article(item.article):
                yield item
            else:
                self._count(Counter({"language": 1}))

    async def page_failed(self, failure: Failure) -> AsyncIterator[Reject]:
        """Yield the reject of a page that cannot be read, in its turn."""
        request: Request = failure.request  # type: ignore[attr-defined]
        async with self.turns.turn(request.meta.get(TURN)):
            for reject in self.fetch_failed(failure):
                yield reject

    def _count(self, skipped: Counter[str]) -> None:
        assert self.crawler.stats is not None
        for kind, count in skipped.items():
            self.crawler.stats.inc_value(f"newsbot/archive/skipped/{kind}", count)

    def _fail(self, error: InputError) -> None:
        self.logger.error("%s", error)
        self.failure = str(error)


def _split(path: str) -> list[str]:
    """Return the paths of an argument that commas separate. A comma may also be part of a file's name."""
    return [path] if Path(path).exists() else [part.strip() for part in path.split(",")]


def _is_page(paths: Sequence[str]) -> bool:
    return len(paths) == 1 and Path(paths[0]).is_file() and not is_warc(paths[0])


def _place_in_time(file: Path) -> tuple[bool, datetime]:
    """Return what files are sorted by: whether it is an archive, then the time of the fetch, the last of all if unknown."""
    if is_warc(file.name):
        return True, _END_OF_TIME
    return False, fetched_at(file) or _END_OF_TIME


_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
