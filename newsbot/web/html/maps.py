"""A small world map made of dots: towns draw the land, and the places of the news are marked on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import sqrt
from typing import NamedTuple

import svg
from markupsafe import Markup

from newsbot.entities.places import place_in
from newsbot.entities.tables import places
from newsbot.store.queries import EntityCount
from newsbot.web.html.charts import labelled

NORTH, SOUTH = 78, -56
"""Range of latitudes that is shown, in degrees; nobody lives beyond it."""
GRID_DEGREES = 3
WIDEST, NARROWEST = 360, 150
"""Range of longitudes that is shown, in degrees: less than the whole world if all places are in a part of it."""
MARGIN_DEGREES = 15
MIN_RADIUS, MAX_RADIUS = 2.5, 7.0
"""Radius of a place in degrees, on a map of the whole world."""


class MapMark(NamedTuple):
    """A place on the map."""

    name: str
    latitude: float
    longitude: float
    article_count: int


class MapView(NamedTuple):
    """The part of the world that a map shows, in degrees. `top` is its northern edge, negative as in SVG."""

    left: float
    top: float
    width: float
    height: float


def located(entities: Sequence[EntityCount], countries: Mapping[int, str]) -> list[MapMark]:
    """Return the places among the entities that the gazetteer knows, with their article counts.

    `countries` is entity id -> country."""
    found = (
        (entity, place_in(entity.name, countries[entity.id])) for entity in entities if entity.id in countries
    )
    return [
        MapMark(entity.name, place.latitude, place.longitude, entity.article_count)
        for entity, place in found
        if place
    ]


def world_map(marks: Sequence[MapMark]) -> Markup:
    """Return a map with these places marked; the area of a mark grows with its number of articles."""
    view = view_of(marks)
    top = max((mark.article_count for mark in marks), default=1)
    largest_first = sorted(marks, key=lambda mark: -mark.article_count)
    circles = [_circle(mark, top, view.width / WIDEST) for mark in largest_first]
    drawing = svg.SVG(
        viewBox=svg.ViewBoxSpec(*view),
        class_=["map"],
        elements=[svg.Path(d=_land(), class_=["land"]), *circles],
    )
    names = ", ".join(f"{mark.name} ({mark.article_count})" for mark in marks)
    return labelled(drawing, f"Map of the world with places marked: {names}")


def view_of(marks: Sequence[MapMark]) -> MapView:
    """Return the part of the world that contains the places with a margin; its aspect ratio is always the same."""
    east, west = (choose(mark.longitude for mark in marks) for choose in (max, min))
    north, south = (choose(mark.latitude for mark in marks) for choose in (max, min))
    shape = WIDEST / (NORTH - SOUTH)
    spread = max(east - west + 2 * MARGIN_DEGREES, (north - south + 2 * MARGIN_DEGREES) * shape)
    width = min(max(spread, NARROWEST), WIDEST)
    height = width / shape
    left = min(max((east + west - width) / 2, -180), 180 - width)
    top = min(max((north + south + height) / 2, SOUTH + height), NORTH)
    return MapView(*(round(degrees, 1) for degrees in (left, -top, width, height)))


def _circle(mark: MapMark, top: int, scale: float) -> svg.Circle:
    radius = MIN_RADIUS + (MAX_RADIUS - MIN_RADIUS) * sqrt(mark.article_count / top)
    return svg.Circle(
        cx=mark.longitude,
        cy=-mark.latitude,
        r=round(radius * scale, 1),
        class_=["place"],
        elements=[svg.Title(text=svg.escape(f"{mark.name}: {mark.article_count}"))],
    )


@cache
def _land() -> list[svg.PathData]:
    """Return one dot for every square of the grid that contains a town: a line of length 0 with round ends."""
    squares = {
        (round(place.longitude / GRID_DEGREES), round(place.latitude / GRID_DEGREES))
        for place in places()
        if SOUTH < place.latitude < NORTH
    }
    dots: list[svg.PathData] = []
    for x, y in sorted(squares):
        dots += [svg.M(x * GRID_DEGREES, -y * GRID_DEGREES), svg.HorizontalLineToRel(0)]
    return dots
