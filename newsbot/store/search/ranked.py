"""Full-text search for the command line; the same words find the same articles on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import STUB, published_json
from newsbot.store.crawl.rejects import reasons_of
from newsbot.store.schema.models import ArticleRow
from newsbot.store.search.filters import Filters
from newsbot.store.search.matching import ask
from newsbot.store.search.snippets import MARK_END, MARK_START, marked_title, snippet
from newsbot.store.search.windows import MAX_RANKED, newest, ranked

__all__ = ["MARK_END", "MARK_START", "Hit", "hit_json", "search"]

DEFAULT_LIMIT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that a search found."""

    id: int
    title: str | None
    url: str
    source: str | None
    language: str | None
    kind: str
    published_at: datetime | None
    published_offset_min: int | None
    score: float
    """Greater is better. The scale depends on the database; scores compare only within one search."""
    snippet: str
    """One line of the body, with what was found between `MARK_START` and `MARK_END`."""
    title_marked: str | None
    """The headline, with what was found in it between the marks."""
    unread_reason: str | None
    """Why the page of a stub could not be read; None for an article."""


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return the public JSON form of a search result; what was found is between `**`."""
    marked = {
        name: text and text.replace(MARK_START, "**").replace(MARK_END, "**")
        for name, text in (("snippet", hit.snippet), ("title_marked", hit.title_marked))
    }
    return asdict(hit) | published_json(hit.published_at, hit.published_offset_min) | marked


def search(session: Session, query: str, filters: Filters | None = None) -> list[Hit]:
    """Return the articles that `query` finds, best or newest first; without a limit, `DEFAULT_LIMIT`.

    The best are chosen from the newest `MAX_RANKED` matches, or from `limit` matches if that is more. The query
    language is that of `listing.find_articles`; an empty query finds nothing. Raises QueryError."""
    filters = filters or Filters()
    question = ask(session, query, filters)
    if question.tree is None:
        return []
    limit = DEFAULT_LIMIT if filters.limit is None else filters.limit
    if filters.sort == "date":
        found = ranked(session, question, newest(session, question, filters, limit=limit))
        shown = sorted(found, key=lambda article: article[1:3], reverse=True)
    else:
        found = newest(session, question, filters, limit=max(limit, MAX_RANKED))
        shown = ranked(session, question, found)[:limit]
    scores = {article.id: article.score for article in shown}
    columns = (
        ArticleRow.id,
        ArticleRow.title,
        ArticleRow.url,
        ArticleRow.source,
        ArticleRow.language,
        ArticleRow.kind,
        ArticleRow.published_at,
        ArticleRow.published_offset_min,
        ArticleRow.body,
    )
    rows = {row.id: row for row in session.execute(select(*columns).where(ArticleRow.id.in_(scores)))}
    reasons = reasons_of(session, [row.id for row in rows.values() if row.kind == STUB])
    return [
        Hit(
            id=row.id,
            title=row.title,
            url=row.url,
            source=row.source,
            language=row.language,
            kind=row.kind,
            published_at=row.published_at,
            published_offset_min=row.published_offset_min,
            score=scores[row.id],
            snippet=snippet(row.body, question.tree, row.language),
            title_marked=marked_title(row.title, question.tree, row.language),
            unread_reason=reasons.get(row.id),
        )
        for row in map(rows.__getitem__, scores)
    ]
