"""What rises: the entities that are named more than they used to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from newsbot.items import EntityType
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityRow

WEEK = timedelta(days=7)
BASELINE_WEEKS = 4
CANDIDATES = 60
MIN_ARTICLES = 3
"""Fewer in a week are chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RisingEntity:
    """An entity, this week and before."""

    id: int
    name: str
    type: EntityType
    article_count: int
    """Of this week."""
    usual_count: float
    """Articles a week over the `BASELINE_WEEKS` before."""


def newest_at(session: Session, *, now: datetime) -> datetime | None:
    """Return the date of the newest article that is not dated in the future; None if there is none."""
    return session.scalar(select(func.max(ArticleRow.dated_at)).where(ArticleRow.dated_at <= now))


def rising(session: Session, *, until: datetime | None, limit: int = 10) -> list[RisingEntity]:
    """Return the entities whose articles in the week to `until` most exceed what is usual, the steepest first.

    Of the `CANDIDATES` most mentioned in the week. The excess is weighed by the square root of what is usual, as
    the counts of rare events scatter by that much."""
    if until is None:
        return []
    counts = _counts(until - WEEK, until).order_by(func.count().desc(), ArticleEntity.entity_id)
    week = dict(session.execute(counts.limit(CANDIDATES)).all())
    start = until - WEEK * (BASELINE_WEEKS + 1)
    usual_query = _counts(start, until - WEEK).where(ArticleEntity.entity_id.in_(week))
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


def _counts(since: datetime, until: datetime) -> Select[int, int]:
    return (
        select(ArticleEntity.entity_id, func.count())
        .where(ArticleEntity.dated_at > since, ArticleEntity.dated_at <= until)
        .group_by(ArticleEntity.entity_id)
    )


def _excess(entity: RisingEntity) -> tuple[float, int]:
    return (entity.article_count - entity.usual_count) / (entity.usual_count + 1) ** 0.5, -entity.id
