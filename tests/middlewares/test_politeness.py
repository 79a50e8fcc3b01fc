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

from newsbot.middlewares.politeness import HeldError, Politeness
from tests.crawling import in_reactor

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
PAGE = Request("https://news.example/1")
OTHER = Request("https://other.example/1")
OTHER_PORT = Request("https://news.example:8443/1")


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
    crawler = SimpleNamespace(
        settings={"USER_AGENT": "newsbot/1.0 (+https://newsbot.example)"},
        engine=engine,
        stats=None,
        get_extension=lambda kind: None,
    )
    return Politeness(cast("Crawler", crawler), clock or Clock())


def busy(status: int = 429, retry_after: str | None = None) -> Response:
    headers: dict[str, Any] = {} if retry_after is None else {"Retry-After": retry_after}
    return Response(PAGE.url, status=status, headers=headers)


def robots(text: str) -> ProtegoRobotParser:
    return ProtegoRobotParser(text.encode(), spider=None)


@pytest.mark.parametrize("status", [429, 503])
@in_reactor
async def test_a_busy_host_is_held_as_long_as_it_asks_and_others_are_not(status: int) -> None:
    clock = Clock()
    politeness = middleware(clock)
    await politeness.process_response(PAGE, busy(status, "120"))
    with pytest.raises(HeldError, match=rf"news.example asked to wait \({status}\)") as caught:
        politeness.process_request(PAGE)
    assert caught.value.until == NOW + timedelta(seconds=120)
    politeness.process_request(OTHER)
    politeness.process_request(OTHER_PORT)
    clock.now += timedelta(seconds=120)
    politeness.process_request(PAGE)


@pytest.mark.parametrize("retry_after", [None, "soon", ""], ids=["absent", "no time", "empty"])
@in_reactor
async def test_a_busy_host_that_names_no_time_is_held_longer_every_time(retry_after: str | None) -> None:
    clock = Clock()
    politeness = middleware(clock)
    for minutes in (1, 2, 4, 8):
        await politeness.process_response(PAGE, busy(503, retry_after))
        hold = politeness.hold_of(PAGE)
        assert hold is not None
        assert hold.held_until == clock.now + timedelta(minutes=minutes)
        clock.now = hold.held_until
    await politeness.process_response(PAGE, busy(200))
    await politeness.process_response(PAGE, busy(503, retry_after))
    assert [state.held_until for state in politeness.held()] == [clock.now + timedelta(minutes=1)]


@pytest.mark.parametrize("status", [200, 301, 404, 500])
@in_reactor
async def test_other_answers_hold_nothing(status: int) -> None:
    politeness = middleware()
    answer = busy(status, "120")
    assert await politeness.process_response(PAGE, answer) is answer
    assert politeness.hold_of(PAGE) is None


@in_reactor
async def test_a_robots_txt_that_cannot_be_read_holds_its_host_until_it_counts_as_absent() -> None:
    clock = Clock()
    politeness = middleware(clock)
    waits = []
    while clock.now < NOW + timedelta(days=30):
        with pytest.raises(
            HeldError, match=r"robots.txt of news.example cannot be read \(robots.txt: 503\)"
        ) as caught:
            await politeness.robots_failed(PAGE, "503")
        waits.append((caught.value.until - clock.now).total_seconds())
        with pytest.raises(HeldError):
            politeness.process_request(PAGE)
        clock.now = caught.value.until
    assert waits[:4] == [300, 600, 1200, 2400]
    assert max(waits) == waits[-1] == 86_400
    await politeness.robots_failed(PAGE, "503")
    politeness.process_request(PAGE)


@in_reactor
async def test_pages_that_answer_do_not_make_an_unreadable_robots_txt_new() -> None:
    clock = Clock()
    politeness = middleware(clock)
    with pytest.raises(HeldError):
        await politeness.robots_failed(PAGE, "503")
    clock.now += timedelta(days=31)
    await politeness.process_response(PAGE, busy(200))
    await politeness.robots_failed(PAGE, "503")
    await politeness.robots_read(PAGE)
    with pytest.raises(HeldError):
        await politeness.robots_failed(PAGE, "503")


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
