"""Revisions: the stored content of an article, and how the content before a change is stored and restored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from newsbot.dedupe.revisions import Splice, restore, splices
from newsbot.items import Article, utc_text
from newsbot.store.schema.identity import REVISED_FIELDS
from newsbot.store.schema.models import ArticleAuthor, ArticleRow, ArticleTopic, Author, Topic

_OTHERS = (ArticleRow.revision, ArticleRow.source, ArticleRow.dated_at, ArticleRow.published_offset_min)


def stored_content(connection: Connection, article_id: int) -> dict[str, Any]:
    """Return the stored values of `REVISED_FIELDS`, and `_OTHERS`: what is indexed too, and the offset of the date."""
    columns = [getattr(ArticleRow, name) for name in REVISED_FIELDS if name not in {"authors", "topics"}]
    query = select(*_OTHERS, *columns).where(ArticleRow.id == article_id)
    authors = select(Author.name).join(ArticleAuthor, ArticleAuthor.author_id == Author.id)
    topics = select(Topic.name).join(ArticleTopic, ArticleTopic.topic_id == Topic.id)
    return dict(connection.execute(query).mappings().one()) | {
        "authors": list(
            connection.scalars(
                authors.where(ArticleAuthor.article_id == article_id).order_by(ArticleAuthor.position)
            )
        ),
        "topics": list(
            connection.scalars(
                topics.where(ArticleTopic.article_id == article_id).order_by(ArticleTopic.position)
            )
        ),
    }


def changed_fields(old: Mapping[str, Any], article: Article) -> dict[str, Any]:
    """Return the old values, in their JSON form, of the fields that differ in the article."""
    return {
        name: utc_text(old[name]) if isinstance(old[name], datetime) else old[name]
        for name in REVISED_FIELDS
        if old[name] != getattr(article, name)
    }


def stored_article(content: Mapping[str, Any]) -> Article:
    """Return the result of `stored_content` as an article, to compare it with another one."""
    return Article(url="", **{name: content[name] for name in REVISED_FIELDS})


def compacted(changes: Mapping[str, Any], new_body: str) -> dict[str, Any]:
    """Return changed fields as they are stored: the old body as splices of the new one, if that is shorter."""
    if "body" not in changes:
        return dict(changes)
    record = [list(splice) for splice in splices(changes["body"], new_body)]
    is_shorter = len(json.dumps(record)) < len(json.dumps(changes["body"]))
    return dict(changes) | ({"body": record} if is_shorter else {})


def before(content: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content before stored `changes`, in their JSON form, given the content after them."""
    old = dict(content) | dict(changes)
    if isinstance(old["body"], list):
        old["body"] = restore(content["body"], [Splice(*values) for values in old["body"]])
    return old
