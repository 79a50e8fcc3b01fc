"""Iterate over all articles that a query finds, in batches: for exports and lists."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from newsbot.store.articles.loading import StoredArticle, article_parts, load_articles
from newsbot.store.schema.models import ArticleRow
from newsbot.store.search.filters import Filters
from newsbot.store.search.matching import matching_conditions

BATCH = 200
"""Number of articles that are loaded at a time."""


def iter_articles(session: Session, filters: Filters, query: str = "") -> Iterator[StoredArticle]:
    """Yield the articles that a query finds and that meet `filters`; an empty query finds all.

    Memory use does not depend on their size: 8 bytes for the id of each. Raises QueryError and FilterError before the first
    article."""
    return _loaded(session, found_ids(session, filters, query))


def found_ids(session: Session, filters: Filters, query: str = "") -> array[int]:
    """Return the ids of the articles that a query finds and that meet `filters`, in the order of `iter_articles`."""
    # Options of the connection would hold for every later statement of the session.
    found = _ids(session, filters, query).execution_options(yield_per=10_000)
    return array("q", session.connection().scalars(found))


def _ids(session: Session, filters: Filters, query: str) -> Select[int]:
    order = (ArticleRow.dated_at.desc(), ArticleRow.id.desc()) if filters.sort == "date" else (ArticleRow.id,)
    wanted = matching_conditions(session, query, filters)
    return select(ArticleRow.id).where(*wanted).order_by(*order).limit(filters.limit)


def _loaded(session: Session, ids: array[int]) -> Iterator[StoredArticle]:
    for start in range(0, len(ids), BATCH):
        for part in article_parts(session, list(ids[start : start + BATCH])):
            yield from load_articles(session, part)
