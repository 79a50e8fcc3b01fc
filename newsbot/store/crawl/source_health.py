"""Health of the sources: counts per day, and the flags that follow from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from newsbot.items import STUB
from newsbot.sources.health import DayCounts, Flag, health_flags
from newsbot.store.schema.models import ArticleAuthor, ArticleRow, Feed, Fetch, Run
from newsbot.store.schema.models import Source as SourceRow

DAYS = 70
"""Number of days that are examined: two baselines of four weeks, and two weeks to compare."""
MEAN_DAYS = 28
LONG_BODY_WORDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """The counts of one source, and its flags: what a person should look at."""

    source: str
    articles_today: int
    articles_a_day: float
    """Mean of the last four weeks without today, over the days on which the news spider ran."""
    last_article_at: datetime | None
    last_poll_at: datetime | None
    flags: list[Flag]


def source_health(session: Session, sources: Iterable[str], *, today: date) -> list[SourceHealth]:
    """Return the health of those of the sources that have been polled, ordered by key.

    The days that count are those on which the news spider ran."""
    since = datetime.combine(today - timedelta(days=DAYS), time(), UTC)
    crawled = _days_of_runs(session, since)
    first_seen = dict(session.execute(select(SourceRow.key, SourceRow.first_seen_at)).all())
    polls = _last_polls(session)
    reports = []
    for source in sorted(set(sources) & polls.keys()):
        counts = _day_counts(session, source, since)
        begun = first_seen[source].date()
        days = {day: counts.get(day, DayCounts()) for day in crawled | counts.keys() if day >= begun}
        flags = health_flags(source, days, today, _feed_failures(session, source))
        recent = [
            counts_of_day.articles
            for day, counts_of_day in days.items()
            if 0 < (today - day).days <= MEAN_DAYS
        ]
        reports.append(
            SourceHealth(
                source=source,
                articles_today=days[today].articles if today in days else 0,
                articles_a_day=sum(recent) / len(recent) if recent else 0.0,
                last_article_at=_last_article(session, source),
                last_poll_at=polls[source],
                flags=flags,
            )
        )
    return reports


def _days_of_runs(session: Session, since: datetime) -> set[date]:
    query = select(func.date(Run.started_at)).where(Run.spider == "news", Run.started_at >= since).distinct()
    return {_day(value) for value in session.scalars(query)}


def _last_polls(session: Session) -> dict[str, datetime]:
    query = select(Feed.source, func.max(Feed.last_polled_at)).group_by(Feed.source)
    return {source: moment for source, moment in session.execute(query) if moment is not None}


def _day_counts(session: Session, source: str, since: datetime) -> dict[date, DayCounts]:
    counts: dict[date, dict[str, int]] = defaultdict(dict)
    for query in (_article_counts(source, since), _page_counts(source, since)):
        for row in session.execute(query).mappings():
            values = dict(row)
            counts[_day(values.pop("day"))] |= {name: int(value or 0) for name, value in values.items()}
    return {day: DayCounts(**values) for day, values in counts.items()}


def _article_counts(source: str, since: datetime) -> Any:
    has_author = select(ArticleAuthor.author_id).where(ArticleAuthor.article_id == ArticleRow.id).exists()
    return (
        select(
            func.date(ArticleRow.first_seen_at).label("day"),
            func.count().label("articles"),
            _number_of(has_author).label("with_author"),
            _number_of(ArticleRow.published_at.is_not(None)).label("with_date"),
            _number_of(ArticleRow.word_count > LONG_BODY_WORDS).label("with_body"),
        )
        # An article is first seen after it is dated: this lets the index on (source, dated_at) bound the look-up.
        .where(
            ArticleRow.source == source,
            ArticleRow.kind != STUB,
            ArticleRow.dated_at >= since,
            ArticleRow.first_seen_at >= since,
        )
        .group_by(func.date(ArticleRow.first_seen_at))
    )


def _page_counts(source: str, since: datetime) -> Any:
    is_answer = Fetch.status.between(200, 299)
    return (
        select(
            func.date(Fetch.fetched_at).label("day"),
            _number_of(is_answer).label("pages"),
            _number_of(is_answer & (Fetch.outcome == "reject")).label("not_articles"),
        )
        .where(Fetch.source == source, Fetch.fetched_at >= since)
        .group_by(func.date(Fetch.fetched_at))
    )


def _number_of(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _feed_failures(session: Session, source: str) -> dict[str, int]:
    query = select(Feed.url, Feed.failure_count).where(Feed.source == source, Feed.failure_count > 0)
    return dict(session.execute(query).all())


def _last_article(session: Session, source: str) -> datetime | None:
    query = select(ArticleRow.dated_at).where(ArticleRow.source == source, ArticleRow.kind != STUB)
    return session.scalar(query.order_by(ArticleRow.dated_at.desc()).limit(1))


def _day(value: object) -> date:
    return date.fromisoformat(str(value))
