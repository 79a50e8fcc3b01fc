from __future__ import annotations

from datetime import date, timedelta

import pytest

from newsbot.items import EntityType
from newsbot.store.queries import EntityCount
from newsbot.web.html.charts import MAX_BARS, bar_chart, days_per_bar, scale
from newsbot.web.html.maps import NORTH, SOUTH, MapMark, located, view_of
from newsbot.web.pages import MAX_DAYS, MIN_DAYS, without_gaps

FIRST = date(2026, 3, 1)


def _days(number: int) -> list[tuple[date, int]]:
    return [(FIRST + timedelta(days=offset), 2) for offset in range(number)]


@pytest.mark.parametrize(
    ("number", "expected"), [(40, "up to 2 a day"), (400, "up to 14 a week"), (1_500, "up to 28 in 14 days")]
)
def test_chart_says_what_its_highest_bar_means(number: int, expected: str) -> None:
    assert scale(_days(number)) == expected
    assert bar_chart(_days(number), "Articles").count("<rect") <= MAX_BARS


@pytest.mark.parametrize(
    ("day_count", "expected"),
    [(0, 1), (1, 1), (180, 1), (181, 7), (1_260, 7), (1_261, 14), (2_520, 14), (2_521, 21)],
)
def test_bar_covers_a_day_or_whole_weeks(day_count: int, expected: int) -> None:
    assert days_per_bar(day_count) == expected


def test_chart_has_no_more_bars_than_fit() -> None:
    longest = max(range(1, 4_000), key=lambda day_count: -(-day_count // days_per_bar(day_count)))
    assert -(-longest // days_per_bar(longest)) == MAX_BARS


def test_timeline_has_a_minimum_and_a_maximum_length() -> None:
    assert len(without_gaps([(FIRST, 1)])) == MIN_DAYS
    assert without_gaps([(date(1, 1, 3), 1)])[0] == (date(1, 1, 1), 0)
    long = without_gaps([(date(1970, 1, 1), 3), (FIRST, 1)])
    assert (len(long), long[-1]) == (MAX_DAYS, (FIRST, 1))
    assert without_gaps([]) == []


def _place(number: int, name: str, kind: EntityType = "LOC") -> EntityCount:
    return EntityCount(id=number, name=name, type=kind, wikidata=None, article_count=2, mention_count=2)


def test_places_are_located_in_the_country_that_articles_give() -> None:
    named = [_place(1, "Birmingham"), _place(2, "Birmingham"), _place(3, "Nowhere"), _place(4, "Paris")]
    english, american = located(named, {1: "GB", 2: "US", 3: "US"})
    assert english.longitude > -10
    assert american.longitude < -80


@pytest.mark.parametrize(
    "places",
    [
        [(59.4, 24.7)],
        [(59.4, 24.7), (60.2, 24.9)],
        [(-33.9, 151.2), (64.1, -21.9)],
        [(-41.3, 174.8)],
        [(70.0, -150.0)],
    ],
    ids=["one", "neighbours", "far apart", "at the edge", "in the corner"],
)
def test_map_shows_all_its_places_and_nothing_beyond_the_world(places: list[tuple[float, float]]) -> None:
    marks = [MapMark("x", latitude, longitude, 1) for latitude, longitude in places]
    view = view_of(marks)
    assert view.left >= -180
    assert view.left + view.width <= 180
    assert view.top + 0.1 >= -NORTH
    assert view.top + view.height <= -SOUTH + 0.1
    for latitude, longitude in places:
        assert view.left <= longitude <= view.left + view.width
        assert view.top <= -latitude <= view.top + view.height
