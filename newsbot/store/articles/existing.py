"""Finds the stored articles that a page may be, and loads their content, for `plan.decide`."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Connection, LargeBinary, bindparam, cast, null, select, union_all
from sqlalchemy.orm import Session

from newsbot.dedupe.feed_values import fields_from_feed, keep_feed_values
from newsbot.items import Article
from newsbot.store.articles.plan import Content, Existing, choose_existing
from newsbot.store.articles.revision_rows import stored_content
from newsbot.store.schema.identity import article_keys, url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, Revision
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.urls import source_of

_COLUMNS = [getattr(ArticleRow, name) for name in Existing.__slots__]
_BY_ID = select(*_COLUMNS).where(ArticleRow.id == bindparam("known_id"))


def find_existing(
    connection: Connection, hashes: Collection[bytes], text_key: bytes
) -> tuple[dict[bytes, Existing], int | None]:
    """Return the stored articles by the hashes of URLs that lead to them, and the id of the first with this text."""
    values: dict[str, Any] = dict(zip(_hash_names(len(hashes)), hashes, strict=True))
    stored: dict[bytes, Existing] = {}
    exact_duplicate_id = None
    for key, *columns in _find_statement(len(hashes)).rows(connection, values | {"text_key": text_key}):
        if key is None:
            exact_duplicate_id = columns[0]
        else:
            stored[key] = Existing(*columns)
    return stored, exact_duplicate_id


@cache
def _find_statement(count: int) -> CompiledStatement:
    """Return the query for the articles under `count` URLs, and for the first article with a text (without a hash)."""
    by_url = (
        select(ArticleUrl.url_hash, *_COLUMNS)
        .join(ArticleRow, ArticleRow.id == ArticleUrl.article_id)
        .where(ArticleUrl.url_hash.in_([bindparam(name) for name in _hash_names(count)]))
    )
    by_text = (
        select(cast(null(), LargeBinary).label("url_hash"), *_COLUMNS)
        .where(ArticleRow.text_key == bindparam("text_key"))
        .order_by(ArticleRow.id)
        .limit(1)
    )
    return CompiledStatement(union_all(by_url, select(by_text.subquery())) if count else by_text)


def _hash_names(count: int) -> list[str]:
    return [f"url_{place}" for place in range(count)]


def load_existing(connection: Connection, article_id: int) -> Existing:
    """Return a stored article by its id."""
    return Existing(*connection.execute(_BY_ID, {"known_id": article_id}).one())


def load_content(connection: Connection, existing: Existing, new_key: bytes) -> Content:
    """Return the content of a stored article; `new_key` is the content key of the page it is compared with."""
    keys = (existing.content_key, new_key)
    query = select(Revision.content_key).where(
        Revision.article_id == existing.id, Revision.content_key.in_(keys)
    )
    return Content(stored_content(connection, existing.id), set(connection.scalars(query)))


def recall(session: Session, article: Article) -> None:
    """Fill what a page says no more, or has never said, with what is known of its article from elsewhere.

    These are the values that a feed gave when the article was stored, and its source, if the address of the page names
    none. So a page that is read again without the entry of the feed does not lose them, and has not changed."""
    connection, keys = session.connection(), article_keys(article)
    hashes = [url_hash(key) for key in keys.url_keys]
    stored, _ = find_existing(connection, hashes, keys.text_key)
    existing = choose_existing(hashes, stored, title=article.title, text_key=keys.text_key)
    if existing is None:
        return
    if fields_from_feed(existing.rules):
        keep_feed_values(article, stored_content(connection, existing.id), existing.rules)
    if existing.source and article.source == source_of(article.url):
        article.source = existing.source
