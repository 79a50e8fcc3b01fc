"""Writes the parts of an article that have rows of their own: URLs, authors, topics, links, and the full-text index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete

from newsbot.extraction.structure.markdown import from_paragraphs
from newsbot.items import Article, Image
from newsbot.query.stems import rules_of
from newsbot.store.articles.precomputed import Vector
from newsbot.store.index import full_text
from newsbot.store.index.index_entries import entry_of, index_words
from newsbot.store.index.vocabulary import collect_words
from newsbot.store.schema.models import (
    ArticleAuthor,
    ArticleLink,
    ArticleTopic,
    ArticleUrl,
    ArticleVector,
    Author,
    Source,
    Topic,
)
from newsbot.store.schema.types import stored_name
from newsbot.store.sql import dialect, locks, memory, waiting_rows
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.store.sql.locks import Rank
from newsbot.store.sql.name_rows import name_ids
from newsbot.text import paragraphs
from newsbot.urls import source_of

_REMOVE_VECTOR = CompiledStatement(
    delete(ArticleVector).where(ArticleVector.article_id == bindparam("known_id"))
)
_REMOVE_LINKS = CompiledStatement(delete(ArticleLink).where(ArticleLink.article_id == bindparam("known_id")))
_IMAGE_FIELDS = [field.name for field in fields(Image)]


def add_sources(connection: Connection, sources: Iterable[str], *, now: datetime) -> None:
    """Insert rows for the sources that have none yet."""
    known = memory.of(connection, _Sources).keys
    keys = sorted({stored_name(source) for source in sources} - known)
    known.update(keys)
    if keys and locks.note(connection, Rank.SOURCES, keys):
        dialect.insert_missing(connection, Source, [{"key": key, "first_seen_at": now} for key in keys])


class _Sources:
    """Keys of sources that have a row for sure, since a transaction has added it."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    def see(self, statement: str) -> None:
        """Do nothing: sources are never deleted."""


def add_urls(connection: Connection, article_id: int, urls: Mapping[bytes, str], *, now: datetime) -> None:
    """Insert further URLs of an article, by their hash. If one belongs to another article, the transaction fails."""
    rows = [
        {"url_hash": key, "url": url, "article_id": article_id, "since": now} for key, url in urls.items()
    ]
    waiting_rows.add(connection, dialect.new_rows(ArticleUrl), rows)


class _Byline(NamedTuple):
    """A kind of names that articles have in an order: the table of the names, that of the links, and its column."""

    names: type[Author | Topic]
    links: type[ArticleAuthor | ArticleTopic]
    column: str
    field: str


_BYLINES = (
    _Byline(Author, ArticleAuthor, "author_id", "authors"),
    _Byline(Topic, ArticleTopic, "topic_id", "topics"),
)


def add_bylines(connection: Connection, article_id: int, article: Article) -> None:
    """Insert the authors and topics of an article."""
    for byline in _BYLINES:
        names = list(dict.fromkeys(map(stored_name, getattr(article, byline.field))))
        ids = name_ids(connection, byline.names, "name", [{"name": name} for name in names])
        rows = [
            {"article_id": article_id, byline.column: ids[name], "position": place}
            for place, name in enumerate(names)
        ]
        waiting_rows.add(connection, dialect.missing_rows(byline.links), rows)


def add_names(connection: Connection, articles: Collection[Article]) -> None:
    """Insert the missing rows of the authors and topics of several articles."""
    for byline in _BYLINES:
        names = {stored_name(name) for article in articles for name in getattr(article, byline.field)}
        name_ids(connection, byline.names, "name", [{"name": name} for name in sorted(names)])


def remove_bylines(connection: Connection, article_id: int) -> None:
    """Delete the authors and topics of an article."""
    for byline in _BYLINES:
        connection.execute(delete(byline.links).where(byline.links.article_id == article_id))


def structure_columns(article: Article) -> dict[str, Any]:
    """Return the columns of an article that hold its structure. Markdown without any marks is not stored twice."""
    markdown = article.body_markdown
    has_marks = markdown and markdown != from_paragraphs(paragraphs(article.body))
    return {
        "body_markdown": markdown if has_marks else None,
        "images": [{name: getattr(image, name) for name in _IMAGE_FIELDS} for image in article.images],
    }


def add_links(connection: Connection, article_id: int, article: Article) -> None:
    """Insert the links of the text of an article."""
    rows = [
        {
            "article_id": article_id,
            "position": position,
            "host": source_of(link.url),
            "url": link.url,
            "text": link.text,
        }
        for position, link in enumerate(article.links)
    ]
    waiting_rows.add(connection, dialect.new_rows(ArticleLink), rows)


def replace_links(connection: Connection, article_id: int, article: Article) -> None:
    """Write the links of an article in place of those that are stored."""
    _REMOVE_LINKS.run(connection, {"known_id": article_id})
    add_links(connection, article_id, article)


def replace_vector(connection: Connection, article_id: int, vector: Vector | None) -> None:
    """Write the vector of an article in place of the one that is stored; without one, only delete that."""
    _REMOVE_VECTOR.run(connection, {"known_id": article_id})
    add_vector(connection, article_id, vector)


def add_vector(connection: Connection, article_id: int, vector: Vector | None) -> None:
    """Insert the vector of an article, if it has one."""
    if vector is not None:
        row = {"article_id": article_id, **vector._asdict()}
        waiting_rows.add(connection, dialect.new_rows(ArticleVector), [row])


def add_words(
    connection: Connection, article_id: int, row: Mapping[str, Any], body_words: Sequence[str]
) -> None:
    """Add an article, given by its columns, `authors` and `topics`, to the full-text index.

    `body_words` is `index_words` of the body."""
    entry = entry_of(row, body_words)
    full_text.add(connection, article_id, entry)
    collect_words(connection, rules_of(row["language"]), chain(entry.title, entry.body))


def remove_words(connection: Connection, article_id: int, row: Mapping[str, Any]) -> None:
    """Remove an article from the full-text index, given by what it was added with."""
    full_text.remove(connection, article_id, entry_of(row, index_words(row["body"])))
