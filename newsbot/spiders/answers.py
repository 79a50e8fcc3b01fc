"""`Answers`: the responses to single requests, and the hosts that give none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from newsbot.middlewares.politeness import HeldError
from newsbot.middlewares.refusals import ForbiddenByRobotsError, ObeyRobots
from newsbot.spiders.page_spider import error_detail

GONE = (404, 410)
"""HTTP statuses by which a server says that there is nothing at an address (RFC 9110 15.5.5, 15.5.11). Whatever else
fails may work tomorrow, or from another network."""
PERMANENT = (301, 308)
"""HTTP statuses of permanent redirects (RFC 9110 15.4.2, 15.4.9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome of one request."""

    response: Response | None = None
    """The response; None if there is none, or if it has an error status."""
    problem: str | None = None
    """Reason in one line why there is no response."""
    is_gone: bool = False
    """Whether the server says that there is nothing at the address, and not only at the target of a temporary redirect."""
    is_forbidden: bool = False
    """Whether robots.txt forbids the request, which then is not sent."""


class Answers:
    """Fetches single URLs, with all downloader middlewares.

    A host that has not answered its first request is not asked again, so that a dead one costs its timeout only once."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._heard: set[str] = set()
        """Hosts that have answered."""
        self._silent: dict[str, Answer] = {}
        """Host that has not answered -> the outcome of the request to it."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return an instance that hears of every response of a crawl, of redirects and robots.txt too."""
        answers = cls(crawler)
        crawler.signals.connect(answers.note_response, signal=signals.response_downloaded)
        return answers

    def note_response(self, request: Request) -> None:
        """Note that a host has answered, if only with an error."""
        self._heard.add(_host(request.url))

    @property
    def any(self) -> bool:
        """Whether any host has answered."""
        return bool(self._heard)

    def has_answered(self, url: str) -> bool:
        """Return whether the host of a URL has answered."""
        return _host(url) in self._heard

    async def get(self, url: str) -> Answer:
        """Return the outcome of a request for a URL. Never raises."""
        host = _host(url)
        if host in self._silent:
            return self._silent[host]
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(Request(url))
        except Exception as error:  # noqa: BLE001 - whatever the reason is, it is the outcome
            is_forbidden = isinstance(error, ForbiddenByRobotsError)
            answer = Answer(problem=error_detail(error, url), is_forbidden=is_forbidden)
            if host not in self._heard:
                self._silent[host] = answer
            return answer
        if response.status >= 400:
            return Answer(problem=f"status {response.status}", is_gone=_is_gone(response))
        return Answer(response=response)

    async def is_allowed(self, url: str) -> bool | None:
        """Return whether robots.txt allows to fetch a URL; None if it could not be read."""
        obey_robots = self.crawler.get_downloader_middleware(ObeyRobots)
        try:
            robots = await obey_robots.robot_parser(Request(url)) if obey_robots else None
        except HeldError:
            return None
        return robots is None or robots.allowed(url, self.crawler.settings["ROBOTSTXT_USER_AGENT"])


def permanent_target(response: Response) -> str | None:
    """Return the URL to which the redirects of a response lead as far as they are permanent; None if the first is not."""
    chain = [*response.meta.get("redirect_urls", ()), response.url]
    steps = sum(1 for _ in takewhile(PERMANENT.__contains__, response.meta.get("redirect_reasons", ())))
    return chain[steps] if steps else None


def _is_gone(response: Response) -> bool:
    is_permanent = all(reason in PERMANENT for reason in response.meta.get("redirect_reasons", ()))
    return response.status in GONE and is_permanent


def _host(url: str) -> str:
    """Return the host of a URL, and its port if there is one."""
    return urlsplit(url).netloc
