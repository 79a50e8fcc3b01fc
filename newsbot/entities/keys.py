"""Entity keys: equal for the names of one entity, across articles."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache
from itertools import chain

from newsbot.entities import tables
from newsbot.entities.naming import known
from newsbot.entities.naming.folding import fold, words_of
from newsbot.entities.naming.grammar import grammar
from newsbot.entities.naming.name_titles import without_titles
from newsbot.entities.naming.readings import Words
from newsbot.items import ENTITY_TYPES, EntityType

MAX_NAME_CHARS = 200
MIN_KNOWN_POPULATION = 1_000
"""In thousands. Names of smaller cities abroad are no evidence that a name is an inflected form of theirs."""
_AMBIGUOUS = frozenset((("LOC", "kongo"), ("LOC", "dunaj")))
"""Names of one place in one language, and of another in another."""
_POSSESSIVE = re.compile(r"(?<=\w)(?:['’][sS]|(?<=[sS])['’])$")
_COMPANY_FORM = re.compile(
    r"(?<=\w),? (?:inc|corp|corporation|co|ltd|limited|plc|llc|gmbh|ag|se|s\.?a|n\.?v|b\.?v|oy|ab|s\.?p\.?a)\.?$",
    re.IGNORECASE,
)


def bare_name(text: str, kind: EntityType) -> str:
    """Return the text of a mention on one line, without possessive (except "Moody's"), honorifics ("Mr.") and leading article."""
    name = " ".join(text[:MAX_NAME_CHARS].split())
    if kind != "ORG" or name.replace("’", "'") not in tables.organisations():
        name = _POSSESSIVE.sub("", name)
    first, space, rest = name.partition(" ")
    while space and _is_ornament(first, kind):
        name = rest
        first, space, rest = name.partition(" ")
    return name


@lru_cache(maxsize=50_000)
def name_in(text: str, kind: EntityType, language: str) -> str:
    """Return the name in the text of a mention: `bare_name`, without the titles of the language and marked endings."""
    name = " ".join(text[:MAX_NAME_CHARS].split())
    if kind == "PER":
        name = without_titles(name, language)
    return bare_name(grammar(language).without_marked_ending(name), kind)


def _is_ornament(word: str, kind: EntityType) -> bool:
    if kind == "PER":
        return word.lower().rstrip(".") in tables.words("honorifics")
    return word in ("the", "The", "THE")


@lru_cache(maxsize=100_000)
def entity_key(name: str, kind: EntityType) -> str:
    """Return the key of an entity: type, colon, folded name ("LOC:united states"). Equal for all names of the entity.

    Case, accents, full stops, quotation marks, possessives, honorifics and the legal form of a company are ignored. The curated tables map
    aliases ("U.S.") and names in other languages and scripts ("Russland", "Владимир Путин") to one name.
    """
    folded = _folded_name(name, kind)
    known_as = _canonical(folded, kind)
    return f"{kind}:{fold(known_as) if known_as else folded}"


def keys_of(name: str) -> list[str]:
    """Return the keys of the entities, of all types, that a person who looks for this name may mean: "Putin", "プーチン"."""
    folded = fold(bare_name(name, "PER"))
    alone = [known.short_names().get(("PER", folded))]
    return [
        *(entity_key(name, kind) for kind in ENTITY_TYPES),
        *(entity_key(full, "PER") for full in alone if full),
    ]


def canonical_name(name: str, kind: EntityType) -> str | None:
    """Return the canonical form of a name in the curated tables; None if they do not have it."""
    return _canonical(_folded_name(name, kind), kind)


def _canonical(folded: str, kind: EntityType) -> str | None:
    found = _canonical_by_fold().get((kind, folded))
    if found is not None or kind != "LOC" or folded in _english_places():
        return found
    return tables.city_names().get(folded)


@cache
def _english_places() -> frozenset[str]:
    return frozenset(fold(place.name) for place in tables.places())


def place_key(name: str) -> str:
    """Return the folded name of a place as it is written, without the tables of aliases: "Kiev" is not "kyiv"."""
    return _folded_name(name, "LOC")


def _folded_name(name: str, kind: EntityType) -> str:
    bare = bare_name(name, kind)
    return fold(_COMPANY_FORM.sub("", bare) if kind == "ORG" else bare)


@cache
def _canonical_by_fold() -> dict[tuple[EntityType, str], str]:
    """Return (type, folded alias) -> canonical name. The table of aliases takes precedence over those of known names."""
    named = {(kind, fold(alias)): name for (kind, alias), name in tables.aliases().items()}
    english = _english_places()
    foreign_names = [row for row in tables.all_foreign_names() if not _is_acronym(row)]
    # "Алжир" is Algeria and Algiers.
    countries = {place.name for place in tables.places() if place.kind == "country"}
    foreign_names.sort(key=lambda row: row[2] not in countries)
    foreign = ((kind, fold(name), english_name) for kind, name, english_name in foreign_names)
    for kind, folded, name in chain(known.names_everywhere(), foreign):
        alias = kind, folded
        if alias not in named and alias not in _AMBIGUOUS and (kind != "LOC" or alias[1] not in english):
            named[alias] = named.get((kind, fold(name)), name)
    return named


def _is_acronym(row: tuple[EntityType, str, str]) -> bool:
    """Return whether a name means something only in its own language: "FN" is the United Nations in Norwegian."""
    kind, name, _ = row
    return kind == "ORG" and name.isascii() and name.isupper()


def known_name(words: Words, kind: EntityType, language: str) -> str | None:
    """Return the canonical name of what has this name, in the form of `naming.folding.words_of`; None if it is unknown.

    Of cities, those are known that are big or in a country where the language is spoken."""
    found = _canonical_by_words().get((kind, words))
    if found is not None or kind != "LOC":
        return found
    for name, population, country in _places_by_words().get(words, ()):
        if population >= MIN_KNOWN_POPULATION or country in grammar(language).countries:
            return name
    return tables.city_names().get(" ".join(words))


@cache
def _places_by_words() -> dict[Words, list[tuple[str, int, str]]]:
    found: dict[Words, list[tuple[str, int, str]]] = defaultdict(list)
    for place in tables.places():
        population = place.population if place.kind == "city" else MIN_KNOWN_POPULATION
        found[words_of(place.name)].append((place.name, population, place.country))
    return found


@cache
def _canonical_by_words() -> dict[tuple[EntityType, Words], str]:
    names = known.short_names() | _canonical_by_fold()
    return {(kind, words_of(name)): canonical for (kind, name), canonical in names.items()}
