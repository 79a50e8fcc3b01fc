"""Iterate over all articles that meet filters, in batches: for exports and lists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from newsbot.store.articles.loading import StoredArticle, article_parts, load_articles
from newsbot.store.schema.models import ArticleRow
from newsbot.store.search.filters import Filters, conditions

BATCH = 200
"""Number of articles that are selected at a time."""


def iter_articles(session: Session, filters: Filters) -> Iterator[StoredArticle]:
    """Yield the articles that meet `filters`; memory use does not depend on their number and size."""
    return islice(_all_articles(session, filters), filters.limit)


def _all_articles(session: Session, filters: Filters) -> Iterator[StoredArticle]:
    is_by_date = filters.sort == "date"
    query = select(ArticleRow.id, ArticleRow.dated_at).where(*conditions(session, filters)).limit(BATCH)
    order = (ArticleRow.dated_at.desc(), ArticleRow.id.desc()) if is_by_date else (ArticleRow.id,)
    page = query.order_by(*order)
    while rows := session.execute(page).all():
        for part in article_parts(session, [row.id for row in rows]):
            yield from load_articles(session, part)
        last = rows[-1]
        after = (
            tuple_(ArticleRow.dated_at, ArticleRow.id) < (last.dated_at, last.id)
            if is_by_date
            else ArticleRow.id > last.id
        )
        page = query.where(after).order_by(*order)
