"""Flags of sources from made-up counts a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from newsbot.sources.health import DayCounts, Evidence, Flag, FlagKind, health_flags, outage
from newsbot.sources.reach import FeedState, Hold, Unreached
from newsbot.sources.walls import Forbidden, PageCounts

TODAY = date(2026, 11, 23)  # a Monday
NOW = datetime.combine(TODAY, time(12), UTC)
RSS = "https://courier.example/rss.xml"


def articles(*a_day: int) -> dict[date, DayCounts]:
    """Return the counts of the days up to yesterday, given the articles of every day, all of them complete."""
    days = [TODAY - timedelta(days=number) for number in range(len(a_day), 0, -1)]
    return {day: complete(count) for day, count in zip(days, a_day, strict=True)}


def complete(count: int) -> DayCounts:
    return DayCounts(articles=count, with_author=count, with_date=count, with_body=count)


def flags(today: date = TODAY, **evidence: Any) -> list[Flag]:
    known = Evidence(source="courier", **evidence)
    return health_flags(known, datetime.combine(today, time(12), UTC))


def kinds(days: Mapping[date, DayCounts], today: date = TODAY) -> list[FlagKind]:
    return [flag.kind for flag in flags(today, days=days)]


@pytest.mark.parametrize(
    ("counts", "silent"),
    [
        ([10] * 30, False),
        ([10] * 30 + [0], True),
        ([2] * 30 + [0] * 2, False),
        ([2] * 30 + [0] * 4, True),
        ([10] * 30 + [1], False),
        ([0] * 3, True),
        ([0] * 2, False),
        ([], False),
        ([10] * 5 + [0] * 50, True),
        ([0, 0, 0, 0, 0, 0, 1] * 8 + [0] * 14, False),
        ([0, 0, 0, 0, 0, 0, 1] * 8 + [0] * 60, True),
    ],
    ids=[
        "steady",
        "one silent day of a daily",
        "two of a small source",
        "four of a small source",
        "a slow day",
        "nothing ever",
        "nothing yet",
        "empty",
        "long ago",
        "two weeks of a weekly",
        "two months of a weekly",
    ],
)
def test_silence(counts: list[int], silent: bool) -> None:
    assert ("silence" in kinds(articles(*counts))) == silent


def test_silent_weekend_is_normal_for_a_paper_that_rests_on_weekends() -> None:
    days = articles(*[20 if (TODAY - timedelta(days=n)).weekday() < 5 else 0 for n in range(35, 0, -1)])
    assert kinds(days) == []
    assert kinds(days | {TODAY: complete(0)}, TODAY + timedelta(days=1)) == ["silence"]


def test_today_is_not_over() -> None:
    assert kinds(articles(*[10] * 30) | {TODAY: complete(0)}) == []


def test_days_without_a_crawl_are_no_silence() -> None:
    days = articles(*[10] * 30)
    assert kinds(days, TODAY + timedelta(days=20)) == []


def test_silence_states_its_start_and_the_expected_number() -> None:
    (flag,) = flags(days=articles(*[10] * 30, 0, 0))
    assert (flag.source, flag.detail) == ("courier", "no article since 2026-11-20, 20 expected in 2 days")


def test_field_that_vanishes_is_a_coverage_drop() -> None:
    days = articles(*[10] * 30)
    for number in (1, 2):
        days[TODAY - timedelta(days=number)] = DayCounts(
            articles=10, with_author=1, with_date=10, with_body=8
        )
    (flag,) = flags(days=days)
    assert (flag.kind, flag.detail) == ("coverage drop", "author: 100% of articles had it, now 10%")


def test_coverage_is_not_judged_on_few_articles() -> None:
    days = articles(1) | {TODAY: DayCounts(articles=3)}
    assert kinds(days) == []
    assert kinds({TODAY: DayCounts(articles=100)}) == []


def test_field_that_was_always_missing_has_not_dropped() -> None:
    assert kinds({day: DayCounts(articles=10, with_body=10) for day in articles(*[1] * 30)}) == []


def pages(ago: int = 0, **counts: Any) -> dict[date, PageCounts]:
    return {TODAY - timedelta(days=ago): PageCounts(**counts)}


@pytest.mark.parametrize(
    ("counts", "wall"),
    [
        ({"articles": 5, "empty": 45}, "45 of 50 pages since 2026-11-23 are hidden: 45 without an article"),
        ({"articles": 30, "empty": 20}, None),
        ({"empty": 4}, None),
        ({"refused": {403: 6}}, "6 of 6 pages since 2026-11-23 are hidden: 6 answered with 403"),
        (
            {"empty": 2, "refused": {403: 2, 429: 1}},
            "5 of 5 pages since 2026-11-23 are hidden: 2 answered with 403, 1 answered with 429, 2 without an article",
        ),
    ],
    ids=["pages without articles", "some of them", "few", "refusals", "all ways together"],
)
def test_pages_that_are_hidden_are_a_bot_wall(counts: dict[str, Any], wall: str | None) -> None:
    days = pages(2, articles=500) | pages(**counts)
    found = [flag.detail for flag in flags(hosts={"courier.example": days})]
    assert found == ([wall] if wall else [])


def test_a_source_with_one_page_a_day_meets_a_wall_too() -> None:
    days = pages(20, articles=9)
    for ago in range(5):
        days |= pages(ago, refused={403: 1})
    (flag,) = flags(hosts={"courier.example": days})
    assert flag.detail == "5 of 5 pages since 2026-11-19 are hidden: 5 answered with 403"


def test_a_wall_is_over_once_pages_are_read_again() -> None:
    assert flags(hosts={"courier.example": pages(1, refused={403: 9}) | pages(articles=9)}) == []


def test_a_wall_of_one_host_among_several_is_told_by_its_host() -> None:
    hosts = {"courier.example": pages(articles=90), "sport.courier.example": pages(refused={403: 8})}
    (flag,) = flags(hosts=hosts)
    assert flag.detail.startswith("sport.courier.example: 8 of 8 pages")


def test_hosts_that_have_few_pages_each_are_judged_together() -> None:
    hosts = {f"{number}.courier.example": pages(refused={403: 2}) for number in range(3)}
    (flag,) = flags(hosts=hosts)
    assert flag.detail.startswith("6 of 6 pages")


@pytest.mark.parametrize(("number", "told"), [(3, True), (2, False)], ids=["most pages", "few pages"])
def test_robots_txt_that_forbids_most_pages_is_told(number: int, told: bool) -> None:
    forbidden = Forbidden(pages=number, since=TODAY, example="https://courier.example/a")
    found = flags(forbidden=forbidden, hosts={"courier.example": pages(articles=3)})
    assert [flag.kind for flag in found] == (["robots refusal"] if told else [])


def feed(hours_ago: float = 1, **values: object) -> FeedState:
    state: dict[str, object] = {"url": RSS, "host": "courier.example", "last_polled_at": NOW}
    state["last_success_at"] = NOW - timedelta(hours=hours_ago)
    return FeedState(**(state | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({"last_status": 404, "last_error": "HTTP 404", "failure_count": 1}, False),
        ({"last_status": 404, "last_error": "HTTP 404", "failure_count": 2}, True),
        ({"last_error": "robots.txt forbids it", "failure_count": 2}, True),
        ({"last_status": 200, "last_error": "neither RSS, Atom nor JSON Feed", "failure_count": 2}, True),
        ({"last_status": 500, "last_error": "HTTP 500", "failure_count": 4}, False),
        ({"last_status": 500, "last_error": "HTTP 500", "failure_count": 5}, True),
        ({"last_status": 500, "last_error": "HTTP 500", "failure_count": 2, "hours_ago": 25}, True),
        ({"last_status": 408, "last_error": "HTTP 408", "failure_count": 2}, False),
    ],
)
def test_a_feed_that_fails_is_told_at_once_if_the_reason_lasts_and_later_otherwise(
    state: dict[str, object], told: bool
) -> None:
    other = feed(url="https://courier.example/other.xml")
    found = flags(feeds=[feed(**state), other])  # type: ignore[arg-type]
    assert [flag.kind for flag in found] == (["failing feed"] if told else [])


def test_a_failing_feed_is_told_with_its_reason_and_its_last_success() -> None:
    (flag,) = flags(feeds=[feed(last_status=500, last_error="HTTP 500", failure_count=7)])
    assert flag.detail == f"{RSS}: HTTP 500, 7 failures in a row, last success 2026-11-23T11:00:00Z"


def test_a_feed_that_has_moved_is_told_when_it_was_seen_twice() -> None:
    to = "https://new.example/rss"
    assert flags(feeds=[feed(moved_to=to, moved_at=NOW)]) == []
    (flag,) = flags(feeds=[feed(moved_to=to, moved_at=NOW - timedelta(hours=3))])
    assert (flag.kind, flag.detail) == (
        "moved feed",
        f"{RSS} has moved to {to}, since 2026-11-23T09:00:00Z: the TOML can be updated",
    )


def test_a_feed_that_has_ended_is_told_once_and_is_not_failing() -> None:
    ended = feed(gone_at=NOW, last_status=410, last_error="HTTP 410", failure_count=3)
    assert [flag.kind for flag in flags(feeds=[ended])] == ["ended feed"]


def test_a_held_host_is_told_with_its_end_and_reason() -> None:
    hold = Hold(
        host="courier.example",
        until=NOW + timedelta(days=1),
        since=NOW - timedelta(hours=1),
        reason="429",
        count=3,
    )
    (flag,) = flags(holds=[hold])
    assert (flag.kind, flag.detail) == (
        "held",
        "courier.example is held until 2026-11-24T12:00:00Z: 429, since 2026-11-23T11:00:00Z, 3 times in a row",
    )
    over = Hold(host="courier.example", until=NOW, reason="429")
    assert flags(holds=[over]) == []


def test_a_source_of_which_nothing_answers_is_not_reached_rather_than_full_of_failures() -> None:
    error = "DNS lookup failed: no results for hostname lookup: courier.example"
    feeds = [feed(url=f"{RSS}?{number}", last_error=error, failure_count=6) for number in range(3)]
    (flag,) = flags(feeds=feeds)
    assert flag.kind == "not reached"
    assert flag.detail == f"nothing of it could be reached since 2026-11-23T11:00:00Z: {error}"


def test_a_host_whose_robots_txt_does_not_answer_is_not_reached() -> None:
    hold = Hold(
        host="courier.example", until=NOW + timedelta(hours=1), reason="robots.txt: DNS lookup failed"
    )
    waits = "robots.txt of courier.example cannot be read (...); nothing is requested from it until 13:00"
    (flag,) = flags(feeds=[feed(last_error=waits, failure_count=2)], holds=[hold])
    assert (flag.kind, flag.detail.rpartition(": ")[2]) == ("not reached", "DNS lookup failed")
    answers = Hold(host="courier.example", until=NOW + timedelta(hours=1), reason="robots.txt: 503")
    (flag,) = flags(feeds=[feed(last_error=waits, failure_count=2)], holds=[answers])
    assert flag.kind == "held"


def test_one_feed_that_answers_is_enough_to_reach_a_source() -> None:
    dead = feed(last_error="connection refused", failure_count=2)
    assert flags(feeds=[dead, feed(url="https://courier.example/other.xml")]) == []


def test_pages_that_answer_after_the_last_poll_reach_the_source() -> None:
    dead = feed(last_error="connection refused", failure_count=2)
    assert flags(feeds=[dead], last_answer_at=NOW + timedelta(minutes=1)) == []


def test_hundreds_of_feeds_that_fail_are_a_few_lines() -> None:
    feeds = [feed(url=f"{RSS}?{number}", last_status=404, failure_count=2) for number in range(300)]
    found = flags(feeds=feeds)
    assert len(found) == 6
    assert found[-1].detail == "and 295 more"


def test_an_outage_is_one_line_if_no_source_at_all_was_reached() -> None:
    lost = Unreached(since=NOW, tries=1, reason="DNS lookup failed")
    flag = outage({"one": lost, "two": Unreached(since=None, tries=1, reason="DNS lookup failed")})
    assert flag is not None
    assert flag.detail == "no source could be reached since 2026-11-23T12:00:00Z: is there a network?"
    assert outage({"one": lost, "two": None}) is None
    assert outage({}) is None
