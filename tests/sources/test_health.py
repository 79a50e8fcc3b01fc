"""Flags of sources from made-up counts a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from newsbot.sources.health import DayCounts, FlagKind, health_flags

TODAY = date(2026, 11, 23)  # a Monday


def articles(*a_day: int) -> dict[date, DayCounts]:
    """Return the counts of the days up to yesterday, given the articles of every day, all of them complete."""
    days = [TODAY - timedelta(days=number) for number in range(len(a_day), 0, -1)]
    return {day: complete(count) for day, count in zip(days, a_day, strict=True)}


def complete(count: int) -> DayCounts:
    return DayCounts(articles=count, pages=count, with_author=count, with_date=count, with_body=count)


def kinds(days: dict[date, DayCounts], today: date = TODAY) -> list[FlagKind]:
    return [flag.kind for flag in health_flags("courier", days, today)]


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
    (flag,) = health_flags("courier", articles(*[10] * 30, 0, 0), TODAY)
    assert (flag.source, flag.detail) == ("courier", "no article since 2026-11-20, 20 expected in 2 days")


def test_field_that_vanishes_is_a_coverage_drop() -> None:
    days = articles(*[10] * 30)
    for number in (1, 2):
        days[TODAY - timedelta(days=number)] = DayCounts(
            articles=10, pages=10, with_author=1, with_date=10, with_body=8
        )
    (flag,) = health_flags("courier", days, TODAY)
    assert (flag.kind, flag.detail) == ("coverage drop", "author: 100% of articles had it, now 10%")


def test_coverage_is_not_judged_on_few_articles() -> None:
    days = articles(1) | {TODAY: DayCounts(articles=3, pages=3)}
    assert kinds(days) == []
    assert kinds({TODAY: DayCounts(articles=100, pages=100)}) == []


def test_field_that_was_always_missing_has_not_dropped() -> None:
    assert kinds({day: DayCounts(articles=10, pages=10, with_body=10) for day in articles(*[1] * 30)}) == []


@pytest.mark.parametrize(
    ("pages", "not_articles", "wall"),
    [(50, 45, True), (50, 20, False), (4, 4, False)],
    ids=["wall", "some", "few"],
)
def test_2xx_pages_without_an_article_are_a_bot_wall(pages: int, not_articles: int, wall: bool) -> None:
    days = {
        TODAY: DayCounts(pages=pages, not_articles=not_articles),
        TODAY - timedelta(days=2): complete(500),
    }
    assert kinds(days) == (["bot wall"] if wall else [])


def test_feed_that_fails_repeatedly_is_named() -> None:
    failures = {"https://courier.example/a.xml": 5, "https://courier.example/b.xml": 4}
    (flag,) = health_flags("courier", {}, TODAY, failures)
    assert (flag.kind, flag.detail) == ("failing feed", "https://courier.example/a.xml: 5 failures in a row")
