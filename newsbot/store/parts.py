"""Writes the parts of an article that have rows of their own: URLs, authors, topics, entities, the words to find it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, select

from newsbot.items import Article, Entity
from newsbot.store import dialects
from newsbot.store.columns import stored_name
from newsbot.store.keys import entity_key, name_key
from newsbot.store.models import (
    ArticleAuthor,
    ArticleEntity,
    ArticleTopic,
    ArticleUrl,
    Author,
    EntityAlias,
    EntityRow,
    MentionRow,
    Topic,
)
from newsbot.store.words import words

# PostgreSQL numbers words up to 16,383, and an index entry must stay below a megabyte.
MAX_TITLE_WORDS = 500
MAX_BODY_WORDS = 15_500


def add_urls(connection: Connection, article_id: int, urls: Mapping[bytes, str]) -> None:
    """Let more URLs, by their hash, lead to an article."""
    rows = [{"url_hash": each, "url": url, "article_id": article_id} for each, url in urls.items()]
    _insert(connection, ArticleUrl, rows)


def add_bylines(connection: Connection, article_id: int, article: Article) -> None:
    """Write the authors and topics of an article."""
    for model, link, column, names in (
        (Author, ArticleAuthor, "author_id", article.authors),
        (Topic, ArticleTopic, "topic_id", article.topics),
    ):
        distinct = list(dict.fromkeys(stored_name(name) for name in names))
        ids = _ids(connection, model, distinct)
        rows = [
            {"article_id": article_id, column: ids[name], "position": at} for at, name in enumerate(distinct)
        ]
        _insert(connection, link, rows)


def remove_bylines(connection: Connection, article_id: int) -> None:
    """Forget the authors and topics of an article."""
    for link in (ArticleAuthor, ArticleTopic):
        connection.execute(delete(link).where(link.article_id == article_id))


def add_entities(
    connection: Connection, article_id: int, entities: Iterable[Entity], dated_at: datetime
) -> None:
    """Write the entities of an article, with their mentions and the names they are mentioned by."""
    by_id = _by_id(connection, entities)
    links, aliases, mentions = [], {}, {}
    for entity_id, same in by_id.items():
        count = sum(len(entity.mentions) for entity in same)
        role = next((entity.role for entity in same if entity.role), None)
        links.append(
            {
                "article_id": article_id,
                "entity_id": entity_id,
                "dated_at": dated_at,
                "mention_count": count,
                "role": role,
            }
        )
        for mention in (mention for entity in same for mention in entity.mentions):
            name = stored_name(" ".join(mention.text.split()))
            aliases[entity_id, name] = {"entity_id": entity_id, "name": name, "key": name_key(name)}
            mentions[mention.start, mention.end] = {
                "article_id": article_id, "start_offset": mention.start, "end_offset": mention.end,
                "entity_id": entity_id, "text": mention.text,
            }  # fmt: skip
    _insert(connection, ArticleEntity, links)
    _insert(connection, EntityAlias, [aliases[each] for each in sorted(aliases)])
    _insert(connection, MentionRow, list(mentions.values()))


def remove_entities(connection: Connection, article_id: int) -> None:
    """Forget the entities and mentions of an article."""
    for model in (MentionRow, ArticleEntity):
        connection.execute(delete(model).where(model.article_id == article_id))


def add_words(connection: Connection, article_id: int, title: str | None, body: str) -> None:
    """Make an article findable by what it says."""
    dialects.add_to_index(connection, article_id, *_words(title, body))


def remove_words(connection: Connection, article_id: int, title: str | None, body: str) -> None:
    """Take an article out of the full-text index; `title` and `body` are those it was added with."""
    dialects.remove_from_index(connection, article_id, *_words(title, body))


def _words(title: str | None, body: str) -> tuple[list[str], list[str]]:
    return (
        [word.text for word in islice(words(title or ""), MAX_TITLE_WORDS)],
        [word.text for word in islice(words(body), MAX_BODY_WORDS)],
    )


def _by_id(connection: Connection, entities: Iterable[Entity]) -> dict[int, list[Entity]]:
    """Return the entities by the id of their row, new rows made; those of one article may share a row."""
    by_key: dict[tuple[str, str], list[Entity]] = {}
    for entity in entities:
        by_key.setdefault((entity_key(entity.name, entity.type), entity.type), []).append(entity)
    keys = sorted(by_key)
    found = _entity_ids(connection, keys)
    missing = [
        {"key": key, "type": kind, "name": by_key[key, kind][0].name}
        for key, kind in keys
        if (key, kind) not in found
    ]
    if missing:
        _insert(connection, EntityRow, missing)
        found |= _entity_ids(connection, [(row["key"], row["type"]) for row in missing])
    return {found[key]: by_key[key] for key in keys}


def _entity_ids(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    query = select(EntityRow.key, EntityRow.type, EntityRow.id).where(
        EntityRow.key.in_({key for key, _ in keys})
    )
    return {(key, kind): entity_id for key, kind, entity_id in connection.execute(query)} if keys else {}


def _ids(connection: Connection, model: type[Author | Topic], names: Sequence[str]) -> dict[str, int]:
    """Return the ids of names, new rows made.

    New rows are inserted in the order of the names, so that two transactions never wait for each other."""
    found = _name_ids(connection, model, names)
    missing = sorted(set(names) - found.keys())
    if missing:
        _insert(connection, model, [{"name": name} for name in missing])
        found |= _name_ids(connection, model, missing)
    return found


def _name_ids(connection: Connection, model: type[Author | Topic], names: Sequence[str]) -> dict[str, int]:
    query = select(model.name, model.id).where(model.name.in_(names))
    return dict(connection.execute(query).tuples().all()) if names else {}


def _insert(connection: Connection, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, leaving alone those that are there already."""
    if rows:
        connection.execute(dialects.insert(connection, model).on_conflict_do_nothing(), rows)
