"""Write newsbot/web/static/world.svg: the outlines of the countries, for the maps of the pages.

    npm pack world-atlas@2.0.2 && tar xf world-atlas-2.0.2.tgz
    python -m training.make_world package/countries-110m.json

The file is TopoJSON made from Natural Earth (1:110 million), which is in the public domain. Lines are projected as
`newsbot.web.html.maps.projected` does and rounded to tenths of its degrees. Antarctica is left out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from newsbot.web.html.maps import UNITS, projected

OUTPUT = Path(__file__).parents[1] / "newsbot/web/static/world.svg"
ANTARCTICA = "010"
"""Its number in ISO 3166-1."""
TURN = 360 * UNITS

Point = tuple[int, int]


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """Return the lines of a topology as points of the map; in the file they are differences of whole numbers."""
    (scale_x, scale_y), (move_x, move_y) = (topology["transform"][key] for key in ("scale", "translate"))
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            left, top = projected(y * scale_y + move_y, x * scale_x + move_x)
            points.append((round(left * UNITS), round(top * UNITS)))
        found.append(points)
    return found


def rings_of(geometry: dict[str, Any], arcs: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """Return the closed lines of a country. A negative number `~n` is arc `n` backwards."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    rings = [
        _unwrapped(_joined(arcs[number] if number >= 0 else arcs[~number][::-1] for number in ring))
        for polygon in polygons
        for ring in polygon
    ]
    return [copy for ring in rings for copy in (ring, *_others(ring))]


def _unwrapped(ring: Sequence[Point]) -> list[Point]:
    """Return a ring without jumps from one side of the map to the other: it goes on beyond the edge."""
    points = [ring[0]]
    for x, y in ring[1:]:
        turns = round((points[-1][0] - x) / TURN)
        points.append((x + turns * TURN, y))
    return points


def _others(ring: Sequence[Point]) -> list[list[Point]]:
    """Return the ring on the other side of the map if it goes beyond an edge."""
    if max(x for x, _ in ring) > TURN // 2:
        return [[(x - TURN, y) for x, y in ring]]
    return [[(x + TURN, y) for x, y in ring]] if min(x for x, _ in ring) < -TURN // 2 else []


def _joined(lines: Iterable[Sequence[Point]]) -> list[Point]:
    points: list[Point] = []
    for line in lines:
        points += [point for point in line if not points or point != points[-1]]
    return points


def path_of(rings: Iterable[Sequence[Point]]) -> str:
    """Return closed lines as the data of an SVG path, with relative steps."""
    parts = []
    for ring in rings:
        (x, y), *rest = ring
        steps = []
        for next_x, next_y in rest:
            steps.append(f"{next_x - x},{next_y - y}")
            x, y = next_x, next_y
        parts.append(f"M{ring[0][0]},{ring[0][1]}l{' '.join(steps)}z")
    return "".join(parts).replace(",-", "-").replace(" -", "-")


def main() -> None:
    """Convert the file that the command line names."""
    topology = json.loads(Path(sys.argv[1]).read_text())
    arcs = arcs_of(topology)
    countries = [
        f'<path d="{path_of(rings_of(geometry, arcs))}"/>'
        for geometry in topology["objects"]["countries"]["geometries"]
        if geometry.get("id") != ANTARCTICA
    ]
    body = "\n".join(countries)
    OUTPUT.write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><g id="countries">\n{body}\n</g></svg>\n')


if __name__ == "__main__":
    main()
