"""State of the sources: articles per day, filled fields, feeds, rejects and health flags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from newsbot.items import STUB
from newsbot.sources.health import FEED_FAILURES, Flag
from newsbot.store.crawl.source_health import source_health
from newsbot.store.queries.article_counts import IS_STUB, source_totals
from newsbot.store.queries.entity_queries import END_OF_TIME
from newsbot.store.schema.models import ArticleAuthor, ArticleRow, Feed, Host, RejectRow, Source

HEALTH_DAYS = 60
OVERVIEW_DAYS = 14
COVERAGE_SAMPLE = 500
"""Number of a source's newest articles in which filled fields are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOverview:
    """A source in a list of sources."""

    key: str
    name: str | None
    homepage: str | None
    article_count: int
    """Without stubs, as in all counts of articles here."""
    stub_count: int
    newest_at: datetime | None
    days: list[tuple[date, int]]
    """Number of articles first seen on each of the last `OVERVIEW_DAYS`, oldest first; days without articles are
    included."""
    feed_count: int
    failing_feed_count: int
    held_until: datetime | None
    """Its host has asked not to be requested before this time (Retry-After)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledFeed:
    """A feed, sitemap, section page or homepage of a source, and the result of its last poll."""

    url: str
    kind: str
    """`feed`, `sitemap`, `section` or `homepage`."""
    failure_count: int
    """Number of failures since the last success."""
    last_error: str | None
    last_success_at: datetime | None
    last_polled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDetail:
    """A source with its articles per day, coverage, feeds, rejects and flags."""

    key: str
    name: str | None
    homepage: str | None
    first_seen_at: datetime
    held_until: datetime | None
    article_count: int
    stub_count: int
    days: list[tuple[date, int]]
    """Number of articles first seen on each of the last `HEALTH_DAYS`, oldest first; days without articles are
    included. If there are none in that period, the period ends at the source's newest article."""
    coverage: dict[str, float]
    """Field name -> share, from 0 to 1, of the newest articles that have it."""
    feeds: Sequence[PolledFeed]
    rejects: list[tuple[str, int]]
    """Reason and number of rejects, most frequent first."""
    flags: list[Flag]


def source_overviews(session: Session, *, now: datetime) -> list[SourceOverview]:
    """Return every source that has been configured or crawled, the one with most articles first."""
    totals = {total.source: total for total in source_totals(session)}
    first_day = (now - timedelta(days=OVERVIEW_DAYS - 1)).date()
    days = _articles_a_day(session, first_day)
    feeds = {row.source: row for row in session.execute(_feed_counts())}
    held = _held_sources(session, now)
    found = []
    for source in session.scalars(select(Source)):
        total, feed = totals.get(source.key), feeds.get(source.key)
        found.append(
            SourceOverview(
                key=source.key,
                name=source.name,
                homepage=source.homepage,
                article_count=total.article_count if total else 0,
                stub_count=total.stub_count if total else 0,
                newest_at=total.newest_at if total else None,
                days=_every_day(days[source.key], first_day, now.date()),
                feed_count=feed.feeds if feed else 0,
                failing_feed_count=feed.failing if feed else 0,
                held_until=held.get(source.key),
            )
        )
    return sorted(found, key=lambda overview: (-overview.article_count, overview.key))


def _held_sources(session: Session, now: datetime) -> dict[str, datetime]:
    """Return the sources with a feed on a host that is held -> the end of the hold."""
    query = (
        select(Feed.source, func.max(Host.held_until))
        .join(Host, Host.host == Feed.host)
        .where(Host.held_until > now)
        .group_by(Feed.source)
    )
    return {source: until for source, until in session.execute(query) if until}


def source_names(session: Session) -> dict[str, str]:
    """Return key -> name of every source; a source without a name has its key as name."""
    return {key: name or key for key, name in session.execute(select(Source.key, Source.name))}


