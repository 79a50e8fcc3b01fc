"""Entities that are mentioned more often than usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from newsbot.items import STUB, EntityType
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityRow

WEEK = timedelta(days=7)
BASELINE_WEEKS = 4
CANDIDATES = 60
"""Number of the week's most mentioned entities that are compared."""
MIN_ARTICLES = 3
"""Minimum number of articles in the week; fewer are chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RisingEntity:
    """An entity with its article counts of this week and of the weeks before."""

    id: int
    name: str
    type: EntityType
    article_count: int
    """Number of articles of this week."""
    usual_count: float
    """Mean number of articles a week over the `BASELINE_WEEKS` before."""


def newest_at(session: Session, *, now: datetime) -> datetime | None:
    """Return the date of the newest article that is not dated after `now`; None if there is none."""
    query = select(ArticleRow.dated_at).where(ArticleRow.dated_at <= now, ArticleRow.kind != STUB)
    return session.scalar(query.order_by(ArticleRow.dated_at.desc()).limit(1))


def rising(session: Session, *, until: datetime | None, limit: int = 10) -> list[RisingEntity]:
    """Return the entities whose articles in the week before `until` most exceed the usual number.

    The greatest excess comes first. Only the `CANDIDATES` most mentioned entities of the week are compared. The excess
    is divided by the square root of the usual number, because counts of rare events vary by that much. Empty if
    `until` is None (no articles)."""
    if until is None:
        return []
    counts = _counts(ArticleRow, until - WEEK, until).order_by(func.count().desc(), ArticleEntity.entity_id)
    counts = counts.join(ArticleRow, ArticleRow.id == ArticleEntity.article_id)
    week = dict(session.execute(counts.limit(CANDIDATES)).all())
    start = until - WEEK * (BASELINE_WEEKS + 1)
    usual_query = _counts(ArticleEntity, start, until - WEEK).where(ArticleEntity.entity_id.in_(week))
    before = dict(session.execute(usual_query).all())
    found = [
        RisingEntity(
            id=row.id,
            name=row.name,
            type=row.type,
            article_count=week[row.id],
            usual_count=before.get(row.id, 0) / BASELINE_WEEKS,
        )
        for row in session.execute(
            select(EntityRow.id, EntityRow.name, EntityRow.type).where(EntityRow.id.in_(week))
        )
    ]
    risen = [entity for entity in found if entity.article_count >= max(MIN_ARTICLES, entity.usual_count)]
    return sorted(risen, key=_excess, reverse=True)[:limit]


def _counts(dated: type[ArticleRow | ArticleEntity], since: datetime, until: datetime) -> Select[int, int]:
    """Return the query for the numbers of articles of entities by the dates of this table."""
    return (
        select(ArticleEntity.entity_id, func.count())
        .where(dated.dated_at > since, dated.dated_at <= until)
        .group_by(ArticleEntity.entity_id)
    )


def _excess(entity: RisingEntity) -> tuple[float, int]:
    return (entity.article_count - entity.usual_count) / (entity.usual_count + 1) ** 0.5, -entity.id
