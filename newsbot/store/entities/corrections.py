"""What people have corrected: read whenever entities are stored, so that it survives later runs.

A correction sends what is found under one key to another entity: all of it (a merge), or the mentions of one form
(a split). Merges are never chained, so that one look-up tells what an entity is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.orm import Session

from newsbot.entities.keys import entity_key
from newsbot.items import Entity, EntityType, Mention
from newsbot.store.schema.identity import name_key
from newsbot.store.schema.models import EntityCorrection
from newsbot.store.schema.types import stored_name
from newsbot.store.sql import dialect

ALL_FORMS = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The entity that is meant."""

    type: EntityType
    name: str

    @property
    def key(self) -> str:
        """As in `entities`."""
        return stored_key(self.name, self.type)


Rules = dict[tuple[str, str], Target]
"""(key, form) -> the entity that is meant."""

_FIND = select(
    EntityCorrection.key, EntityCorrection.form, EntityCorrection.type, EntityCorrection.name
).where(EntityCorrection.key.in_(bindparam("keys", expanding=True)))


def stored_key(name: str, entity_type: EntityType) -> str:
    """Return `entities.key` of a name."""
    return stored_name(entity_key(name, entity_type))


def corrected(connection: Connection, entities: Sequence[Entity]) -> Sequence[Entity]:
    """Return the entities of an article as people have corrected them; two may be the same one now."""
    rules = _find(connection, {stored_key(each.name, each.type) for each in entities})
    # Forms split off from what others were merged into: asked for only where there was a merge.
    merged = {target.key for (_, form), target in rules.items() if form == ALL_FORMS}
    rules |= _find(connection, merged)
    return [part for each in entities for part in _parts(each, rules)] if rules else entities


def _find(connection: Connection, keys: Collection[str]) -> Rules:
    if not keys:
        return {}
    found = connection.execute(_FIND, {"keys": list(keys)})
    return {(key, form): Target(kind, name) for key, form, kind, name in found}


def _parts(entity: Entity, rules: Rules) -> Iterator[Entity]:
    own = Target(entity.type, entity.name)
    mentions: dict[Target, list[Mention]] = defaultdict(list)
    for mention in entity.mentions:
        mentions[_meant(own, name_key(mention.text), rules)].append(mention)
    for target, found in mentions.items():
        # A role belongs to the name that it stood beside: not to a form that is somebody else.
        role = entity.role if target == _meant(own, ALL_FORMS, rules) else None
        yield replace(entity, type=target.type, name=target.name, mentions=found, role=role)


def _meant(own: Target, form: str, rules: Rules) -> Target:
    if split := rules.get((own.key, form)):
        return split
    whole = rules.get((own.key, ALL_FORMS), own)
    return rules.get((whole.key, form), whole) if form else whole


def all_corrections(session: Session) -> Rules:
    """Return every correction, in the order of their keys."""
    query = select(
        EntityCorrection.key, EntityCorrection.form, EntityCorrection.type, EntityCorrection.name
    ).order_by(EntityCorrection.key, EntityCorrection.form)
    return {(key, form): Target(kind, name) for key, form, kind, name in session.execute(query)}


def note_merge(connection: Connection, key: str, target: Target) -> None:
    """Let all that is found under `key` be `target`, and all that was `key` by an earlier correction."""
    led_here = update(EntityCorrection).where(EntityCorrection.target_key == key)
    connection.execute(led_here.values(_columns(target)))
    _put(connection, key, ALL_FORMS, target)
    _forget_merge(connection, target.key)
    connection.execute(delete(EntityCorrection).where(EntityCorrection.key == EntityCorrection.target_key))


def note_split(connection: Connection, key: str, form: str, target: Target) -> None:
    """Let the mentions of one form (`keys.name_key`) be `target`, an entity of its own whatever it was merged into."""
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
