"""Limits the rate of requests to a host: `delay_s` of its source, Crawl-delay of robots.txt, and Retry-After."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from newsbot.discovery.schedule import request_delay_s, retry_after_s

BUSY = (429, 503)
"""HTTP statuses by which a host asks for time, with or without Retry-After (RFC 9110 10.2.3, RFC 6585)."""
DEFAULT_HOLD_S = 60.0
"""Seconds for which a busy host is held if it sends no Retry-After."""


class HeldError(IgnoreRequest):
    """Raised for a request that is not sent, because its host asked to be left alone until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"its host has asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC")
        self.until = until


class Politeness:
    """Downloader middleware that delays requests to a host, and raises HeldError while the host is held.

    A host is held if it answers with 429 or 503: until the time of Retry-After, or for `DEFAULT_HOLD_S`. The delay of a
    host is the greatest of AutoThrottle's, its source's and its robots.txt's. Setting: `USER_AGENT`, for the rules of
    robots.txt. A subclass may override `process_response` to hold hosts for other reasons."""

    def __init__(self, crawler: Crawler, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.crawler = crawler
        self.clock = clock
        self.user_agent: str = crawler.settings["USER_AGENT"]
        self.delays: dict[str, float] = {}
        """Minimum number of seconds between two requests, by host."""
        self.held: dict[str, datetime] = {}
        """Time in UTC until which a host is held, by host."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return a middleware that is connected to the signals of robots.txt and of responses.

        AutoThrottle is connected before it, so that its delay is raised, not overwritten."""
        politeness = cls(crawler)
        crawler.signals.connect(politeness.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(politeness.keep_delay, signal=signals.response_downloaded)
        return politeness

    def add_delays(self, delays: Mapping[str, float]) -> None:
        """Set the minimum delays of hosts, in seconds."""
        self.delays.update(delays)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Raise the delay of a host to the Crawl-delay of its robots.txt."""
        host = _host(request)
        self.delays[host] = request_delay_s(
            self.delays.get(host, 0.0), robotparser.crawl_delay(self.user_agent)
        )

    def process_request(self, request: Request) -> None:
        """Raise HeldError for a request to a host that is held; else enforce the host's delay."""
        until = self.held_until(request)
        if until:
            raise HeldError(until)
        self.keep_delay(request=request)

    def held_until(self, request: Request) -> datetime | None:
        """Return the time until which the host of a request is held; None if it is not."""
        until = self.held.get(_host(request))
        return until if until and until > self.clock() else None

    def process_response(self, request: Request, response: Response) -> Response:
        """Hold a host that says that it is busy; return the response unchanged."""
        if response.status in BUSY:
            now = self.clock()
            asked = retry_after_s((response.headers.get("Retry-After") or b"").decode("latin-1"), now)
            self.held[_host(request)] = now + timedelta(seconds=DEFAULT_HOLD_S if asked is None else asked)
        return response

    def keep_delay(self, request: Request, **_: Any) -> None:
        """Raise the delay of the downloader's slot for a host to the minimum delay.

        The slot then has no jitter, which would make some delays shorter."""
        delay = self.delays.get(_host(request))
        engine = self.crawler.engine
        slot = engine.downloader.slots.get(_host(request)) if engine else None
        if delay and slot and slot.delay < delay:
            slot.delay, slot.jitter = delay, 0.0


def _host(request: Request) -> str:
    return urlparse_cached(request).hostname or ""
