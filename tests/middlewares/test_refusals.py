"""Requests that are ignored: the class of the exception names the reason."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import HtmlResponse, Response
from scrapy.utils.misc import build_from_crawler, load_object
from scrapy.utils.test import get_crawler

from newsbot.middlewares.refusals import (
    ForbiddenByRobotsError,
    LimitedCompression,
    ObeyRobots,
    ResponseTooLargeError,
)
from newsbot.spiders.components import add_components
from tests.crawling import in_reactor, project_settings

PAGE = Request("https://news.example/private/1")


def crawler(**settings: object) -> Crawler:
    return get_crawler(settings_dict={"USER_AGENT": "newsbot", "ROBOTSTXT_OBEY": True, **settings})


class Robots(ObeyRobots):
    """Obeys a robots.txt that forbids /private/, without the network."""

    async def robot_parser(self, request: Request) -> Any:
        return build_from_crawler(self._parserimpl, self.crawler, b"User-agent: *\nDisallow: /private/")


@in_reactor
async def test_request_that_robots_txt_forbids_has_an_exception_of_its_own() -> None:
    robots = Robots.from_crawler(crawler())
    with pytest.raises(ForbiddenByRobotsError):
        await robots.process_request(PAGE)


@in_reactor
async def test_request_that_robots_txt_allows_goes_on() -> None:
    robots = Robots.from_crawler(crawler())
    await robots.process_request(Request("https://news.example/public"))
    assert robots.crawler.stats
    assert robots.crawler.stats.get_value("robotstxt/forbidden", 0) == 0


def test_robots_txt_is_not_asked_for_if_the_setting_says_so() -> None:
    with pytest.raises(NotConfigured):
        ObeyRobots.from_crawler(crawler(ROBOTSTXT_OBEY=False))


def compressed(body: bytes) -> Response:
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/html"}
    return HtmlResponse(PAGE.url, headers=headers, body=gzip.compress(body))


def test_response_that_is_too_large_decompressed_has_an_exception_of_its_own() -> None:
    middleware = LimitedCompression.from_crawler(crawler(DOWNLOAD_MAXSIZE=1000))
    with pytest.raises(ResponseTooLargeError):
        middleware.process_response(PAGE, compressed(b"a" * 100_000))


def test_response_that_is_small_enough_is_decompressed() -> None:
    middleware = LimitedCompression.from_crawler(crawler(DOWNLOAD_MAXSIZE=1000))
    response = middleware.process_response(PAGE, compressed(b"a" * 900))
    assert isinstance(response, Response)
    assert response.body == b"a" * 900


@pytest.mark.parametrize("error", [ForbiddenByRobotsError, ResponseTooLargeError])
def test_scrapy_takes_the_exceptions_for_requests_to_be_ignored(error: type[Exception]) -> None:
    assert issubclass(error, IgnoreRequest)


def test_scrapys_own_middlewares_are_replaced() -> None:
    settings = project_settings()
    add_components(settings)
    chosen = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    names = {load_object(name).__name__ for name, order in chosen.items() if order is not None}
    assert {"ObeyRobots", "LimitedCompression"} <= names
    assert not {"RobotsTxtMiddleware", "HttpCompressionMiddleware"} & names
