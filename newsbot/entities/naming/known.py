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
    """Return the lines of both tables, the curated one first."""
    found = []
    for file_name in ("known_names.tsv", "country_names.tsv"):
        text = files("newsbot.entities").joinpath("data", file_name).read_text(encoding="utf-8")
        for line in text.splitlines():
            if not line.startswith("#"):
                kind, name, wikidata, *others = line.split("\t")
                found.append(KnownName(cast(EntityType, kind), name, wikidata or None, tuple(others)))
    return tuple(found)


def names_everywhere() -> Iterator[tuple[EntityType, str, str]]:
    """Yield type, name and English name, for the names that mean the same in every article of every language."""
    for known in known_names():
        yield known.kind, known.name, known.name
        for other in known.others:
            if not other.startswith("~") and ":" not in other:
                yield known.kind, other, known.name


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
    return {(known.kind, fold(known.name)): known.wikidata for known in known_names() if known.wikidata}


@cache
def names_in_by_words(language: str) -> dict[tuple[EntityType, Words], str]:
    """Return `names_in` with the names as `folding.words_of` returns them."""
    return {(kind, words_of(name)): known for (kind, name), known in names_in(language).items()}


def wikidata_id(name: str, kind: EntityType) -> str | None:
    """Return the Wikidata id of an entity by its canonical name ("Q64"); None if the tables do not have it."""
    return _ids().get((kind, fold(name)))
