"""Vectors of articles that were stored without one."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from newsbot.items import STUB
from newsbot.store.articles.children import replace_vector
from newsbot.store.articles.precomputed import Vector
from newsbot.store.schema.models import ArticleRow, ArticleVector

READ_CHARS = 2000
"""Number of characters of a body that are read; the network reads fewer."""


class Unembedded(NamedTuple):
    """The beginning of an article that has no vector of the version that is asked for."""

    id: int
    revision: int
    title: str | None
    beginning: str


def without_vector(session: Session, version: str, *, before: int | None, limit: int) -> list[Unembedded]:
    """Return articles without a vector of this version, those that were stored last first.

    `before` is the id of the last one that was returned."""
    query = (
        select(
            ArticleRow.id,
            ArticleRow.revision,
            ArticleRow.title,
            func.substr(ArticleRow.body, 1, READ_CHARS),
        )
        .outerjoin(
            ArticleVector, and_(ArticleVector.article_id == ArticleRow.id, ArticleVector.version == version)
        )
        .where(ArticleVector.id.is_(None), ArticleRow.kind != STUB)
    )
    if before is not None:
        query = query.where(ArticleRow.id < before)
    return [Unembedded(*row) for row in session.execute(query.order_by(ArticleRow.id.desc()).limit(limit))]


def add_vector(session: Session, article: Unembedded, vector: Vector) -> bool:
    """Store the vector of an article, unless the article has changed since it was read; return whether it was stored."""
    current = select(ArticleRow.revision).where(ArticleRow.id == article.id).with_for_update()
    if session.scalar(current) != article.revision:
        return False
    replace_vector(session.connection(), article.id, vector)
    return True
