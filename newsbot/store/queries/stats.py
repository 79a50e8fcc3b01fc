"""What the database holds, in numbers; runs and rejects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.store.schema.models import ArticleRow, EntityRow, RejectRow, Revision, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """The articles of one source."""

    source: str | None
    article_count: int
    newest_at: datetime
    """Date of its newest article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What the database holds, in numbers."""

    article_count: int
    duplicate_count: int
    """Of the articles: copies of another one."""
    revision_count: int
    entity_count: int
    reject_count: int
    by_source: list[SourceCount]
    """Most articles first."""
    by_day: list[tuple[date, int]]
    """By date of publication, newest first."""
    by_language: list[tuple[str | None, int]]
    rejects_by_reason: list[tuple[str, int]]
    last_runs: list[Run]
    """Newest first."""


def stats(session: Session, *, days: int = 30, runs: int = 10) -> Stats:
    """Return counts by source, language and reason, the last `days` that have articles, and the last `runs`."""
    return Stats(
        article_count=_count(session, ArticleRow),
        duplicate_count=_count(session, ArticleRow, ArticleRow.duplicate_of.is_not(None)),
        revision_count=_count(session, Revision, Revision.by_rules.is_(False)),
        entity_count=_count(session, EntityRow),
        reject_count=_count(session, RejectRow),
        by_source=_by_source(session),
        by_day=_by_day(session, days),
        by_language=_groups(session, ArticleRow.language),
        rejects_by_reason=_groups(session, RejectRow.reason),
        last_runs=list(session.scalars(select(Run).order_by(Run.id.desc()).limit(runs))),
    )


def list_rejects(
    session: Session, *, reason: str | None = None, article_id: int | None = None, limit: int = 100
) -> Sequence[RejectRow]:
    """Return what was not stored and why, the last seen first: all, of one reason, or at the address of one article."""
    query = select(RejectRow).order_by(RejectRow.last_seen_at.desc(), RejectRow.id.desc()).limit(limit)
    if reason is not None:
        query = query.where(RejectRow.reason == reason)
    if article_id is not None:
        query = query.where(RejectRow.article_id == article_id)
    return session.scalars(query).all()


def _count(session: Session, model: Any, *wanted: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*wanted)) or 0


def _groups(session: Session, column: Any) -> list[tuple[Any, int]]:
    count = func.count()
    query = select(column, count).group_by(column).order_by(count.desc(), column)
    return [(value, number) for value, number in session.execute(query)]


def _by_source(session: Session) -> list[SourceCount]:
    count = func.count()
    query = select(ArticleRow.source, count, func.max(ArticleRow.dated_at)).group_by(ArticleRow.source)
    return [
        SourceCount(source=source, article_count=number, newest_at=newest)
        for source, number, newest in session.execute(query.order_by(count.desc(), ArticleRow.source))
    ]


def _by_day(session: Session, days: int) -> list[tuple[date, int]]:
    day = func.date(ArticleRow.dated_at)
    query = select(day, func.count()).group_by(day).order_by(day.desc()).limit(days)
    return [(date.fromisoformat(str(day_text)), number) for day_text, number in session.execute(query)]
