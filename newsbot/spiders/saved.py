"""Stores pages from files, without the network: `scrapy crawl saved -a path=PATH[,PATH]`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request

from newsbot.archive.folders import find_pages
from newsbot.errors import InputError, UsageError
from newsbot.middlewares.saved import SAVED_PATH
from newsbot.spiders.base import PageSpider
from newsbot.urls import is_fetchable


class SavedSpider(PageSpider):
    """Reads files, folders and globs. `url` says where a single file came from."""

    name = "saved"
    custom_settings: dict[str, Any] | None = {  # noqa: RUF012 - as Scrapy declares it
        "ROBOTSTXT_OBEY": False,  # nothing is fetched
        "AUTOTHROTTLE_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    }

    def __init__(self, path: str = "", url: str | None = None) -> None:
        super().__init__(path=path, url=url)
        # A comma may be part of a file's name.
        self.paths = [path] if Path(path).exists() else [part.strip() for part in path.split(",")]
        if not all(self.paths):
            raise UsageError("spider saved: path is missing; accepted: PATH[,PATH], files, folders or globs")
        if url is not None and not (is_fetchable(url) and len(self.paths) == 1 and Path(path).is_file()):
            raise UsageError(
                f"spider saved: url is {url!r}; accepted: an http(s) URL, for a path that is a single file"
            )
        self.url = url

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each page of each path; a path with nothing in it fails the run, but not the other paths."""
        for path in self.paths:
            try:
                for page in find_pages(path):
                    yield self._request(page)
            except InputError as error:
                self.logger.error("%s", error)
                self.failure = str(error)

    def _request(self, page: Path) -> Request:
        meta = {SAVED_PATH: str(page), "url": self.url}
        return Request(page.absolute().as_uri(), callback=self.parse_page, errback=self.fetch_failed, meta=meta,
                       dont_filter=True)  # fmt: skip
