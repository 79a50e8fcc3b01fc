"""Replaces the entities of a stored article by those that another engine has found in the same text."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import Article
from newsbot.store.articles.content.page_columns import update_columns
from newsbot.store.changes.change_log import log_change
from newsbot.store.entities import entity_writer
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import ArticleRow
from newsbot.store.sql import locks


def replace_found(
    session: Session,
    article_id: int,
    revision: int,
    article: Article,
    *,
    run_id: int | None,
    now: datetime,
) -> bool:
    """Store the entities of an article and the engine that has found them; return whether they were stored.

    They are not if the text has been replaced since `revision`."""
    connection = session.connection()
    locks.take(connection, locks.Rank.IDENTITY, article_keys(article).lock_keys)
    current = select(ArticleRow.revision, ArticleRow.dated_at).where(ArticleRow.id == article_id)
    row = session.execute(current.with_for_update()).one_or_none()
    if row is None or row.revision != revision:
        return False
    entity_writer.replace_entities(connection, article_id, article, row.dated_at)
    update_columns(connection, article_id, {"entity_engine": article.entity_engine})
    log_change(
        connection, "corrected", article_id, now=now, run_id=run_id, revision=revision, fields=["entities"]
    )
    return True
