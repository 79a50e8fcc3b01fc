"""A small map of the world in dots: towns make the land, places of the news lie on it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import sqrt
from typing import NamedTuple

import svg
from markupsafe import Markup

from newsbot.entities.places import find_place
from newsbot.entities.tables import places
from newsbot.store.queries import EntityCount
from newsbot.web.charts import labelled

NORTH, SOUTH = 78, -56
"""Degrees of latitude that are shown; nobody lives beyond."""
GRID_DEGREES = 3
MAX_RADIUS = 7.0


class Marked(NamedTuple):
    """A place on the map."""

    name: str
    latitude: float
    longitude: float
    article_count: int


def located(entities: Sequence[EntityCount]) -> list[Marked]:
    """Return the places among the entities that the table knows, with the number of their articles."""
    found = ((each, find_place(each.name)) for each in entities if each.type == "LOC")
    return [
        Marked(each.name, place.latitude, place.longitude, each.article_count)
        for each, place in found
        if place
    ]


def world_map(marks: Sequence[Marked]) -> Markup:
    """Return the world with some places marked, the more articles the larger."""
    top = max((mark.article_count for mark in marks), default=1)
    circles = [_circle(mark, top) for mark in sorted(marks, key=lambda mark: -mark.article_count)]
    drawing = svg.SVG(
        viewBox=svg.ViewBoxSpec(-180, -NORTH, 360, NORTH - SOUTH), class_=["map"],
        elements=[svg.Path(d=_land(), class_=["land"]), *circles],
    )  # fmt: skip
    names = ", ".join(f"{mark.name} ({mark.article_count})" for mark in marks)
    return labelled(drawing, f"Map of the world with places marked: {names}")


def _circle(mark: Marked, top: int) -> svg.Circle:
    return svg.Circle(
        cx=mark.longitude, cy=-mark.latitude, r=round(2.5 + (MAX_RADIUS - 2.5) * sqrt(mark.article_count / top), 1),
        class_=["place"], elements=[svg.Title(text=svg.escape(f"{mark.name}: {mark.article_count}"))],
    )  # fmt: skip


@cache
def _land() -> list[svg.PathData]:
    """Return a dot for every square of the grid that holds a town: lines without length, with round ends."""
    squares = {
        (round(place.longitude / GRID_DEGREES), round(place.latitude / GRID_DEGREES))
        for place in places()
        if SOUTH < place.latitude < NORTH
    }
    dots: list[svg.PathData] = []
    for x, y in sorted(squares):
        dots += [svg.M(x * GRID_DEGREES, -y * GRID_DEGREES), svg.HorizontalLineToRel(0)]
    return dots
