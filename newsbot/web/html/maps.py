"""A map of the world with the outlines of countries (`static/world.svg`) and the places of the news on it.

The outlines are stretched with the page. Circles and names have their places in per cent, so they keep their size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log, pi, radians, sqrt, tan
from typing import NamedTuple

import svg
from markupsafe import Markup, escape

from newsbot.entities.places import place_in
from newsbot.store.queries import EntityCount
from newsbot.web.html.charts import hidden

NORTH, SOUTH = 78, -56
"""Range of latitudes that is shown, in degrees; nobody lives beyond it."""
UNITS = 10
"""Units of the drawing of a degree at the equator."""
SHAPE = 2.0
"""Width of a map, divided by its height."""
NARROWEST = 30.0
"""Minimum width of a map, in degrees: the outlines are not exact enough for less."""
MARGIN = 0.12
"""Share of the width of a map that is kept free on every side."""
FEW = 12
"""Number of articles below which no circle has the full size."""
MIN_RADIUS_PX, MAX_RADIUS_PX = 3.5, 12.0
NARROW_PX, WIDE_PX = 320, 620
"""Widths of a map for which names are placed: on a phone or beside an article, and on a desk."""
CHAR_PX, LINE_PX = 6.6, 15
"""Size of a character of a name, about; the style sheet sets 12 px."""
MAX_NAME_CHARS = 24
MAX_MARKS = 40
"""Maximum number of places on a map: those in most articles."""


class MapMark(NamedTuple):
    """A place on the map."""

    name: str
    latitude: float
    longitude: float
    article_count: int
    entity_id: int


class MapView(NamedTuple):
    """The part of the world that a map shows, in projected degrees; `top` is its northern edge, negative as in SVG."""

    left: float
    top: float
    width: float
    height: float


class _Box(NamedTuple):
    """A part of a map that is taken, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def projected(latitude: float, longitude: float) -> tuple[float, float]:
    """Return the place of a point on the map, in degrees at the equator: right and down.

    Miller's projection: shapes are nearly kept, and the far north is not as large as in Mercator's."""
    return longitude, -1.25 * log(tan(pi / 4 + 0.4 * radians(latitude))) * 180 / pi


WORLD = MapView(-180, projected(NORTH, 0)[1], 360, 180)
"""The whole map."""


def located(entities: Sequence[EntityCount], countries: Mapping[int, str]) -> list[MapMark]:
    """Return the places among the entities that the gazetteer knows, with their article counts.

    `countries` is entity id -> country."""
    found = (
        (entity, place_in(entity.name, countries[entity.id])) for entity in entities if entity.id in countries
    )
    return [
        MapMark(entity.name, place.latitude, place.longitude, entity.article_count, entity.id)
        for entity, place in found
        if place
    ]


def world_map(marks: Sequence[MapMark], *, root: str, outlines: str) -> Markup:
    """Return a map with these places as links; the area of a circle grows with its number of articles.

    `outlines` is the address of the drawing of the countries; `root` the path of the site. Names that would overlap are
    left out: on a narrow map more of them."""
    marks = sorted(marks, key=lambda mark: -mark.article_count)[:MAX_MARKS]
    view = view_of(marks)
    top = max((mark.article_count for mark in marks), default=1)
    top = max(top, FEW)
    places = [_place(mark, view) for mark in marks]
    radii = [
        MIN_RADIUS_PX + (MAX_RADIUS_PX - MIN_RADIUS_PX) * sqrt(mark.article_count / top) for mark in marks
    ]
    names = [mark.name[:MAX_NAME_CHARS] for mark in marks]
    narrow = _sides(places, radii, names, NARROW_PX)
    wide = _sides(places, radii, names, WIDE_PX)
    land = svg.SVG(
        viewBox=svg.ViewBoxSpec(*(round(degrees * UNITS, 1) for degrees in view)),
        width=svg.Length(100, "%"),
        height=svg.Length(100, "%"),
        class_=["land"],
        elements=[svg.Use(href=str(escape(outlines)))],
    )
    drawn = [
        _mark(mark, place, radius, (narrow[number], wide[number]), root)
        for number, (mark, place, radius) in enumerate(zip(marks, places, radii, strict=True))
    ]
    return Markup('<svg class="map" role="group" aria-label="{}">{}{}</svg>').format(
        f"Map with {len(marks)} places", hidden(land), Markup("").join(drawn)
    )


