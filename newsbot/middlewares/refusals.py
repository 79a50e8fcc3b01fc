"""Scrapy's middlewares for robots.txt and compression, with an exception class for each reason to ignore a request.

Scrapy raises `IgnoreRequest` for both, and the reason is only in the text of the message.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.signals import robots_parsed
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from newsbot.middlewares.networks import error_text, is_refused
from newsbot.middlewares.politeness import BUSY, HeldError, Politeness

MAX_ROBOTS_REDIRECTS = 5
"""Number of redirects after which a robots.txt counts as absent (RFC 9309, section 2.3.1.2)."""
MAX_ROBOTS_BYTES = 500 * 1024
"""Size up to which a robots.txt is read: what RFC 9309, section 2.5, asks for at least."""


class ForbiddenByRobotsError(IgnoreRequest):
    """A request that robots.txt forbids."""


class ResponseTooLargeError(IgnoreRequest):
    """A response whose body is larger than `DOWNLOAD_MAXSIZE` when it is decompressed."""


class ObeyRobots(RobotsTxtMiddleware):
    """Downloader middleware for robots.txt by RFC 9309: the settings, stats and meta keys of Scrapy's.

    It raises ForbiddenByRobotsError for a request that robots.txt forbids. Scrapy's takes a robots.txt that cannot be read
    as permission; this one has `Politeness` hold the host, and raises HeldError."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._readings: dict[str, asyncio.Future[RobotParser | None]] = {}
        """Scheme and host -> its rules, or None if it has none; pending while they are read."""

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Raise ForbiddenByRobotsError for a request that robots.txt forbids, HeldError if its host is held."""
        try:
            await super().process_request(request)
        except HeldError:
            raise
        except IgnoreRequest as error:
            raise ForbiddenByRobotsError(str(error)) from error

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of the host of a request; None if it has none. Raises HeldError if they cannot be read now."""
        politeness = self.crawler.get_downloader_middleware(Politeness)
        if politeness is not None:
            politeness.check(request)
        url = urlparse_cached(request)
        site = f"{url.scheme}://{url.netloc}"
        reading = self._readings.get(site)
        if reading is None:
            reading = self._readings[site] = asyncio.ensure_future(self._read(request, f"{site}/robots.txt"))
        try:
            return await asyncio.shield(reading)
        except HeldError:
            self._readings.pop(site, None)  # asked for again once the hold is over
            raise

    async def _read(self, request: Request, address: str) -> RobotParser | None:
        """Fetch and parse a robots.txt."""
        assert self.crawler.engine is not None
        asking = Request(
            address,
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True, "redirect_ttl": MAX_ROBOTS_REDIRECTS},
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(asking)
        except HeldError:
            raise
        except (
            IgnoreRequest,
            DownloadCancelledError,
        ):  # redirected without end, too large to be meant as rules, or refused, as the request is then too
            return None
        except Exception as error:  # noqa: BLE001 - whatever prevents it from being read
            self._stats.inc_value(f"robotstxt/exception_count/{type(error).__name__}")
            if is_refused(address, error):
                return None  # the request fails for the same reason, and says so
            await self._unreadable(request, error_text(error))
            return None
        return await self._rules(request, response)

    async def _rules(self, request: Request, response: Response) -> RobotParser | None:
        self._stats.inc_value("robotstxt/response_count")
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status in BUSY or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            await self._unreadable(request, str(response.status), response)
            return None
        politeness = self.crawler.get_downloader_middleware(Politeness)
        if politeness is not None:
            await politeness.robots_read(request)
        if response.status >= HTTPStatus.BAD_REQUEST:
            return None
        rules = build_from_crawler(self._parserimpl, self.crawler, response.body[:MAX_ROBOTS_BYTES])
        await self.crawler.signals.send_catch_log_async(
            signal=robots_parsed, robotparser=rules, request=request
        )
        return rules

    async def _unreadable(self, request: Request, reason: str, response: Response | None = None) -> None:
        """Hold the host and raise HeldError; return if robots.txt has been unreadable for so long that it counts as absent."""
        politeness = self.crawler.get_downloader_middleware(Politeness)
        if politeness is not None:
            await politeness.robots_failed(request, reason, response)


class LimitedCompression(HttpCompressionMiddleware):
    """Scrapy's middleware for compressed responses: the same settings, stats and meta keys.

    It raises ResponseTooLargeError, because an `IgnoreRequest` of this middleware has no other reason."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the response decompressed; raise ResponseTooLargeError for one that is too large.

        A coding whose name is not in ASCII is none: Scrapy fails on it, and the page would be lost."""
        if any(not coding.isascii() for coding in response.headers.getlist("Content-Encoding")):
            headers = response.headers.copy()
            del headers["Content-Encoding"]
            response = response.replace(headers=headers)
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise ResponseTooLargeError(str(error)) from error
