"""Writes the parts of an article that have rows of their own: URLs, authors, topics, entities, the words to find it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select

from newsbot.entities.linking import salience
from newsbot.entities.places import locate
from newsbot.items import Article, Entity, EntityType
from newsbot.store.entities import corrections, totals
from newsbot.store.entities.corrections import stored_key
from newsbot.store.index import full_text
from newsbot.store.index.filter_terms import filter_terms_of
from newsbot.store.index.terms import word_texts
from newsbot.store.schema.identity import name_key
from newsbot.store.schema.models import (
    ArticleAuthor,
    ArticleEntity,
    ArticleRow,
    ArticleTopic,
    ArticleUrl,
    Author,
    EntityAlias,
    EntityRow,
    MentionRow,
    Topic,
)
from newsbot.store.schema.types import stored_name
from newsbot.store.sql import dialect
from newsbot.store.sql.prepared import Ready

# PostgreSQL numbers words up to 16,383, and an index entry must stay below a megabyte.
MAX_TITLE_WORDS = 500
MAX_BODY_WORDS = 15_500
INDEXED_AT_ONCE = 500

_ADD_URLS = Ready(insert(ArticleUrl))
Named = Author | Topic | EntityRow
"""What has a row of its own for each name."""


def add_urls(connection: Connection, article_id: int, urls: Mapping[bytes, str]) -> None:
    """Let more URLs, by their hash, lead to an article; a URL that leads to another one raises IntegrityError."""
    rows = [{"url_hash": each, "url": url, "article_id": article_id} for each, url in urls.items()]
    if rows:
        _ADD_URLS.run(connection, *rows)


def add_bylines(connection: Connection, article_id: int, article: Article) -> None:
    """Write the authors and topics of an article."""
    for model, link, column, names in (
        (Author, ArticleAuthor, "author_id", article.authors),
        (Topic, ArticleTopic, "topic_id", article.topics),
    ):
        distinct = list(dict.fromkeys(stored_name(name) for name in names))
        ids = _ids(connection, model, "name", [{"name": name} for name in distinct])
        rows = [
            {"article_id": article_id, column: ids[name], "position": at} for at, name in enumerate(distinct)
        ]
        dialect.insert_missing(connection, link, rows)


def remove_bylines(connection: Connection, article_id: int) -> None:
    """Forget the authors and topics of an article."""
    for link in (ArticleAuthor, ArticleTopic):
        connection.execute(delete(link).where(link.article_id == article_id))


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


def add_words(connection: Connection, article_id: int, row: Mapping[str, Any]) -> None:
    """Make an article findable by its words and by its source, language, section and date; `row`: its columns."""
    full_text.add(connection, article_id, _entry(row))


def remove_words(connection: Connection, article_id: int, row: Mapping[str, Any]) -> None:
    """Take an article out of the full-text index; `row`: the columns that it was added with."""
    full_text.remove(connection, article_id, _entry(row))


def _entry(row: Mapping[str, Any]) -> full_text.Entry:
    return full_text.Entry(
        title=word_texts(row["title"] or "")[:MAX_TITLE_WORDS],
        body=body_words(row["body"]),
        labels=filter_terms_of(**{name: row[name] for name in ("source", "language", "section", "dated_at")}),
    )


@lru_cache(maxsize=64)
def body_words(body: str) -> list[str]:
    """Return the words of a text that are indexed; the last ones are remembered, as sketches are."""
    return word_texts(body)[:MAX_BODY_WORDS]


def index_all(connection: Connection) -> None:
    """Make every article findable, in an index that is empty."""
    columns = (ArticleRow.id, ArticleRow.title, ArticleRow.body, ArticleRow.source, ArticleRow.language,
               ArticleRow.section, ArticleRow.dated_at)  # fmt: skip
    query = select(*columns).order_by(ArticleRow.id).limit(INDEXED_AT_ONCE)
    last = 0
    while rows := connection.execute(query.where(ArticleRow.id > last)).mappings().all():
        for row in rows:
            add_words(connection, row["id"], dict(row))
        last = rows[-1]["id"]
    full_text.write_pending(connection)


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
    return _ids(connection, EntityRow, "key", rows)


def _joined(same: list[Entity]) -> Entity:
    mentions = sorted(
        (mention for entity in same for mention in entity.mentions), key=lambda each: each.start
    )
    role = next((entity.role for entity in same if entity.role), None)
    return replace(same[0], mentions=mentions, role=role)


def _ids(
    connection: Connection, model: type[Named], column: str, rows: Iterable[Mapping[str, str]]
) -> dict[str, int]:
    """Return the ids of rows by their value in `column`, missing rows made.

    These are made in the order of the values, so that two transactions never wait for each other."""
    wanted = {row[column]: row for row in rows}
    found = _find_ids(connection, model, column, wanted)
    missing = sorted(wanted.keys() - found.keys())
    found |= dialect.insert_missing_named(connection, model, column, [wanted[value] for value in missing])
    return found | _find_ids(connection, model, column, wanted.keys() - found.keys())


def _find_ids(
    connection: Connection, model: type[Named], column: str, values: Collection[str]
) -> dict[str, int]:
    if not values:
        return {}
    wanted = {f"name_{place}": value for place, value in enumerate(values)}
    found = _select_ids(model, column, len(values)).rows(connection, wanted)
    return {row[0]: row[1] for row in found}


@cache
def _select_ids(model: type[Named], column: str, count: int) -> Ready:
    named = getattr(model, column)
    names: list[BindParameter[str]] = [bindparam(f"name_{place}") for place in range(count)]
    return Ready(select(named, model.id).where(named.in_(names)))
