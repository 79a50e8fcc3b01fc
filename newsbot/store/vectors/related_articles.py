"""Articles about the same things as another one, by the vectors of `newsbot.embeddings`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from newsbot.embeddings.neighbours import Neighbours
from newsbot.embeddings.vectors import VERSION
from newsbot.store.schema.models import ArticleRow, ArticleVector
from newsbot.store.search.summaries import Summary, summaries

RECENT = timedelta(days=30)
"""Related articles are at most this much older than today; those of an older article, than that article, or younger."""
MIN_SIMILARITY = 0.5
"""Articles that are less alike are not related: of two taken at random, one pair in a thousand is so much alike
(`benchmarks/related.md`)."""
_SPARE = 30
"""Candidates that are read beyond the number asked for: those of the same story are left out."""
_REREAD = 1000
"""Rows that are read again at every refresh: a transaction may end after one that began later, with lower ids."""
_KEPT = timedelta(days=1)
_MAX_VECTORS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """An article that is related to another one."""

    article: Summary
    similarity: float
    """How alike they are, at most 1; see `newsbot.embeddings.similarity`."""


class RecentVectors:
    """The vectors of the last days in memory; thread-safe. What was added since is read whenever they are asked."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._neighbours = Neighbours()
        self._last_id = 0
        self._read_at: datetime | None = None

    def nearest(
        self, session: Session, vector: bytes, limit: int, *, now: datetime
    ) -> list[tuple[int, float]]:
        """Return the ids of the articles of the last days with the nearest vectors, and how alike they are."""
        with self._lock:
            if self._read_at is None or not timedelta(0) <= now - self._read_at < _KEPT:
                self._neighbours, self._last_id, self._read_at = Neighbours(), 0, now
            newest = session.scalar(select(func.max(ArticleVector.id))) or 0
            if newest != self._last_id:
                is_new = ArticleVector.id > self._last_id - _REREAD
                self._neighbours.put(_vectors(session, is_new, ArticleRow.dated_at >= now - RECENT))
                self._last_id = newest
            return self._neighbours.nearest(vector, limit)


def related_articles(
    session: Session, recent: RecentVectors, article_id: int, *, now: datetime, limit: int
) -> list[Related] | None:
    """Return the articles most like another one, the most alike first, without those of its story.

    None if the article has no vector, or one of another version of the network."""
    own = session.execute(
        select(ArticleVector.vector, ArticleRow.dated_at, ArticleRow.story_id, ArticleRow.duplicate_of)
        .join(ArticleRow, ArticleRow.id == ArticleVector.article_id)
        .where(ArticleVector.article_id == article_id, ArticleVector.version == VERSION)
    ).one_or_none()
    if own is None:
        return None
    wanted = limit + _SPARE
    if own.dated_at >= now - RECENT:
        found = recent.nearest(session, own.vector, wanted, now=now)
    else:
        neighbours = Neighbours()
        is_near = ArticleRow.dated_at.between(own.dated_at - RECENT, own.dated_at + RECENT)
        neighbours.put(_vectors(session, is_near))
        found = neighbours.nearest(own.vector, wanted)
    alike = dict(pair for pair in found if pair[1] >= MIN_SIMILARITY and pair[0] != article_id)
    excluded = _same_story(session, article_id, own.story_id, own.duplicate_of)
    shown = [other for other in alike if other not in excluded]
    listed = summaries(session, _one_of_each_story(session, shown)[:limit])
    return [Related(article=article, similarity=alike[article.id]) for article in listed]


def _vectors(session: Session, *conditions: ColumnElement[bool]) -> Iterator[tuple[int, bytes]]:
    """Yield the ids of articles and their vectors."""
    query = (
        select(ArticleVector.article_id, ArticleVector.vector)
        .join(ArticleRow, ArticleRow.id == ArticleVector.article_id)
        .where(ArticleVector.version == VERSION, *conditions)
        .order_by(ArticleVector.id.desc())
        .limit(_MAX_VECTORS)
    )
    yield from session.execute(query)


def _same_story(
    session: Session, article_id: int, story_id: int | None, duplicate_of: int | None
) -> set[int]:
    """Return the ids of the articles that tell the same story, and of those that an article repeats."""
    same = {duplicate_of} if duplicate_of else set()
    same.update(session.scalars(select(ArticleRow.id).where(ArticleRow.duplicate_of == article_id)))
    if story_id:
        same.update(session.scalars(select(ArticleRow.id).where(ArticleRow.story_id == story_id)))
    return same


def _one_of_each_story(session: Session, ids: Sequence[int]) -> list[int]:
    """Return the ids without those whose story, or whose original, is there already."""
    rows = session.execute(
        select(ArticleRow.id, ArticleRow.story_id, ArticleRow.duplicate_of).where(ArticleRow.id.in_(ids))
    )
    told = {
        row.id: ("story", row.story_id) if row.story_id else ("article", row.duplicate_of or row.id)
        for row in rows
    }
    first: dict[tuple[str, int], int] = {}
    for article_id in ids:
        if article_id in told:
            first.setdefault(told[article_id], article_id)
    return list(first.values())
