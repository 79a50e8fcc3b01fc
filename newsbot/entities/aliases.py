"""Alias files: TOML files in which the user lists other names of entities.

    [[entity]]
    name = "Harbour Board"
    type = "ORG"
    aliases = ["Board of the Harbour", "LOC:Harbour Board"]

An alias has the type of the entity unless it begins with another type and a colon.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from newsbot.entities.keys import entity_key
from newsbot.errors import UsageError
from newsbot.items import ENTITY_TYPES, EntityType

KEYS = {"name", "type", "aliases"}


@dataclass(frozen=True, slots=True)
class AliasEntry:
    """An entity and its other names."""

    type: EntityType
    name: str
    aliases: tuple[tuple[EntityType, str], ...]
    """Type and text of every alias."""


def parse_aliases(text: str, path: str) -> list[AliasEntry]:
    """Return the entries of an alias file; raises UsageError, which names file and entry, for invalid contents."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: {error}", path=path) from error
    listed = tables.pop("entity", None)
    if tables or not isinstance(listed, list):
        raise UsageError(f"{path}: accepted: [[entity]] tables with name, type, aliases", path=path)
    entries = [_entry(table, f"{path}: entity {number}") for number, table in enumerate(listed, 1)]
    _check_distinct(entries, path)
    return entries


def _entry(table: Any, where: str) -> AliasEntry:
    if not isinstance(table, dict) or table.keys() != KEYS:
        raise UsageError(f"{where}: accepted: name, type, aliases, each once")
    name, kind, aliases = table["name"], table["type"], table["aliases"]
    if kind not in ENTITY_TYPES:
        raise UsageError(f"{where}: type {kind!r}; accepted: {', '.join(ENTITY_TYPES)}")
    names = [name, *aliases] if isinstance(aliases, list) else [None]
    if not all(isinstance(text, str) and text.strip() for text in names):
        raise UsageError(f"{where}: accepted: a text as name, a list of texts as aliases")
    return AliasEntry(kind, " ".join(name.split()), tuple(_typed(alias, kind) for alias in aliases))


def _typed(alias: str, default: EntityType) -> tuple[EntityType, str]:
    kind, _, name = alias.partition(":")
    return (kind, name) if kind in ENTITY_TYPES else (default, alias)


def _check_distinct(entries: list[AliasEntry], path: str) -> None:
    names = {entity_key(entry.name, entry.type): entry.name for entry in entries}
    for entry in entries:
        for kind, alias in entry.aliases:
            other = names.setdefault(entity_key(alias, kind), entry.name)
            if other != entry.name:
                raise UsageError(f"{path}: {alias!r} names both {other!r} and {entry.name!r}", path=path)
