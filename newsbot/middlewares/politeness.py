"""Pace: never faster than a source's `delay_s` and robots.txt's Crawl-delay, and quiet while a host asks for it."""

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
"""Answers that ask for time, with or without Retry-After (RFC 9110 10.2.3, RFC 6585)."""
DEFAULT_HOLD_S = 60.0
"""How long a host is left alone that is busy, and does not say for how long."""


class HeldError(IgnoreRequest):
    """A request that was not made, because its host has asked to be left alone until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"its host has asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC")
        self.until = until


class Politeness:
    """Slows requests to a host down, and stops them while it is held."""

    def __init__(self, crawler: Crawler, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.crawler = crawler
        self.clock = clock
        self.user_agent: str = crawler.settings["USER_AGENT"]
        self.delays: dict[str, float] = {}
        """Least seconds between two requests, by host."""
        self.held: dict[str, datetime] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to robots.txt and, after AutoThrottle, to every response."""
        politeness = cls(crawler)
        crawler.signals.connect(politeness.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(politeness.keep_delay, signal=signals.response_downloaded)
        return politeness

    def add_delays(self, delays: Mapping[str, float]) -> None:
        """Take the least delays of hosts, in seconds, from the catalog."""
        self.delays.update(delays)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Obey Crawl-delay."""
        host = _host(request)
        self.delays[host] = request_delay_s(
            self.delays.get(host, 0.0), robotparser.crawl_delay(self.user_agent)
        )

    def process_request(self, request: Request) -> None:
        """Let no request through to a host that is held."""
        until = self.held_until(request)
        if until:
            raise HeldError(until)
        self.keep_delay(request=request)

    def held_until(self, request: Request) -> datetime | None:
        """Return until when the host of a request is to be left alone; None if it may be asked."""
        until = self.held.get(_host(request))
        return until if until and until > self.clock() else None

    def process_response(self, request: Request, response: Response) -> Response:
        """Hold a host that says it is busy; a redirect of that answer changes nothing."""
        if response.status in BUSY:
            now = self.clock()
            asked = retry_after_s((response.headers.get("Retry-After") or b"").decode("latin-1"), now)
            self.held[_host(request)] = now + timedelta(seconds=DEFAULT_HOLD_S if asked is None else asked)
        return response

    def keep_delay(self, request: Request, **_: Any) -> None:
        """Raise the delay of a host's slot to what is asked of us, and never below it."""
        delay = self.delays.get(_host(request))
        engine = self.crawler.engine
        slot = engine.downloader.slots.get(_host(request)) if engine else None
        if delay and slot and slot.delay < delay:
            slot.delay, slot.jitter = delay, 0.0


def _host(request: Request) -> str:
    return urlparse_cached(request).hostname or ""
