"""Full-text search: the same words find the same articles on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Float, column, select
from sqlalchemy.orm import Session

from newsbot.store import dialects
from newsbot.store.filters import Filters, conditions
from newsbot.store.models import ArticleRow
from newsbot.store.snippets import MARK_END, MARK_START, snippet
from newsbot.store.words import parse_query

__all__ = ["MARK_END", "MARK_START", "Hit", "search"]

DEFAULT_LIMIT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that a search found."""

    id: int
    title: str | None
    url: str
    source: str | None
    language: str | None
    published_at: datetime | None
    score: float
    """Greater is better; comes from the database, and compares only within one search."""
    snippet: str
    """One line of the body, what was found between `MARK_START` and `MARK_END`."""


def search(session: Session, query: str, filters: Filters | None = None) -> list[Hit]:
    """Return the articles that `query` finds, best first or newest first, `DEFAULT_LIMIT` if no limit is given.

    All words must occur, in title or body; `"words in quotes"` next to each other; `-word` must not. Words in the
    title weigh more. No query raises; one that holds no word to look for finds nothing."""
    filters = filters or Filters()
    terms = parse_query(query)
    if all(term.is_excluded for term in terms):
        return []
    found = (
        dialects.matches(session.connection(), terms)
        .columns(column("article_id", BigInteger), column("score", Float))
        .subquery("found")
    )
    best = (found.c.score.desc(), ArticleRow.dated_at.desc())
    order = (ArticleRow.dated_at.desc(),) if filters.sort == "date" else best
    rows = session.execute(
        select(
            ArticleRow.id, ArticleRow.title, ArticleRow.url, ArticleRow.source, ArticleRow.language,
            ArticleRow.published_at, ArticleRow.body, found.c.score,
        )
        .join(found, found.c.article_id == ArticleRow.id)
        .where(*conditions(session, filters))
        .order_by(*order, ArticleRow.id.desc())
        .limit(DEFAULT_LIMIT if filters.limit is None else filters.limit)
    )  # fmt: skip
    return [
        Hit(
            id=row.id, title=row.title, url=row.url, source=row.source, language=row.language,
            published_at=row.published_at, score=row.score, snippet=snippet(row.body, terms),
        )
        for row in rows
    ]  # fmt: skip
