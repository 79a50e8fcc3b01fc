"""Scrapy's middlewares for robots.txt and compression, with an exception class for each reason to ignore a request.

Scrapy raises `IgnoreRequest` for both, and the reason is only in the text of the message.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class ForbiddenByRobotsError(IgnoreRequest):
    """A request that robots.txt forbids."""


class ResponseTooLargeError(IgnoreRequest):
    """A response whose body is larger than `DOWNLOAD_MAXSIZE` when it is decompressed."""


class ObeyRobots(RobotsTxtMiddleware):
    """Scrapy's middleware for robots.txt: the same settings, stats and meta keys.

    It raises ForbiddenByRobotsError, because an `IgnoreRequest` of this middleware has no other reason."""

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Raise ForbiddenByRobotsError for a request that robots.txt forbids."""
        try:
            await super().process_request(request)
        except IgnoreRequest as error:
            raise ForbiddenByRobotsError(str(error)) from error


class LimitedCompression(HttpCompressionMiddleware):
    """Scrapy's middleware for compressed responses: the same settings, stats and meta keys.

    It raises ResponseTooLargeError, because an `IgnoreRequest` of this middleware has no other reason."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Return the response decompressed; raise ResponseTooLargeError for one that is too large."""
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise ResponseTooLargeError(str(error)) from error
