"""Writes the entities of an article: their rows, links, mentions and the forms under which texts name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete

from newsbot.entities.linking import salience
from newsbot.entities.places import locate
from newsbot.items import Article, Entity, EntityType
from newsbot.store.entities import corrections, totals
from newsbot.store.entities.corrections import stored_key
from newsbot.store.schema.identity import name_key
from newsbot.store.schema.models import ArticleEntity, EntityAlias, EntityRow, MentionRow
from newsbot.store.schema.types import stored_name
from newsbot.store.sql import dialect
from newsbot.store.sql.name_rows import name_ids


def add_entities(connection: Connection, article_id: int, article: Article, dated_at: datetime) -> None:
    """Write the entities of an article as people have corrected them, with their mentions and forms."""
    totals.change(connection, [], _add_entities(connection, article_id, article, dated_at))


def replace_entities(connection: Connection, article_id: int, article: Article, dated_at: datetime) -> None:
    """Write the entities of an article anew."""
    before = totals.links(connection, [article_id])
    for model in (MentionRow, ArticleEntity):
        connection.execute(delete(model).where(model.article_id == article_id))
    totals.change(connection, before, _add_entities(connection, article_id, article, dated_at))


def _add_entities(
    connection: Connection, article_id: int, article: Article, dated_at: datetime
) -> list[totals.Link]:
    links: list[dict[str, Any]] = []
    aliases, mentions = {}, {}
    entities = _by_id(connection, corrections.corrected(connection, article.entities))
    located = locate([entity.name for entity in entities.values() if entity.type == "LOC"], article.body)
    for entity_id, entity in entities.items():
        place = located.get(entity.name) if entity.type == "LOC" else None
        links.append(
            {
                "article_id": article_id, "entity_id": entity_id, "dated_at": dated_at,
                "mention_count": len(entity.mentions), "role": entity.role,
                "salience": salience(entity, article.body, article.title or "") if entity.mentions else 0,
                "country": place.country if place else None,
            }
        )  # fmt: skip
        for mention in entity.mentions:
            name = stored_name(" ".join(mention.text.split()))
            aliases[entity_id, name] = {"entity_id": entity_id, "name": name, "key": name_key(name)}
            mentions[mention.start, mention.end] = {
                "article_id": article_id, "start_offset": mention.start, "end_offset": mention.end,
                "entity_id": entity_id, "text": mention.text,
            }  # fmt: skip
    dialect.insert_missing(connection, ArticleEntity, links)
    dialect.insert_missing(connection, EntityAlias, [aliases[each] for each in sorted(aliases)])
    dialect.insert_missing(connection, MentionRow, list(mentions.values()))
    return [totals.Link(row["entity_id"], row["country"], row["mention_count"]) for row in links]


def _by_id(connection: Connection, entities: Iterable[Entity]) -> dict[int, Entity]:
    """Return the entities by the id of their row, new rows made; those of one article that share a row are joined."""
    by_key: dict[str, list[Entity]] = {}
    for entity in entities:
        by_key.setdefault(stored_key(entity.name, entity.type), []).append(entity)
    ids = entity_ids(connection, {key: (same[0].type, same[0].name) for key, same in by_key.items()})
    return {ids[key]: _joined(same) for key, same in by_key.items()}


def entity_ids(connection: Connection, named: Mapping[str, tuple[EntityType, str]]) -> dict[str, int]:
    """Return the ids of entities by their key, given key -> type and name; new rows are made."""
    rows = [{"key": key, "type": kind, "name": name} for key, (kind, name) in named.items()]
    return name_ids(connection, EntityRow, "key", rows)


def _joined(same: list[Entity]) -> Entity:
    mentions = sorted(
        (mention for entity in same for mention in entity.mentions), key=lambda each: each.start
    )
    role = next((entity.role for entity in same if entity.role), None)
    return replace(same[0], mentions=mentions, role=role)
