from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from newsbot.languages.calendar.calendars import (
    ETHIOPIAN_MONTHS,
    IRANIAN_MONTHS,
    IRANIAN_YEARS,
    ethiopian_day,
    ethiopian_month,
    gregorian_eras,
    iranian_day,
    iranian_month,
)


@pytest.mark.parametrize(
    ("iranian", "gregorian"),
    [
        ((1369, 1, 1), date(1990, 3, 21)),
        ((1395, 1, 1), date(2016, 3, 20)),
        ((1399, 12, 30), date(2021, 3, 20)),
        ((1403, 12, 30), date(2025, 3, 20)),
        ((1404, 12, 23), date(2026, 3, 14)),
        ((1404, 12, 30), None),
        ((1404, 7, 31), None),
        ((1447, 9, 24), None),
    ],
)
def test_iranian_days(iranian: tuple[int, int, int], gregorian: date | None) -> None:
    assert iranian_day(*iranian) == gregorian


def test_each_iranian_day_is_followed_by_the_next() -> None:
    days = [
        day
        for year in IRANIAN_YEARS
        for month in range(1, 13)
        for number in range(1, 32)
        if (day := iranian_day(year, month, number))
    ]
    assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(days=1)}


@pytest.mark.parametrize(
    ("ethiopian", "gregorian"),
    [
        ((2018, 7, 5), date(2026, 3, 14)),
        ((2018, 1, 1), date(2025, 9, 11)),
        ((2016, 1, 1), date(2023, 9, 12)),
        ((2015, 13, 6), date(2023, 9, 11)),
        ((2016, 13, 6), None),
    ],
)
def test_ethiopian_days(ethiopian: tuple[int, int, int], gregorian: date | None) -> None:
    assert ethiopian_day(*ethiopian) == gregorian


def test_all_names_of_months_are_known() -> None:
    for lists, number_of in ((IRANIAN_MONTHS, iranian_month), (ETHIOPIAN_MONTHS, ethiopian_month)):
        for text in lists.values():
            for number, names in enumerate(text.split(","), start=1):
                assert {number_of(name) for name in names.split()} == {number}
    assert iranian_month("مارس") == ethiopian_month("ማርች") == 0


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("令和8年3月14日", "ja", "2026年3月14日"),
        ("平成31年4月30日", "ja", "2019年4月30日"),
        ("R8.3.14", "ja", "2026.3.14"),
        ("民國115年3月14日", "zh-tw", "2026年3月14日"),
        ("115/03/14", "zh-tw", "2026/03/14"),
        ("115/03/14", "zh", "115/03/14"),
    ],
)
def test_years_of_eras_are_written_as_gregorian_years(text: str, language: str, expected: str) -> None:
    assert gregorian_eras(text, language) == expected
