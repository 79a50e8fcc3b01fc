"""The lexicon of the rules engine, by language: names with their types, and words that precede a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from newsbot.entities import tables
from newsbot.items import EntityType

SPACELESS = frozenset(("ja", "th", "zh"))
_LATIN = "ca cs da de en es et fi fr hr hu id it lt lv ms nb nl no pl pt ro sk sl sv tr vi"
_OTHERS = "ar bg el fa he hi ko ru sr uk"
LATIN = frozenset(_LATIN.split())
SUPPORTED = SPACELESS | LATIN | frozenset(_OTHERS.split())
MIN_CITY_POPULATION = 300
"""In thousands. Names of smaller cities are too often names of people or ordinary words."""

_LAST_LATIN = "\u024f"

NameTypes = dict[str, EntityType]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names and cues of one language."""

    language: str
    names: NameTypes
    longest: int
    """Number of words of the longest name."""
    first_names: frozenset[str]
    cues: frozenset[str]
    """Words before a person's name ("Frau")."""


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language of `SUPPORTED`."""
    names = _english_names() if language == "en" else _names_elsewhere(language)
    first_names = tables.first_names() if language in LATIN else frozenset()
    return Lexicon(
        language=language,
        names=names,
        # A full stop or a hyphen may be a token of its own.
        longest=max(len(name.split()) for name in names) + 2,
        first_names=first_names - tables.words("no_first_names_de") if language == "de" else first_names,
        cues=tables.cues(language),
    )


@cache
def spaceless_names(language: str) -> re.Pattern[str]:
    """Return a pattern of all names of a language without spaces between words, the longest first."""
    names = sorted(lexicon(language).names, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)))


def _english_names() -> NameTypes:
    places = (place.name for place in tables.places() if place.kind in ("country", "state"))
    return (
        _all_are("LOC", places)
        | _all_are("LOC", _big_cities())
        | _all_are("ORG", tables.organisations())
        | {alias: kind for kind, alias in tables.aliases()}
    )


def _names_elsewhere(language: str) -> NameTypes:
    """NameTypes in the language itself; in Latin script also the cities and acronyms that are the same everywhere."""
    table = tables.foreign_names("nb" if language == "no" else language)
    own = {name: kind for name, (kind, _) in table.items() if len(name) > 1}
    if language not in LATIN:
        return {alias: kind for kind, alias in tables.aliases() if alias > _LAST_LATIN} | own
    acronyms = {alias for kind, alias in tables.aliases() if kind == "ORG" and alias.isupper()}
    known = acronyms - tables.words("no_acronyms_abroad")
    return _all_are("LOC", (name for name in _big_cities() if len(name) > 3)) | _all_are("ORG", known) | own


def _big_cities() -> Iterator[str]:
    for place in tables.places():
        big = place.kind == "capital" or (place.kind == "city" and place.population >= MIN_CITY_POPULATION)
        if big and place.name not in tables.words("no_places"):
            yield place.name


def _all_are(kind: EntityType, names: Iterable[str]) -> NameTypes:
    return dict.fromkeys(names, kind)
