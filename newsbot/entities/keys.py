"""When two names are the same: the key that holds across articles."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from newsbot.entities import tables
from newsbot.items import EntityType

MAX_NAME_CHARS = 200
_POSSESSIVE = re.compile(r"(?<=\w)(?:['’][sS]|(?<=[sS])['’])$")
_COMPANY_FORM = re.compile(
    r"(?<=\w),? (?:inc|corp|corporation|co|ltd|limited|plc|llc|gmbh|ag|se|s\.?a|n\.?v|b\.?v|oy|ab|s\.?p\.?a)\.?$",
    re.IGNORECASE,
)
_VARIANTS = str.maketrans({"’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-", ".": None})
_LATIN_WITH_MARKS = re.compile("([a-z])[\u0300-\u036f]+")


def bare_name(text: str, kind: EntityType) -> str:
    """Return a mention's text without possessive (but "Moody's"), honorifics ("Mr.") or leading article, on one line."""
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
    """Return what equals exactly for the names of one entity: type, colon, folded name ("LOC:united states").

    Case, accents, full stops, possessives, honorifics and a company's legal form do not count, and the curated
    tables join aliases ("U.S.") and names in other languages ("Russland").
    """
    folded = _folded_name(name, kind)
    known = _canonical_by_fold().get((kind, folded))
    return f"{kind}:{_fold(known) if known else folded}"


def canonical_name(name: str, kind: EntityType) -> str | None:
    """Return the name under which the curated tables keep this one; None if they do not know it."""
    return _canonical_by_fold().get((kind, _folded_name(name, kind)))


def _folded_name(name: str, kind: EntityType) -> str:
    bare = bare_name(name, kind)
    return _fold(_COMPANY_FORM.sub("", bare) if kind == "ORG" else bare)


def _fold(name: str) -> str:
    plain = name.casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = unicodedata.normalize("NFC", _LATIN_WITH_MARKS.sub(r"\1", decomposed))
    return " ".join(plain.translate(_VARIANTS).split()) or name.casefold()


@cache
def _canonical_by_fold() -> dict[tuple[EntityType, str], str]:
    """(type, folded alias) -> canonical name. The aliases' table goes before those of the languages."""
    named = {(kind, _fold(alias)): name for (kind, alias), name in tables.aliases().items()}
    english = {("LOC", _fold(place.name)) for place in tables.places()}
    for kind, foreign, name in tables.all_foreign_names():
        if (kind, _fold(foreign)) not in english:
            named.setdefault((kind, _fold(foreign)), named.get((kind, _fold(name)), name))
    return named
