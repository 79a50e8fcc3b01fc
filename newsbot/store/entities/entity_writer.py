"""Writes the entities of an article: their rows, links, mentions and the forms under which texts name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, update

from newsbot.entities.linking import UNKNOWN, salience
from newsbot.entities.naming.known import wikidata_id
from newsbot.entities.places import locate
from newsbot.entities.tables import Place
from newsbot.items import Article, Entity, EntityType
from newsbot.store.entities import corrections, totals
from newsbot.store.entities.corrections import stored_key
from newsbot.store.schema.identity import name_key
from newsbot.store.schema.models import ArticleEntity, EntityAlias, EntityRow, MentionRow
from newsbot.store.schema.types import stored_name
from newsbot.store.sql import deferred, dialect, locks, waiting_rows
from newsbot.store.sql.locks import Rank
from newsbot.store.sql.name_rows import name_ids

CORRECTIONS_LOCK = b"entities"
"""Key of the lock of rank CORRECTIONS."""


def add_entities(connection: Connection, article_id: int, article: Article, dated_at: datetime) -> None:
    """Insert the entities of an article, corrected, with their mentions and the forms under which it names them.

    The totals and the forms are written when the transaction ends."""
    entities = _by_id(connection, corrections.corrected(connection, article.entities))
    named = {
        entity.name: [(mention.start, mention.end) for mention in entity.mentions]
        for entity in entities.values()
        if entity.type == "LOC"
    }
    places = locate(named, article.body)
    links: list[dict[str, Any]] = [
        {
            "article_id": article_id,
            "entity_id": entity_id,
            "dated_at": dated_at,
            "published_offset_min": article.published_offset_min,
            "mention_count": len(entity.mentions),
            "role": entity.role,
            "salience": salience(entity, article.body, article.title or "", article.language or UNKNOWN)
            if entity.mentions
            else 0,
            "country": _country(entity, places),
        }
        for entity_id, entity in entities.items()
    ]
    waiting_rows.add(connection, dialect.missing_rows(ArticleEntity), links)
    _add_mentions(connection, article_id, entities)
    forms = deferred.collect(connection, Rank.ALIASES, _Forms)
    for entity_id, entity in entities.items():
        forms.add(entity_id, entity)
    counted = [totals.Link(row["entity_id"], row["country"], row["mention_count"]) for row in links]
    totals.change(connection, [], counted)


def replace_entities(connection: Connection, article_id: int, article: Article, dated_at: datetime) -> None:
    """Delete the entities of an article and insert its current ones."""
    totals.change(connection, totals.links(connection, [article_id]), [])
    for model in (MentionRow, ArticleEntity):
        connection.execute(delete(model).where(model.article_id == article_id))
    add_entities(connection, article_id, article, dated_at)


def redate(connection: Connection, article_id: int, dated_at: datetime, offset_min: int | None) -> None:
    """Store another date of an article, and its offset from UTC, with the links to its entities."""
    query = update(ArticleEntity).where(ArticleEntity.article_id == article_id)
    connection.execute(query.values(dated_at=dated_at, published_offset_min=offset_min))


def add_names(connection: Connection, entities: Sequence[Entity]) -> None:
    """Insert the missing rows of `entities` for the entities of several articles."""
    corrections.look_up(connection, entities)
    _by_id(connection, corrections.corrected(connection, entities))


def _country(entity: Entity, places: Mapping[str, Place]) -> str | None:
    place = places.get(entity.name) if entity.type == "LOC" else None
    return place.country if place else None


def _add_mentions(connection: Connection, article_id: int, entities: Mapping[int, Entity]) -> None:
    rows = {}
    for entity_id, entity in entities.items():
        for mention in entity.mentions:
            rows[mention.start, mention.end] = {
                "article_id": article_id,
                "start_offset": mention.start,
                "end_offset": mention.end,
                "entity_id": entity_id,
                "text": mention.text,
            }
    waiting_rows.add(connection, dialect.missing_rows(MentionRow), list(rows.values()))


class _Forms:
    """Forms of entities that a transaction has yet to insert into `entity_aliases`."""

    def __init__(self) -> None:
        self.keys: dict[tuple[int, str], str] = {}
        """(entity id, form) -> its key."""

    def add(self, entity_id: int, entity: Entity) -> None:
        """Add the forms of the mentions of an entity."""
        for mention in entity.mentions:
            name = stored_name(" ".join(mention.text.split()))
            self.keys[entity_id, name] = name_key(name)

    def write(self, connection: Connection) -> None:
        """Insert the forms that are missing, in their order."""
        forms = sorted(self.keys)
        if forms:
            locks.note(connection, Rank.ALIASES, forms)
            rows = [
                {"entity_id": entity_id, "name": name, "key": self.keys[entity_id, name]}
                for entity_id, name in forms
            ]
            dialect.insert_missing(connection, EntityAlias, rows)


def _by_id(connection: Connection, entities: Iterable[Entity]) -> dict[int, Entity]:
    """Return the entities by the id of their row, inserting missing rows; entities that share a row are joined."""
    by_key: dict[str, list[Entity]] = {}
    for entity in entities:
        by_key.setdefault(stored_key(entity.name, entity.type), []).append(entity)
    given = {key: entity.wikidata for key, same in by_key.items() for entity in same if entity.wikidata}
    ids = entity_ids(connection, {key: (same[0].type, same[0].name) for key, same in by_key.items()}, given)
    return {ids[key]: _joined(same) for key, same in by_key.items()}


def entity_ids(
    connection: Connection,
    named: Mapping[str, tuple[EntityType, str]],
    wikidata: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Return the ids of entities by their key, given key -> type and name; missing rows are inserted.

    `wikidata` has the Wikidata ids that an import gives; those of the tables go before them."""
    given = wikidata or {}
    rows = [
        {"key": key, "type": kind, "name": name, "wikidata": wikidata_id(name, kind) or given.get(key)}
        for key, (kind, name) in named.items()
    ]
    return name_ids(connection, EntityRow, "key", rows)


def _joined(same: list[Entity]) -> Entity:
    mentions = sorted(
        (mention for entity in same for mention in entity.mentions), key=lambda mention: mention.start
    )
    role = next((entity.role for entity in same if entity.role), None)
    return replace(same[0], mentions=mentions, role=role)
