"""Locate the places of an article: country and coordinates, from a table derived from GeoNames.

An ambiguous name is resolved by the countries that the article mentions, by name or demonym ("Syrian"), then by
population.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from newsbot.entities import tables
from newsbot.entities.keys import entity_key
from newsbot.entities.tables import Place


def locate(names: Collection[str], text: str) -> dict[str, Place]:
    """Return name -> place, for the names of places in an article that are in the table.

    `text` is the body of the article: a demonym in it counts as a mention of its country.
    """
    if not any(_by_key().get(entity_key(name, "LOC")) for name in names):
        return {}
    countries = countries_named(names, text)
    return {name: place for name in names if (place := find_place(name, countries))}


def find_place(name: str, countries: Iterable[str] = ()) -> Place | None:
    """Return the most likely place called `name` in an article that mentions `countries` (ISO 3166-1); None if unknown.

    A country is preferred to a city. So are a US state and a nation of the United Kingdom, if the article mentions that
    country; if a country and a US state have the same name ("Georgia"), the state is chosen only if the article mentions
    the United States and not the country.
    """
    candidates = _by_key().get(entity_key(name, "LOC"), ())
    named = set(countries)
    return max(candidates, key=lambda place: _likelihood(place, named), default=None)


def _likelihood(place: Place, countries: set[str]) -> tuple[bool, bool, bool, int]:
    is_country, near = place.kind == "country", place.country in countries
    if is_country or (place.kind == "state" and near):
        return True, near or "US" not in countries, is_country, place.population
    return False, near, False, place.population


def countries_named(names: Iterable[str], text: str = "") -> Counter[str]:
    """Return the number of mentions per country (ISO 3166-1) in an article: by `names` of its places, and by demonym.

    A state counts for its country, unless a country has the same name.
    """
    found: Counter[str] = Counter(demonyms_in(text))
    for name in names:
        kinds = {place.kind: place.country for place in _by_key().get(entity_key(name, "LOC"), ())}
        country = kinds.get("country") or kinds.get("state")
        if country:
            found[country] += 1
    return found


def demonyms_in(text: str) -> Iterator[str]:
    """Yield the country of every demonym in `text`, which relates the article to the country but is no mention of a place."""
    known = tables.demonyms()
    return (known[match[0]] for match in _demonym_pattern().finditer(text))


@cache
def _demonym_pattern() -> re.Pattern[str]:
    longest_first = sorted(tables.demonyms(), key=len, reverse=True)
    return re.compile(rf"\b(?=[A-Z])(?:{'|'.join(longest_first)})\b")


@cache
def _by_key() -> dict[str, tuple[Place, ...]]:
    places: dict[str, list[Place]] = defaultdict(list)
    for place in tables.places():
        # For a name in the curated table, the bare name means the city: Washington, New York.
        if place.kind != "state" or ("LOC", place.name) not in tables.aliases():
            places[entity_key(place.name, "LOC")].append(place)
    return {key: tuple(found) for key, found in places.items()}
