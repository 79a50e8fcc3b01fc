"""Writes the parts of an article that have rows of their own: URLs, authors, topics, and the full-text index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert

from newsbot.items import Article
from newsbot.store.articles.precomputed import index_words
from newsbot.store.index import full_text
from newsbot.store.index.filter_terms import labels_of
from newsbot.store.index.terms import word_texts
from newsbot.store.schema.models import (
    ArticleAuthor,
    ArticleTopic,
    ArticleUrl,
    Author,
    Topic,
)
from newsbot.store.schema.types import stored_name
from newsbot.store.sql import dialect
from newsbot.store.sql.name_rows import name_ids
from newsbot.store.sql.prepared import Ready

MAX_TITLE_WORDS = 500
"""Number of words of a title that are indexed: an index entry of PostgreSQL must stay below a megabyte."""

_ADD_URLS = Ready(insert(ArticleUrl))


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
        ids = name_ids(connection, model, "name", [{"name": name} for name in distinct])
        rows = [
            {"article_id": article_id, column: ids[name], "position": at} for at, name in enumerate(distinct)
        ]
        dialect.insert_missing(connection, link, rows)


def remove_bylines(connection: Connection, article_id: int) -> None:
    """Forget the authors and topics of an article."""
    for link in (ArticleAuthor, ArticleTopic):
        connection.execute(delete(link).where(link.article_id == article_id))


def add_words(
    connection: Connection, article_id: int, row: Mapping[str, Any], body_words: Sequence[str]
) -> None:
    """Add an article, given by its columns, to the full-text index: its words, source, language, section and date.

    `body_words` is `index_words` of the body."""
    full_text.add(connection, article_id, _entry(row, body_words))


def remove_words(connection: Connection, article_id: int, row: Mapping[str, Any]) -> None:
    """Remove an article from the full-text index, given by the columns that it was added with."""
    full_text.remove(connection, article_id, _entry(row, index_words(row["body"])))


def _entry(row: Mapping[str, Any], body_words: Sequence[str]) -> full_text.Entry:
    return full_text.Entry(
        title=word_texts(row["title"] or "")[:MAX_TITLE_WORDS],
        body=body_words,
        labels=labels_of(**{name: row[name] for name in ("source", "language", "section", "dated_at")}),
    )