def view_of(marks: Sequence[MapMark]) -> MapView:
    """Return the part of the world that contains the places with a margin; its shape is always `SHAPE`."""
    points = [projected(min(max(mark.latitude, SOUTH), NORTH), mark.longitude) for mark in marks] or [(0, 0)]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    north, south = min(y for _, y in points), max(y for _, y in points)
    spread = max(east - west, (south - north) * SHAPE) / (1 - 2 * MARGIN)
    width = min(max(spread, NARROWEST), WORLD.width)
    height = width / SHAPE
    left = min(max((east + west - width) / 2, WORLD.left), WORLD.left + WORLD.width - width)
    top = min(max((north + south - height) / 2, WORLD.top), WORLD.top + WORLD.height - height)
    return MapView(*(round(degrees, 2) for degrees in (left, top, width, height)))


def _place(mark: MapMark, view: MapView) -> tuple[float, float]:
    """Return the place of a mark as shares of the width and height of the map."""
    x, y = projected(min(max(mark.latitude, SOUTH), NORTH), mark.longitude)
    return (x - view.left) / view.width, (y - view.top) / view.height


Side = tuple[str, float]
"""Where the name of a place begins, ends or has its middle (SVG: start, end, middle), and its y in pixels from the place."""


def _sides(
    places: Sequence[tuple[float, float]], radii: Sequence[float], names: Sequence[str], width_px: int
) -> list[Side | None]:
    """Return on which side of its circle a name fits on a map of this width; None where it fits on none.

    The first names have the choice."""
    height_px = width_px / SHAPE
    circles = [
        _Box(x * width_px - r, y * height_px - r, x * width_px + r, y * height_px + r)
        for (x, y), r in zip(places, radii, strict=True)
    ]
    taken: list[_Box] = []
    found: list[Side | None] = []
    for number, name in enumerate(names):
        others = [*taken, *circles[:number], *circles[number + 1 :]]
        frame = _Box(0, 0, width_px, height_px)
        side, box = _fitting(circles[number], len(name) * CHAR_PX, others, frame)
        found.append(side)
        taken += [box] if box else []
    return found


def _fitting(
    circle: _Box, length: float, others: Sequence[_Box], frame: _Box
) -> tuple[Side | None, _Box | None]:
    middle_x, middle_y = (circle.left + circle.right) / 2, (circle.top + circle.bottom) / 2
    radius, half = (circle.right - circle.left) / 2, LINE_PX / 2
    choices: list[tuple[Side, _Box]] = [
        (("start", 0), _Box(circle.right + 3, middle_y - half, circle.right + 3 + length, middle_y + half)),
        (("end", 0), _Box(circle.left - 3 - length, middle_y - half, circle.left - 3, middle_y + half)),
    ]
    for sign in (-1, 1):
        y = middle_y + sign * (radius + half + 1)
        box = _Box(middle_x - length / 2, y - half, middle_x + length / 2, y + half)
        choices.append((("middle", y - middle_y), box))
    for side, box in choices:
        is_inside = box.left >= frame.left and box.right <= frame.right and frame.top <= box.top
        if is_inside and box.bottom <= frame.bottom and not any(map(box.meets, others)):
            return side, box
    return None, None


def _mark(
    mark: MapMark,
    place: tuple[float, float],
    radius: float,
    sides: tuple[Side | None, Side | None],
    root: str,
) -> Markup:
    """Return a circle with its name, as a link. A name has two places: one on a narrow map, one on a wide one."""
    words = f"{mark.name}: {mark.article_count:,} {'article' if mark.article_count == 1 else 'articles'}"
    x, y = (svg.Length(round(100 * share, 2), "%") for share in place)
    circle = svg.Circle(cx=x, cy=y, r=round(radius, 1), class_=["place"])
    texts = [
        svg.Text(
            x=x,
            y=y,
            dx={"start": radius + 3, "end": -radius - 3}.get(side[0], 0),
            dy=round(side[1], 1),
            text=svg.escape(mark.name[:MAX_NAME_CHARS]),
            class_=["place-name", side[0], only],
        )
        for side, only in zip(sides, ("narrow", "wide"), strict=True)
        if side
    ]
    drawn = Markup(svg.G(elements=[circle, *texts]).as_str())  # noqa: S704 -- numbers, escaped names
    return Markup('<a href="{}/entities/{}" aria-label="{}"><title>{}</title>{}</a>').format(
        root, mark.entity_id, words, words, drawn
    )
