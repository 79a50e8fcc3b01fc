"""The tables of the package: places, organisations, given names, aliases, demonyms, word lists.

`places.tsv`, `place_names.tsv` and `city_names.tsv` are derived from GeoNames, the first two also from CLDR, as is `names.tsv`
(see NOTICE); the others are curated by hand. Well-known names have their tables in `naming.known`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, cast

from newsbot.items import EntityType

PlaceKind = Literal["country", "state", "region", "capital", "city", "known"]
"""A US state or a nation of the United Kingdom is a `state`; `known` is a place of the curated table of regions."""
MIN_POPULATION = 30
"""In thousands. Smaller cities serve to locate places, but their names are no hint that a word is one."""


class Place(NamedTuple):
    """A place with coordinates; those of a country or state are the centre of its population."""

    kind: PlaceKind
    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    latitude: float
    longitude: float
    population: int
    """In thousands."""
    regions: tuple[str, ...] = ()
    """Codes of the regions that it is in, without the country (ISO 3166-2: "ON"), or of the region itself."""
    fame: int = 0
    """Number of its other names in GeoNames, up to 99."""


@cache
def _lines(file_name: str) -> tuple[str, ...]:
    text = files("newsbot.entities").joinpath("data", file_name).read_text(encoding="utf-8")
    return tuple(text.splitlines())


@cache
def _content(file_name: str) -> bytes:
    return files("newsbot.entities").joinpath("data", file_name).read_bytes()


def _line_from(file_name: str, prefix: str) -> str:
    """Return the first line of a sorted file that is not less than `prefix`; "" if there is none.

    The file is searched as it is: to make a list of 150,000 lines takes longer than reading an article.
    """
    content, wanted = _content(file_name), prefix.encode()
    low, high = 0, len(content)
    while low < high:
        middle = content.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = content.index(b"\n", middle)
        low, high = (end + 1, high) if content[middle:end] < wanted else (low, middle)
    return content[low : content.find(b"\n", low)].decode() if low < len(content) else ""


@cache
def places() -> tuple[Place, ...]:
    """Return countries, US states, nations of the United Kingdom, capitals, and cities of at least 30,000 people."""
    rows = (line.split("\t") for line in _lines("places.tsv") if not line.startswith("region"))
    return tuple(_place(row) for row in rows if row[0] != "city" or int(row[6]) >= MIN_POPULATION)


def places_called(key: str) -> list[tuple[Place, bool]]:
    """Return the places with a name, and whether it is their first one, given its key (`keys.place_key`)."""
    name, _, numbers = _line_from("place_names.tsv", f"{key}\t").partition("\t")
    table = _lines("places.tsv")
    return [
        (_place(table[int(number.lstrip("~"))].split("\t")), number[0] != "~")
        for number in (numbers.split() if name == key else ())
    ]


@cache
def regions() -> tuple[tuple[tuple[str, ...], Place], ...]:
    """Return names and place of the curated table of regions, islands, seas and districts.

    The country is empty for those in several countries or none ("Black Sea").
    """
    rows = (line.split("\t") for line in _lines("regions.tsv") if not line.startswith("#"))
    return tuple(
        (
            tuple(names.split("|")),
            Place("known", names.split("|")[0], country.strip("-"), float(north), float(east), int(people)),
        )
        for names, country, north, east, people in rows
    )


@cache
def areas() -> tuple[Place, ...]:
    """Return the countries and regions of places.tsv."""
    kinds = ("country", "state", "region")
    return tuple(_place(line.split("\t")) for line in _lines("places.tsv") if line.startswith(kinds))


@cache
def region_codes() -> dict[str, tuple[str, str]]:
    """Return short form ("Ala.", "NSW") -> country and code of the region."""
    rows = (line.split("\t") for line in _lines("region_codes.tsv") if not line.startswith("#"))
    return {short: (country, code) for country, code, *shorts in rows for short in shorts}


def _place(row: list[str]) -> Place:
    kind, name, country, codes, latitude, longitude, people, fame = row
    numbers = float(latitude), float(longitude), int(people)
    return Place(
        cast(PlaceKind, kind), name, country, *numbers, tuple(filter(None, codes.split(","))), int(fame)
    )


@cache
def place_names() -> frozenset[str]:
    """Return the English names of all places."""
    return frozenset(place.name for place in places()) | {name for kind, name in aliases() if kind == "LOC"}


@cache
def city_names() -> dict[str, str]:
    """Return name of a city in other languages and scripts, folded -> its name in the table of places."""
    rows = (line.split("\t") for line in _lines("city_names.tsv"))
    return {name: city for city, *names in rows for name in names}


@cache
def countries() -> frozenset[str]:
    """Return all English names of countries and of the nations of the United Kingdom; faster than `places`."""
    rows = (line.split("\t", 3)[:3] for line in _lines("places.tsv") if line.startswith(("country", "state")))
    names = {name for kind, name, country in rows if kind == "country" or (kind, country) == ("state", "GB")}
    return frozenset(names | {alias for (kind, alias), name in aliases().items() if name in names})


@cache
def words(name: str) -> frozenset[str]:
    """Return the list of this name in `words.toml`."""
    return frozenset(_word_lists()[name].split())


@cache
def cues(language: str) -> frozenset[str]:
    """Return the words that come before a person's name in a language ("Frau")."""
    return frozenset(_word_lists()["cues"].get(language, "").split())


@cache
def _word_lists() -> dict[str, Any]:
    return tomllib.loads("\n".join(_lines("words.toml")))


@cache
def aliases() -> dict[tuple[EntityType, str], str]:
    """Return (type, name or alias) -> canonical name."""
    table: dict[tuple[EntityType, str], str] = {}
    for line in _lines("aliases.tsv"):
        kind, name, *others = line.split("\t")
        table |= {(cast(EntityType, kind), other): name for other in (name, *others)}
    return table


@cache
def foreign_names(language: str) -> dict[str, tuple[EntityType, str]]:
    """Return name in `language` -> (type, English name): countries, big cities, and a few organisations."""
    rows = (line.split("\t") for line in _lines("names.tsv"))
    return {name: (cast(EntityType, kind), english) for code, kind, name, english in rows if code == language}


def all_foreign_names() -> Iterator[tuple[EntityType, str, str]]:
    """Yield (type, name, English name) in all languages of the table."""
    for line in _lines("names.tsv"):
        _, kind, name, english = line.split("\t")
        yield cast(EntityType, kind), name, english


@cache
def organisations() -> frozenset[str]:
    """Return organisations that are frequent in the news."""
    return frozenset(_lines("organisations.txt"))


@cache
def known_organisations() -> frozenset[str]:
    """Return all names of the organisations of the list and of the aliases."""
    return organisations() | {name for kind, name in aliases() if kind == "ORG"}


@cache
def acronyms() -> frozenset[str]:
    """Return the known organisations written in capitals with at least three letters ("IS" is a verb too)."""
    return frozenset(
        name for name in known_organisations() if name.isalpha() and name.isupper() and len(name) > 2
    )


@cache
def first_names() -> frozenset[str]:
    """Return given names, which show that a name is a person's."""
    return frozenset(" ".join(_lines("first_names.txt")).split())


@cache
def demonyms() -> dict[str, str]:
    """Return demonym ("Russian", "Russians") -> country code."""
    rows = (line.split("\t") for line in _lines("demonyms.tsv"))
    return {word: code for code, *words in rows for word in words}
