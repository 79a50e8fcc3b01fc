"""What the rules engine knows in each language: names with their types, and words that announce a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from newsbot.entities import tables
from newsbot.entities.people import CUES
from newsbot.items import EntityType

SPACELESS = frozenset(("ja", "th", "zh"))
LATIN = frozenset(
    [
        "ca",
        "cs",
        "da",
        "de",
        "en",
        "es",
        "et",
        "fi",
        "fr",
        "hr",
        "hu",
        "id",
        "it",
        "lt",
        "lv",
        "ms",
        "nb",
        "nl",
        "no",
        "pl",
        "pt",
        "ro",
        "sk",
        "sl",
        "sv",
        "tr",
        "vi",
    ]
)
OTHERS = frozenset(["ar", "bg", "el", "fa", "he", "hi", "ko", "ru", "sr", "uk"])
SUPPORTED = SPACELESS | LATIN | OTHERS
MIN_CITY_POPULATION = 300
"""In thousands: smaller cities share too many names with people and with words."""

# Cities whose names are words of some language, or people's names more often than not.
_NO_PLACES = frozenset(
    [
        "Aden",
        "Agadez",
        "Alma",
        "Alor",
        "Bari",
        "Batman",
        "Bath",
        "Beira",
        "Belfort",
        "Bismarck",
        "Bo",
        "Bor",
        "Bristol",
        "Charlotte",
        "Charleston",
        "Chester",
        "Cork",
        "Deli",
        "Essen",
        "Fes",
        "Florence",
        "Georgetown",
        "Green",
        "Halle",
        "Hamilton",
        "Ho",
        "Hull",
        "Ica",
        "Jackson",
        "Jersey",
        "Jordan",
        "Kent",
        "Lens",
        "Leon",
        "León",
        "Lima",
        "Lincoln",
        "Lome",
        "Madison",
        "Male",
        "Man",
        "March",
        "Mary",
        "Melo",
        "Mobile",
        "Most",
        "Nancy",
        "Natal",
        "Nice",
        "Of",
        "Orange",
        "Paris-L'Hôpital",
        "Pass",
        "Police",
        "Pune",
        "Reading",
        "Regina",
        "Rosario",
        "Roman",
        "Salvador",
        "San",
        "Santa",
        "Santiago",
        "Serra",
        "Sidon",
        "Split",
        "Sur",
        "Troy",
        "Tours",
        "Ube",
        "Un",
        "Van",
        "Victoria",
        "Vigo",
        "Wa",
        "Wels",
        "Wien",
        "Wu",
        "Yeo",
        "Zeist",
    ]
) - frozenset(("Bristol", "Lima", "Florence", "Pune", "Wien", "Aden", "Santiago"))
# Curated acronyms that are words elsewhere.
_NO_ACRONYMS = frozenset(("IS", "LA", "AP", "AU", "ESA", "PRC", "US", "EU", "UN", "DRC", "ROK", "Fed", "BiH"))
# First names that are words at the start of a sentence, or nouns where nouns are capitalised.
_NO_FIRST_NAMES = {
    "de": frozenset(
        [
            "Mark",
            "Roman",
            "Rose",
            "Ernst",
            "Bill",
            "Will",
            "Max",
            "Kay",
            "Bart",
            "Tim",
            "Wang",
            "Li",
            "Lee",
            "Dean",
            "Guy",
            "Jordan",
            "Martin",
        ]
    ),
}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names and cues of one language."""

    language: str
    names: dict[str, EntityType]
    longest: int
    """Of how many words the longest name is."""
    first_names: frozenset[str]
    cues: frozenset[str]


@cache
def lexicon(language: str) -> Lexicon:
    """Return what is known in a language of `SUPPORTED`."""
    names = _english_names() if language == "en" else _names_elsewhere(language)
    unsure = _NO_FIRST_NAMES.get(language, frozenset()) if language != "en" else frozenset()
    return Lexicon(
        language=language,
        names=names,
        longest=max(len(name.split()) for name in names) + 2,
        first_names=tables.first_names() - unsure if language in LATIN else frozenset(),
        cues=frozenset(CUES.get(language, ())),
    )


def _big_places() -> dict[str, EntityType]:
    return {
        place.name: "LOC"
        for place in tables.places()
        if (place.kind != "city" or place.population >= MIN_CITY_POPULATION) and place.name not in _NO_PLACES
    }


def _english_names() -> dict[str, EntityType]:
    aliases: dict[str, EntityType] = {alias: kind for kind, alias in tables.aliases()}
    organisations: dict[str, EntityType] = dict.fromkeys(tables.organisations(), "ORG")
    jordan: dict[str, EntityType] = dict.fromkeys(("Jordan", "Jersey"), "LOC")
    return _big_places() | jordan | organisations | aliases


def _names_elsewhere(language: str) -> dict[str, EntityType]:
    """Names in the language itself, and in its script the acronyms and cities that are written alike everywhere."""
    own: dict[str, EntityType] = {
        name: kind for name, (kind, _) in tables.foreign_names("nb" if language == "no" else language).items()
    }
    if language not in LATIN:
        return {name: kind for name, kind in own.items() if len(name) > 1}
    cities: dict[str, EntityType] = {
        place.name: "LOC"
        for place in tables.places()
        if place.population >= MIN_CITY_POPULATION
        and place.kind in ("city", "capital")
        and place.name not in _NO_PLACES
        and len(place.name) > 3
    }
    acronyms: dict[str, EntityType] = {
        alias: kind
        for kind, alias in tables.aliases()
        if alias.isupper() and alias not in _NO_ACRONYMS and kind == "ORG"
    }
    return cities | acronyms | own


@cache
def spaceless_names(language: str) -> re.Pattern[str]:
    """Return a pattern of all names of a language that puts no spaces between words, the longest first."""
    names = sorted(lexicon(language).names, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)))
