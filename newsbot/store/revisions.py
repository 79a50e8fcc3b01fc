"""What an article said before, and when that differs from what it says now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from newsbot.items import Article, utc_text
from newsbot.store.keys import REVISED_FIELDS
from newsbot.store.models import ArticleAuthor, ArticleRow, ArticleTopic, Author, Topic


def stored_content(connection: Connection, article_id: int) -> dict[str, Any]:
    """Return the stored values of `REVISED_FIELDS`, and the number of their `revision`."""
    columns = [getattr(ArticleRow, name) for name in REVISED_FIELDS if name not in {"authors", "topics"}]
    query = select(ArticleRow.revision, *columns).where(ArticleRow.id == article_id)
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


def changed_fields(old: dict[str, Any], article: Article) -> dict[str, Any]:
    """Return the old values, ready for JSON, of the fields that the article now has otherwise."""
    return {
        name: utc_text(old[name]) if isinstance(old[name], datetime) else old[name]
        for name in REVISED_FIELDS
        if old[name] != getattr(article, name)
    }
