"""Well-known names in many languages and scripts, with their Wikidata ids: `known_names.tsv` and `country_names.tsv`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple, cast

from newsbot.entities.naming.folding import fold, words_of
from newsbot.entities.naming.readings import Words
from newsbot.items import EntityType

_LIMITED = re.compile(r"([a-z ]+):(.+)")
Named = tuple[EntityType, str]
"""Type and folded name."""


class KnownName(NamedTuple):
    """A line of the tables."""

    kind: EntityType
    name: str
    """English name."""
    wikidata: str | None
    others: tuple[str, ...]


@cache
def known_names() -> tuple[KnownName, ...]:
    """Return the lines of the curated table."""
    return tuple(_lines("known_names.tsv"))


@cache
def country_names() -> tuple[KnownName, ...]:
    """Return the lines of the table of countries and continents; the other names are folded."""
    return tuple(_lines("country_names.tsv"))


def _lines(file_name: str) -> Iterator[KnownName]:
    text = files("newsbot.entities").joinpath("data", file_name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            kind, name, wikidata, *others = line.split("\t")
            yield KnownName(cast(EntityType, kind), name, wikidata or None, tuple(others))


def names_everywhere() -> Iterator[tuple[EntityType, str, str]]:
    """Yield type, folded name and English name, for the names that mean the same in every article of every language."""
    for known in known_names():
        yield known.kind, fold(known.name), known.name
        for other in known.others:
            if not other.startswith("~") and ":" not in other:
                yield known.kind, fold(other), known.name
    for country in country_names():
        yield country.kind, fold(country.name), country.name
        yield from ((country.kind, other, country.name) for other in country.others)


@cache
def short_names() -> dict[Named, str]:
    """Return type and folded name -> English name, for names that are used alone: "Путин"."""
    return {
        (known.kind, fold(other[1:])): known.name
        for known in known_names()
        for other in known.others
        if other.startswith("~")
    }


@cache
def names_in(language: str) -> dict[Named, str]:
    """Return type and folded name -> English name, for the names that mean it in this language only: "BM" in Turkish."""
    found = {}
    for known in known_names():
        for other in known.others:
            match = _LIMITED.fullmatch(other) if ":" in other else None
            if match and language in match[1].split():
                found[known.kind, fold(match[2])] = known.name
    return found


@cache
def _ids() -> dict[Named, str]:
    lines = (*known_names(), *country_names())
    return {(known.kind, fold(known.name)): known.wikidata for known in lines if known.wikidata}


@cache
def names_in_by_words(language: str) -> dict[tuple[EntityType, Words], str]:
    """Return `names_in` with the names as `folding.words_of` returns them."""
    return {(kind, words_of(name)): known for (kind, name), known in names_in(language).items()}


def wikidata_id(name: str, kind: EntityType) -> str | None:
    """Return the Wikidata id of an entity by its canonical name ("Q64"); None if the tables do not have it."""
    return _ids().get((kind, fold(name)))
