from __future__ import annotations

import re

import pytest

from newsbot.items import EntityType
from newsbot.store.queries import EntityCount
from newsbot.web.html.maps import (
    MAX_MARKS,
    NARROW_PX,
    NARROWEST,
    WIDE_PX,
    WORLD,
    MapMark,
    located,
    projected,
    view_of,
    world_map,
)
from newsbot.web.html.rendering import STATIC


def _entity(number: int, name: str, kind: EntityType = "LOC") -> EntityCount:
    return EntityCount(id=number, name=name, type=kind, wikidata=None, article_count=2, mention_count=2)


def _marks(*places: tuple[str, float, float]) -> list[MapMark]:
    return [
        MapMark(name, latitude, longitude, 3, number)
        for number, (name, latitude, longitude) in enumerate(places)
    ]


def _map(marks: list[MapMark], root: str = "") -> str:
    return world_map(marks, root=root, outlines="/static/world.svg#countries")


def test_places_are_located_in_the_country_that_articles_give() -> None:
    named = [_entity(1, "Birmingham"), _entity(2, "Birmingham"), _entity(3, "Nowhere"), _entity(4, "Paris")]
    english, american = located(named, {1: "GB", 2: "US", 3: "US"})
    assert english.longitude > -10
    assert american.longitude < -80


@pytest.mark.parametrize(
    "places",
    [
        [],
        [(59.4, 24.7)],
        [(59.4, 24.7), (60.2, 24.9)],
        [(-33.9, 151.2), (64.1, -21.9)],
        [(-41.3, 174.8)],
        [(70.0, -150.0)],
        [(90.0, 180.0), (-90.0, -180.0)],
    ],
    ids=["none", "one", "neighbours", "far apart", "at the edge", "in the corner", "at the poles"],
)
def test_map_shows_all_its_places_and_nothing_beyond_the_world(places: list[tuple[float, float]]) -> None:
    view = view_of(_marks(*(("x", *place) for place in places)))
    assert NARROWEST <= view.width <= WORLD.width
    assert view.left >= WORLD.left
    assert view.left + view.width <= WORLD.left + WORLD.width + 0.1
    assert view.top >= WORLD.top - 0.1
    assert view.top + view.height <= WORLD.top + WORLD.height + 0.1
    for latitude, longitude in places:
        x, y = projected(min(max(latitude, -56), 78), longitude)
        assert view.left - 0.1 <= x <= view.left + view.width + 0.1
        assert view.top - 0.1 <= y <= view.top + view.height + 0.1


def test_a_map_of_one_country_is_drawn_larger_than_the_world() -> None:
    assert view_of(_marks(("Oslo", 59.9, 10.7), ("Bergen", 60.4, 5.3))).width == NARROWEST


def test_places_are_links_with_their_numbers() -> None:
    html = _map(_marks(("Oslo", 59.9, 10.7)), root="/news")
    assert '<a href="/news/entities/0" aria-label="Oslo: 3 articles">' in html
    assert ">Oslo</text>" in html


@pytest.mark.parametrize(("kind", "width"), [("narrow", NARROW_PX), ("wide", WIDE_PX)])
def test_names_do_not_overlap(kind: str, width: int) -> None:
    crowd = [(f"Place {number}", 48 + number % 7 * 0.8, 5 + number * 0.5) for number in range(30)]
    html = _map(_marks(*crowd))
    texts = re.findall(
        rf'<text class="place-name (\w+) {kind}" x="([\d.]+)%" y="([\d.]+)%" dx="([-\d.]+)" dy="([-\d.]+)">([^<]+)',
        html,
    )
    assert texts, html[:2000]
    boxes = []
    for side, x, y, dx, dy, name in texts:
        length = 6.6 * len(name)
        left = float(x) / 100 * width + float(dx)
        left -= {"start": 0, "middle": length / 2, "end": length}[side]
        top = float(y) / 100 * width / 2 + float(dy)
        boxes.append((left, top, left + length, top + 12))
    overlapping = [
        (a, b)
        for number, a in enumerate(boxes)
        for b in boxes[:number]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert overlapping == []


def test_a_map_has_a_maximum_number_of_places() -> None:
    many = [(f"P{number}", number % 60, number % 170) for number in range(500)]
    assert _map(_marks(*many)).count("<circle") == MAX_MARKS


def test_names_of_places_are_escaped() -> None:
    html = _map(_marks(("<script>alert(1)</script>\"'", 10, 10)))
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 2


def test_outlines_are_of_all_countries_and_stay_on_the_map() -> None:
    drawing = STATIC["world.svg"].decode()
    assert drawing.count("<path") > 170
    assert len(drawing) < 60_000
    for path in re.findall(' d="([^"]+)"', drawing):
        steps = [int(step) for step in re.findall(r"-?\d+", path)]
        assert max(map(abs, steps)) <= 2 * 10 * WORLD.width
