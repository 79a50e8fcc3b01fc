"""Corrections of entities by people. They are applied whenever entities are stored, so that they last.

A correction replaces the entity with one key by another entity: for all mentions (a merge), or for the mentions of one
form (a split). Merges are never chained, so that one look-up finds the entity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from newsbot.entities.keys import entity_key
from newsbot.items import Entity, EntityType, Mention
from newsbot.store.schema.identity import name_key
from newsbot.store.schema.models import EntityCorrection
from newsbot.store.schema.types import Name, stored_name
from newsbot.store.sql import dialect, memory
from newsbot.store.sql.many_rows import AskedRows

ALL_FORMS = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The entity that replaces another one."""

    type: EntityType
    name: str

    @property
    def key(self) -> str:
        """Value of `entities.key`."""
        return stored_key(self.name, self.type)


Rules = dict[tuple[str, str], Target]
"""(key, form) -> the entity that replaces it."""

_FIND = AskedRows(
    lambda asked: select(
        EntityCorrection.key, EntityCorrection.form, EntityCorrection.type, EntityCorrection.name
    ).join_from(asked, EntityCorrection, EntityCorrection.key == asked.c.key),
    key=Name(),
)


def stored_key(name: str, entity_type: EntityType) -> str:
    """Return `entities.key` of a name."""
    return stored_name(entity_key(name, entity_type))


def corrected(connection: Connection, entities: Sequence[Entity]) -> Sequence[Entity]:
    """Return the entities of an article with all corrections applied; two of them may have the same key then."""
    rules = _find(connection, {stored_key(entity.name, entity.type) for entity in entities})
    # Forms that were split off from the target of a merge; only needed if there was a merge.
    merged = {target.key for (_, form), target in rules.items() if form == ALL_FORMS}
    rules |= _find(connection, merged)
    return [part for entity in entities for part in _parts(entity, rules)] if rules else entities


class _Known:
    """The corrections of entities that a transaction has looked up."""

    def __init__(self) -> None:
        self.rules: dict[str, Rules] = {}
        """Key -> its corrections."""

    def see(self, statement: str) -> None:
        """Forget everything if a statement changes corrections."""
        if "entity_corrections" in statement and not statement.startswith(("SELECT", "WITH")):
            self.rules.clear()


def look_up(connection: Connection, entities: Sequence[Entity]) -> None:
    """Look up the corrections of the entities of several articles, under a lock that keeps others from changing them."""
    known = memory.of(connection, _Known).rules
    keys = {stored_key(entity.name, entity.type) for entity in entities}
    found = _find(connection, keys)
    known |= {key: {} for key in keys}
    for rule, target in found.items():
        known[rule[0]][rule] = target


def _find(connection: Connection, keys: Collection[str]) -> Rules:
    known = memory.of(connection, _Known).rules
    if all(key in known for key in keys):
        return {rule: target for key in keys for rule, target in known[key].items()}
    found = _FIND.rows(connection, [(key,) for key in keys])
    return {(key, form): Target(kind, name) for key, form, kind, name in found}


def _parts(entity: Entity, rules: Rules) -> Iterator[Entity]:
    own = Target(entity.type, entity.name)
    mentions: dict[Target, list[Mention]] = defaultdict(list)
    for mention in entity.mentions:
        mentions[_meant(own, name_key(mention.text), rules)].append(mention)
    for target, found in mentions.items():
        # A role belongs to the name beside which it was printed, not to a form that is another entity.
        role = entity.role if target == _meant(own, ALL_FORMS, rules) else None
        wikidata = entity.wikidata if target == own else None
        yield replace(
            entity, type=target.type, name=target.name, mentions=found, role=role, wikidata=wikidata
        )


def _meant(own: Target, form: str, rules: Rules) -> Target:
    if split := rules.get((own.key, form)):
        return split
    whole = rules.get((own.key, ALL_FORMS), own)
    return rules.get((whole.key, form), whole) if form else whole


def all_corrections(session: Session) -> Rules:
    """Return all corrections, sorted by key and form."""
    query = select(
        EntityCorrection.key, EntityCorrection.form, EntityCorrection.type, EntityCorrection.name
    ).order_by(EntityCorrection.key, EntityCorrection.form)
    return {(key, form): Target(kind, name) for key, form, kind, name in session.execute(query)}


def note_merge(connection: Connection, key: str, target: Target) -> None:
    """Store that the entity `key` is `target`; earlier corrections that lead to `key` lead to `target` too."""
    led_here = update(EntityCorrection).where(EntityCorrection.target_key == key)
    connection.execute(led_here.values(_columns(target)))
    _put(connection, key, ALL_FORMS, target)
    _forget_merge(connection, target.key)
    connection.execute(delete(EntityCorrection).where(EntityCorrection.key == EntityCorrection.target_key))


def note_split(connection: Connection, key: str, form: str, target: Target) -> None:
    """Store that the mentions of one form (`name_key`) are `target`, which is not merged into another entity any more."""
    _forget_merge(connection, target.key)
    _put(connection, key, form, target)


def _put(connection: Connection, key: str, form: str, target: Target) -> None:
    row = {"key": key, "form": form, **_columns(target)}
    query = dialect.insert(connection, EntityCorrection).values(row)
    connection.execute(query.on_conflict_do_update(index_elements=["key", "form"], set_=_columns(target)))


def _columns(target: Target) -> dict[str, str]:
    return {"type": target.type, "name": target.name, "target_key": target.key}


def _forget_merge(connection: Connection, key: str) -> None:
    merge = delete(EntityCorrection).where(EntityCorrection.key == key, EntityCorrection.form == ALL_FORMS)
    connection.execute(merge)
