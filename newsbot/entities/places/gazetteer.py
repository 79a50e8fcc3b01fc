"""Look up names in the tables of places: what may be meant by a name, and which areas it may be."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from typing import NamedTuple

from newsbot.entities import tables
from newsbot.entities.keys import entity_key, place_key
from newsbot.entities.tables import Place

Area = tuple[str, str]
"""Country (ISO 3166-1) and code of a region (ISO 3166-2, without the country), or "" for the whole country."""

_UNKNOWN_POPULATION = 1_000_000
_AFFIXES = (
    " province",
    " region",
    " state",
    " oblast",
    " governorate",
    " prefecture",
    " district",
    " county",
)


class Candidate(NamedTuple):
    """A place that a name may mean."""

    place: Place
    is_first_name: bool
    """Whether it is the name under which the table has the place, not one of its other names."""

    def is_in(self, area: Area) -> bool:
        """Return whether the place is in an area, or is that area."""
        country, code = area
        return self.place.country == country and (not code or code in self.place.regions)

    def is_area(self, area: Area) -> bool:
        """Return whether the place is this country or region itself."""
        return area in areas_of(self.place)


@lru_cache(maxsize=20_000)
def candidates(name: str) -> tuple[Candidate, ...]:
    """Return the places that `name` may mean; those outside of any country have no country.

    Of "Birmingham, Alabama" only the town counts. Other names count only if no place has the name as its first one: Harare was once called Salisbury.
    """
    found = _found(_keys(name)) or _found({spelling for key in _keys(name) for spelling in _spellings(key)})
    town, comma, _ = name.partition(", ")
    if comma and not found:
        return candidates(town)
    if any(found.values()):
        found = {place: True for place, is_first in found.items() if is_first}
    regions = {place.country: place for place in found if place.kind == "region"}
    towns = {place.country for place in found if place.kind in ("city", "capital")}
    return tuple(
        Candidate(_with_standing(place, regions.get(place.country)), is_first)
        for place, is_first in found.items()
        if place.kind != "region" or place.country not in towns
    )


def _found(keys: set[str]) -> dict[Place, bool]:
    """Return the places with one of these keys, and whether it is that of their first name."""
    found: dict[Place, bool] = {}
    for key in keys:
        found |= dict.fromkeys(_curated().get(key, ()), True)
        for place, is_first in tables.places_called(key):
            # For a name in the curated table of aliases, the bare name means the city: Washington, New York.
            if place.kind != "state" or ("LOC", place.name) not in tables.aliases():
                found[place] = is_first or found.get(place, False)
    return found


def _spellings(key: str) -> set[str]:
    """Return a key with and without hyphens: "port vila" is in the table as "port-vila"."""
    return {key.replace("-", " "), key.replace(" ", "-")}


def _with_standing(place: Place, region: Place | None) -> Place:
    """Return a town with the standing of the region that has its name, since it is the capital of that region."""
    if region is None or place.kind == "region" or not set(region.regions) <= set(place.regions):
        return place
    return place._replace(population=max(place.population, region.population // 2))


@lru_cache(maxsize=20_000)
def places_by_first_name(name: str) -> tuple[Place, ...]:
    """Return the places that the tables have under `name` as it is written, without aliases; faster than `candidates`."""
    key = place_key(name)
    found = (place for place, is_first in tables.places_called(key) if is_first)
    return (*_curated().get(key, ()), *found)


@lru_cache(maxsize=20_000)
def areas_named(name: str) -> tuple[Area, ...]:
    """Return the countries and regions that a name may stand for: those of Georgia are a country and a US state."""
    short = tables.region_codes().get(name)
    found = dict.fromkeys([short] if short else [])
    for key in _keys(name):
        found |= dict.fromkeys(_areas_by_key().get(key, ()))
        for affix in _AFFIXES:
            if not found and key.endswith(affix):
                found |= dict.fromkeys(_areas_by_key().get(key.removesuffix(affix), ()))
        if not found and key.startswith("county "):
            found |= dict.fromkeys(_areas_by_key().get(key.removeprefix("county "), ()))
    return tuple(found)


def areas_of(place: Place) -> tuple[Area, ...]:
    """Return the area that a country or region is; none for a town."""
    if place.kind == "country":
        return ((place.country, ""),)
    return ((place.country, place.regions[-1]),) if place.kind in ("state", "region") else ()


def areas_around(place: Place) -> list[Area]:
    """Return the country of a place and the regions that it is in."""
    return [(place.country, code) for code in ("", *place.regions)] if place.country else []


def population(area: Area) -> int:
    """Return the number of inhabitants of an area."""
    return _populations().get(area) or _UNKNOWN_POPULATION


def area_place(area: Area) -> Place | None:
    """Return the country or region with this code."""
    return _places_by_area().get(area)


def _keys(name: str) -> set[str]:
    """Return the folded name and the folded canonical name: "kiev" and "kyiv"."""
    return {place_key(name), entity_key(name, "LOC").partition(":")[2]}


@cache
def _curated() -> dict[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for names, place in tables.regions():
        for name in names:
            found[place_key(name)].append(place)
    return {key: tuple(places) for key, places in found.items()}


@cache
def _areas_by_key() -> dict[str, tuple[Area, ...]]:
    found: dict[str, dict[Area, None]] = defaultdict(dict)
    for place in tables.areas():
        for key in _keys(place.name):
            found[key] |= dict.fromkeys(areas_of(place))
    for names, place in tables.regions():
        for name in names if place.country else ():
            found[place_key(name)].setdefault((place.country, ""))
    return {key: tuple(areas) for key, areas in found.items()}


@cache
def _places_by_area() -> dict[Area, Place]:
    return {area: place for place in tables.areas() for area in areas_of(place)}


@cache
def _populations() -> dict[Area, int]:
    return {area: 1000 * place.population for area, place in _places_by_area().items()}
