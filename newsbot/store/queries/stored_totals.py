"""Counts over the whole database, and the last runs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsbot.store.queries.article_counts import articles_by, source_totals
from newsbot.store.schema.models import IS_STUB, ArticleRow, EntityRow, RejectRow, Revision, Run
from newsbot.store.sql.local_days import local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """The number of articles of one source."""

    source: str | None
    article_count: int
    """Without stubs."""
    stub_count: int
    newest_at: datetime | None
    """Date of its newest article; None if it has stubs alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRun:
    """A row of `runs`: one start of a spider or job."""

    id: int
    spider: str
    arguments: Any
    started_at: datetime
    finished_at: datetime | None
    """None while it runs, and if it was killed."""
    finish_reason: str | None
    counts: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Counts over the whole database."""

    article_count: int
    """Without stubs, as in all counts of articles here."""
    stub_count: int
    duplicate_count: int
    """Number of articles that are copies of another article."""
    revision_count: int
    entity_count: int
    reject_count: int
    by_source: list[SourceCount]
    """Number of articles per source, greatest first."""
    by_day: list[tuple[date, int]]
    """Number of articles per day of publication, where they were published; newest first."""
    by_language: list[tuple[str | None, int]]
    rejects_by_reason: list[tuple[str, int]]
    last_runs: list[RecordedRun]
    """The latest runs, newest first."""


def stats(session: Session, *, days: int = 30, runs: int = 10) -> Stats:
    """Return counts by source, language and reject reason, the last `days` that have articles, and the last `runs`."""
    return Stats(
        article_count=_count(session, ArticleRow) - _count(session, ArticleRow, IS_STUB),
        stub_count=_count(session, ArticleRow, IS_STUB),
        duplicate_count=_count(session, ArticleRow, ArticleRow.duplicate_of.is_not(None)),
        revision_count=_count(session, Revision, Revision.by_rules.is_(False)),
        entity_count=_count(session, EntityRow),
        reject_count=_count(session, RejectRow),
        by_source=_by_source(session),
        by_day=_by_day(session, days),
        by_language=articles_by(session, lambda articles: articles.language),
        rejects_by_reason=_value_counts(session, RejectRow.reason),
        last_runs=_last_runs(session, runs),
    )


def _last_runs(session: Session, limit: int) -> list[RecordedRun]:
    columns = [getattr(Run, field.name) for field in fields(RecordedRun)]
    rows = session.execute(select(*columns).order_by(Run.id.desc()).limit(limit)).mappings()
    return [RecordedRun(**row) for row in rows]


def _count(session: Session, model: Any, *wanted: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*wanted)) or 0


def _value_counts(session: Session, column: Any) -> list[tuple[Any, int]]:
    count = func.count()
    query = select(column, count).group_by(column).order_by(count.desc(), column)
    return [(value, number) for value, number in session.execute(query)]


def _by_source(session: Session) -> list[SourceCount]:
    return [
        SourceCount(source=source, article_count=count, stub_count=stub_count, newest_at=newest)
        for source, count, stub_count, newest in source_totals(session)
    ]


def _by_day(session: Session, days: int) -> list[tuple[date, int]]:
    counts = articles_by(session, local_day)
    found = [(date.fromisoformat(day_text), number) for day_text, number in counts]
    return sorted(found, reverse=True)[:days]