def source_detail(session: Session, key: str, *, now: datetime) -> SourceDetail | None:
    """Return the details of a source; None if no source has this key."""
    source = session.get(Source, key)
    if source is None:
        return None
    count = select(func.count()).select_from(ArticleRow).where(ArticleRow.source == key)
    stub_count = session.scalar(count.where(IS_STUB)) or 0
    return SourceDetail(
        key=key,
        name=source.name,
        homepage=source.homepage,
        first_seen_at=source.first_seen_at,
        held_until=_held_sources(session, now).get(key),
        article_count=(session.scalar(count) or 0) - stub_count,
        stub_count=stub_count,
        days=_days_of(session, key, now),
        coverage=_coverage(session, key),
        feeds=_feeds(session, key),
        rejects=_rejects(session, key),
        flags=[flag for health in source_health(session, [key], today=now.date()) for flag in health.flags],
    )


def _days_of(session: Session, key: str, now: datetime) -> list[tuple[date, int]]:
    newest = (
        select(ArticleRow.first_seen_at)
        .where(ArticleRow.source == key, ArticleRow.kind != STUB)
        .order_by(ArticleRow.dated_at.desc())
    )
    span = timedelta(days=HEALTH_DAYS - 1)
    last = min(now, session.scalar(newest.limit(1)) or now)
    last = now if last > now - span else last
    first_day = (last - span).date()
    given = _articles_a_day(session, first_day, ArticleRow.source == key)[key]
    return _every_day(given, first_day, last.date())


def _feed_counts() -> Select[str, int, int]:
    failing = func.sum(case((Feed.failure_count >= FEED_FAILURES, 1), else_=0)).label("failing")
    return select(Feed.source, func.count().label("feeds"), failing).group_by(Feed.source)


def _articles_a_day(
    session: Session, since: date, *only: ColumnElement[bool]
) -> dict[str | None, dict[date, int]]:
    """Return source -> day -> number of articles first seen on it."""
    start = datetime.combine(since, time.min, UTC)
    day = func.date(ArticleRow.first_seen_at)
    # The upper bound makes SQLite use the index on times. Without it, SQLite scans the whole index on sources, which
    # takes forty times as long.
    seen = ArticleRow.first_seen_at.between(start, END_OF_TIME)
    query = select(ArticleRow.source, day, func.count()).where(seen, ArticleRow.kind != STUB, *only)
    found: dict[str | None, dict[date, int]] = defaultdict(dict)
    for source, day_text, count in session.execute(query.group_by(ArticleRow.source, day)):
        found[source][date.fromisoformat(str(day_text))] = count
    return found


def _feeds(session: Session, source: str) -> list[PolledFeed]:
    columns = [getattr(Feed, field.name) for field in fields(PolledFeed)]
    query = select(*columns).where(Feed.source == source).order_by(Feed.kind, Feed.url)
    return [PolledFeed(**row) for row in session.execute(query).mappings()]


def _coverage(session: Session, source: str) -> dict[str, float]:
    """Return field name -> share of the newest articles that have it."""
    has_author = select(ArticleAuthor.article_id).where(ArticleAuthor.article_id == ArticleRow.id).exists()
    having = {
        "date": ArticleRow.published_at.is_not(None),
        "author": has_author,
        "description": ArticleRow.description.is_not(None),
        "section": ArticleRow.section.is_not(None),
        "image": ArticleRow.image_url.is_not(None),
        "language": ArticleRow.language.is_not(None),
    }
    newest = (
        select(*(case((condition, 1), else_=0).label(field) for field, condition in having.items()))
        .where(ArticleRow.source == source, ArticleRow.kind != STUB)
        .order_by(ArticleRow.dated_at.desc())
        .limit(COVERAGE_SAMPLE)
        .subquery()
    )
    shares = session.execute(select(func.count(), *(func.sum(newest.c[field]) for field in having))).one()
    return (
        {field: count / shares[0] for field, count in zip(having, shares[1:], strict=True)}
        if shares[0]
        else {}
    )


def _rejects(session: Session, source: str) -> list[tuple[str, int]]:
    count = func.count()
    query = select(RejectRow.reason, count).where(RejectRow.source == source).group_by(RejectRow.reason)
    return [
        (reason, number) for reason, number in session.execute(query.order_by(count.desc(), RejectRow.reason))
    ]


def _every_day(counts: Mapping[date, int], first: date, last: date) -> list[tuple[date, int]]:
    """Return every day from `first` to `last` with its count; 0 if it is not in `counts`."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [(day, counts.get(day, 0)) for day in days]
