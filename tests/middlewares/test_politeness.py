"""Pace and holds, with a clock that the test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser

from newsbot.middlewares.politeness import DEFAULT_HOLD_S, HeldError, Politeness

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
PAGE = Request("https://news.example/1")
OTHER = Request("https://other.example/1")


class Slot:
    """The part of Scrapy's download slot that paces requests."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.jitter = 0.5


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def middleware(clock: Clock | None = None, **slots: Slot) -> Politeness:
    """Return a middleware whose engine has the slots of `<name>.example`."""
    by_host = {f"{name}.example": slot for name, slot in slots.items()}
    engine = SimpleNamespace(downloader=SimpleNamespace(slots=by_host))
    crawler = SimpleNamespace(settings={"USER_AGENT": "newsbot"}, engine=engine)
    return Politeness(cast("Crawler", crawler), clock or Clock())


def busy(status: int = 429, retry_after: str | None = None) -> Response:
    headers: dict[str, Any] = {} if retry_after is None else {"Retry-After": retry_after}
    return Response(PAGE.url, status=status, headers=headers)


def robots(text: str) -> ProtegoRobotParser:
    return ProtegoRobotParser(text.encode(), spider=None)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_held_as_long_as_it_asks_and_others_are_not(status: int) -> None:
    clock = Clock()
    politeness = middleware(clock)
    politeness.process_response(PAGE, busy(status, "120"))
    with pytest.raises(HeldError) as caught:
        politeness.process_request(PAGE)
    assert caught.value.until == NOW + timedelta(seconds=120)
    politeness.process_request(OTHER)
    clock.now += timedelta(seconds=120)
    politeness.process_request(PAGE)


@pytest.mark.parametrize("retry_after", [None, "soon", ""], ids=["absent", "no time", "empty"])
def test_a_busy_host_that_names_no_time_is_held_for_the_default(retry_after: str | None) -> None:
    politeness = middleware()
    politeness.process_response(PAGE, busy(503, retry_after))
    assert politeness.held_until(PAGE) == NOW + timedelta(seconds=DEFAULT_HOLD_S)


@pytest.mark.parametrize("status", [200, 301, 404, 500])
def test_other_answers_hold_nothing(status: int) -> None:
    politeness = middleware()
    answer = busy(status, "120")
    assert politeness.process_response(PAGE, answer) is answer
    assert politeness.held_until(PAGE) is None


def test_the_delay_of_the_catalog_slows_the_slot_and_takes_its_jitter() -> None:
    slot = Slot(0.5)
    politeness = middleware(news=slot, other=Slot(0.5))
    politeness.add_delays({"news.example": 2.0})
    politeness.process_request(PAGE)
    assert (slot.delay, slot.jitter) == (2.0, 0.0)


def test_a_slot_that_is_slower_already_stays_as_it_is() -> None:
    slot = Slot(5.0)
    politeness = middleware(news=slot)
    politeness.add_delays({"news.example": 2.0})
    politeness.keep_delay(PAGE)
    assert (slot.delay, slot.jitter) == (5.0, 0.5)


@pytest.mark.parametrize(("crawl_delay", "expected"), [("4", 4.0), ("1", 2.0)], ids=["slower", "faster"])
def test_crawl_delay_can_only_slow_down_what_the_catalog_says(crawl_delay: str, expected: float) -> None:
    slot = Slot(0.0)
    politeness = middleware(news=slot)
    politeness.add_delays({"news.example": 2.0})
    politeness.robots_parsed(robots(f"User-agent: *\nCrawl-delay: {crawl_delay}"), PAGE)
    politeness.process_request(PAGE)
    assert slot.delay == expected


def test_crawl_delay_for_another_robot_changes_nothing() -> None:
    slot = Slot(0.5)
    politeness = middleware(news=slot)
    politeness.robots_parsed(robots("User-agent: otherbot\nCrawl-delay: 9"), PAGE)
    politeness.process_request(PAGE)
    assert slot.delay == 0.5
