from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html import unescape
from itertools import pairwise
from typing import Any

import pytest

from newsbot.web.html.axes import (
    MAX_TICKS,
    By,
    day_ticks,
    last_day,
    period_text,
    periods,
    start_of,
    value_ticks,
)
from newsbot.web.html.chart_numbers import numbers_csv
from newsbot.web.html.charts import MAX_PERIODS, Series, joined, time_chart

FIRST = date(2026, 3, 1)
HOSTILE = "</figure><script>alert(1)</script>\"' {{ 7*7 }}"


def _days(number: int, value: float = 2, first: date = FIRST) -> list[tuple[date, float]]:
    return [(first + timedelta(days=offset), value) for offset in range(number)]


def _of_script(html: str) -> Any:
    found = re.search('data-chart="([^"]*)"', html)
    assert found
    return json.loads(unescape(found[1]))


@pytest.mark.parametrize(
    ("by", "start", "last"),
    [
        ("day", date(2026, 3, 5), date(2026, 3, 5)),
        ("week", date(2026, 3, 2), date(2026, 3, 8)),
        ("month", date(2026, 3, 1), date(2026, 3, 31)),
        ("year", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods_begin_and_end_as_the_calendar_has_them(by: By, start: date, last: date) -> None:
    assert start_of(date(2026, 3, 5), by) == start
    assert last_day(start, by) == last


@pytest.mark.parametrize("by", ["day", "week", "month", "year"])
def test_periods_go_to_the_ends_of_the_calendar(by: By) -> None:
    assert list(periods(date.max, date.max, by))[-1] <= date.max
    assert next(periods(date.min, date.max, by)) == date.min


@pytest.mark.parametrize("by", ["day", "week", "month", "year"])
def test_periods_follow_each_other_without_gap(by: By) -> None:
    starts = list(periods(date(2023, 11, 15), date(2026, 3, 1), by))
    assert all(last_day(one, by) + timedelta(days=1) == following for one, following in pairwise(starts))


@pytest.mark.parametrize("number", [1, 2, 3, 7, 14, 30, 60, 61, 179, 180, 181, 400, 1_261, 9_000, 700_000])
def test_a_chart_has_labels_that_fit_and_follow_each_other(number: int) -> None:
    first = date(1, 1, 1) if number > 100_000 else FIRST
    html = time_chart([Series("a", [(first, 1), (first + timedelta(days=number - 1), 1)])], "Articles")
    labels = re.findall(r'<text class="day [^>]*>([^<]+)<', html)
    assert 1 <= len(labels) <= MAX_TICKS
    assert len(set(labels)) == len(labels)
    assert len(_of_script(html)["texts"]) <= MAX_PERIODS
    assert html.count("<rect") <= MAX_PERIODS


def test_labels_of_days_say_the_year_where_a_chart_is_long() -> None:
    months = list(periods(date(2025, 3, 5), date(2026, 3, 5), "month"))
    assert [tick.label for tick in day_ticks(months, "month")][:2] == ["Mar 2025", "May 2025"]


@pytest.mark.parametrize(
    ("most", "expected"),
    [(1, [0, 1]), (2, [0, 1, 2]), (7, [0, 2, 4, 6, 8]), (99, [0, 20, 40, 60, 80, 100]), (0.4, [0, 1])],
)
def test_values_of_the_axis_are_round(most: float, expected: list[float]) -> None:
    assert value_ticks(most, is_whole=True) == expected


def test_values_of_shares_may_be_small() -> None:
    assert value_ticks(0.031, is_whole=False) == [0, 0.01, 0.02, 0.03, 0.04]


def test_long_charts_are_of_weeks_then_months_then_years_and_lose_nothing() -> None:
    for number, by in ((180, "day"), (181, "week"), (1_300, "month"), (6_000, "year")):
        [one], found = joined([Series("a", _days(number))])
        assert (found, sum(value for _, value in one.points)) == (by, 2 * number)


def test_days_without_articles_are_zero() -> None:
    chart = _of_script(time_chart([Series("a", [(FIRST, 3), (FIRST + timedelta(days=2), 1)])], "Articles"))
    assert chart["series"][0]["values"] == [3, 0, 1]
    assert chart["texts"][1] == "2 March 2026"


def test_a_chart_is_of_the_days_that_were_asked_for() -> None:
    html = time_chart(
        [Series("a", [(FIRST, 3)])], "Articles", since=date(2026, 2, 27), until=date(2026, 3, 2)
    )
    assert _of_script(html)["since"] == ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]


def test_points_of_other_days_do_not_lengthen_the_periods_of_a_chart() -> None:
    points = [(date(1990, 1, 1), 9.0), (FIRST, 3.0), (date(2040, 1, 1), 9.0)]
    html = time_chart([Series("a", points)], "Articles", since=FIRST, until=FIRST + timedelta(days=2))
    assert _of_script(html)["series"][0]["values"] == [3, 0, 0]


def test_period_of_weeks_ends_on_its_sunday_for_the_brush() -> None:
    chart = _of_script(time_chart([Series("a", _days(200))], "Articles", brush="/search?q=x"))
    assert (chart["since"][1], chart["until"][1]) == ("2026-03-02", "2026-03-08")
    assert chart["texts"][1] == "2 to 8 March 2026"
    assert chart["brush"] == "/search?q=x"
    assert period_text(date(2026, 3, 30), "week") == "30 March to 5 April 2026"


def test_several_series_are_lines_of_different_kinds_with_a_legend() -> None:
    html = time_chart([Series("one", _days(30)), Series("two", _days(30, 5))], "Articles")
    assert re.findall(r'<path class="line (s\d)"', html) == ["s0", "s1"]
    assert html.count('class="key"') == 2
    assert "<bdi>one</bdi>" in html
    assert "<bdi>two</bdi>" in html


def test_shares_are_shown_in_per_cent_and_not_added_up() -> None:
    html = time_chart([Series("a", _days(400, 0.025))], "Share", is_share=True)
    assert "2.5 %" in html
    assert len(_of_script(html)["texts"]) == MAX_PERIODS
    assert " in all" not in html


def test_an_empty_chart_says_so() -> None:
    assert time_chart([Series("a", [])], "Articles") == '<p class="empty">None.</p>'
    nothing = time_chart([Series("a", _days(3, 0))], "Articles")
    assert nothing == '<p class="empty">None from 1 March 2026 to 3 March 2026.</p>'
    assert "None" in time_chart([], "Articles")


def test_a_chart_in_words_names_the_sum_and_the_best_day() -> None:
    html = time_chart([Series("Lisbon", [(FIRST, 3), (FIRST + timedelta(days=1), 5)])], "Articles")
    assert "Lisbon: 8 articles from 1 March 2026 to 2 March 2026, most on 2 March 2026: 5." in html


def test_texts_of_a_chart_are_escaped() -> None:
    html = time_chart(
        [Series(HOSTILE, _days(3)), Series("b", _days(3))],
        HOSTILE,
        unit=HOSTILE,
        brush="/search?q=" + HOSTILE,
        csv='/x.csv?"><script>',
        switch=("/y", HOSTILE),
    )
    assert "<script" not in html
    assert _of_script(html)["series"][0]["label"] == HOSTILE


def test_numbers_are_rows_of_days_without_formulas() -> None:
    series = [
        Series("=HYPERLINK(1)", [(FIRST, 3), (FIRST + timedelta(days=2), 1)]),
        Series("b", [(FIRST, 0.5)]),
    ]
    answer = numbers_csv(series)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = bytes(answer.body).decode().split("\r\n")
    assert lines == ["day,'=HYPERLINK(1),b", "2026-03-01,3,0.5", "2026-03-02,0,0", "2026-03-03,1,0", ""]


def test_numbers_of_a_hostile_date_are_limited() -> None:
    lines = bytes(numbers_csv([Series("a", [(date.min, 1), (date.max, 1)])]).body).count(b"\n")
    assert 36_000 < lines < 37_000
