"""Entity keys: equal for the names of one entity, across articles."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from newsbot.entities import tables
from newsbot.items import EntityType
from newsbot.text import normalized

MAX_NAME_CHARS = 200
_POSSESSIVE = re.compile(r"(?<=\w)(?:['’][sS]|(?<=[sS])['’])$")
_COMPANY_FORM = re.compile(
    r"(?<=\w),? (?:inc|corp|corporation|co|ltd|limited|plc|llc|gmbh|ag|se|s\.?a|n\.?v|b\.?v|oy|ab|s\.?p\.?a)\.?$",
    re.IGNORECASE,
)
_VARIANTS = str.maketrans({"’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-", ".": None})
_LATIN_WITH_MARKS = re.compile("([a-z])[\u0300-\u036f]+")


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


def _is_ornament(word: str, kind: EntityType) -> bool:
    if kind == "PER":
        return word.lower().rstrip(".") in tables.words("honorifics")
    return word in ("the", "The", "THE")


@lru_cache(maxsize=100_000)
def entity_key(name: str, kind: EntityType) -> str:
    """Return the key of an entity: type, colon, folded name ("LOC:united states"). Equal for all names of the entity.

    Case, accents, full stops, possessives, honorifics and the legal form of a company are ignored. The curated tables map
    aliases ("U.S.") and names in other languages ("Russland") to one name.
    """
    folded = _folded_name(name, kind)
    known = _canonical_by_fold().get((kind, folded))
    return f"{kind}:{_fold(known) if known else folded}"


def canonical_name(name: str, kind: EntityType) -> str | None:
    """Return the canonical form of a name in the curated tables; None if they do not have it."""
    return _canonical_by_fold().get((kind, _folded_name(name, kind)))


def place_key(name: str) -> str:
    """Return the folded name of a place as it is written, without the tables of aliases: "Kiev" is not "kyiv"."""
    return _folded_name(name, "LOC")


def _folded_name(name: str, kind: EntityType) -> str:
    bare = bare_name(name, kind)
    return _fold(_COMPANY_FORM.sub("", bare) if kind == "ORG" else bare)


def _fold(name: str) -> str:
    plain = name.casefold()
    if not plain.isascii():
        decomposed = normalized("NFKD", plain)
        plain = normalized("NFC", _LATIN_WITH_MARKS.sub(r"\1", decomposed))
    return " ".join(plain.translate(_VARIANTS).split()) or name.casefold()


@cache
def _canonical_by_fold() -> dict[tuple[EntityType, str], str]:
    """Return (type, folded alias) -> canonical name. The table of aliases takes precedence over those of languages."""
    named = {(kind, _fold(alias)): name for (kind, alias), name in tables.aliases().items()}
    english = {("LOC", _fold(place.name)) for place in tables.places()}
    for kind, foreign, name in tables.all_foreign_names():
        if (kind, _fold(foreign)) not in english:
            named.setdefault((kind, _fold(foreign)), named.get((kind, _fold(name)), name))
    return named
