"""State of the sources: articles per day, filled fields, feeds, rejects and health flags."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from newsbot.sources.reach import Hold, is_failing
from newsbot.store.boilerplate.block_lists import boilerplate_counts, count_touched
from newsbot.store.crawl.source_health import (
    SourceHealth,
    feed_states,
    source_health,
    source_holds,
)
from newsbot.store.queries.article_counts import STUBS, source_totals
from newsbot.store.schema.models import (
    IS_STUB,
    ArticleAuthor,
    ArticleRow,
    Feed,
    FrontierRow,
    RejectRow,
    Source,
)

DETAIL_DAYS = 180
"""Number of days of the timeline of one source."""
OVERVIEW_DAYS = 14
COVERAGE_SAMPLE, SMALL_SAMPLE = 500, 100
"""Number of a source's newest articles in which filled fields are counted: of one source, and of each of all sources."""
MAX_FEEDS = 200
"""Maximum number of feeds in the details of a source: an index may name thousands of sitemaps."""
NEWEST_ARTICLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOverview:
    """A source in a list of sources."""

    key: str
    name: str | None
    homepage: str | None
    language: str | None
    country: str | None
    """ISO 3166-1 alpha-2."""
    tags: list[str]
    article_count: int
    """Without stubs, as in all counts of articles here."""
    stub_count: int
    newest_at: datetime | None
    days: list[tuple[date, int]]
    """Number of articles published on each of the last `OVERVIEW_DAYS` (UTC), oldest first; days without articles are
    included."""
    feed_count: int
    """Number of its feeds, without those that have ended."""
    failing_feed_count: int
    held_until: datetime | None
    """Time until which a host of its feeds is not requested, because it asked for that; None if none is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledFeed:
    """A feed, sitemap, section page or homepage of a source, and the result of its last poll."""

    url: str
    kind: str
    """`feed`, `sitemap`, `section` or `homepage`."""
    found_in: str | None
    """URL of the sitemap index or homepage that names it; None if the catalog does."""
    failure_count: int
    """Number of failures since the last success."""
    last_status: int | None
    last_error: str | None
    note: str | None
    """What was left out of its last content, and why."""
    last_success_at: datetime | None
    last_new_at: datetime | None
    """Time when it last led to a new article."""
    last_polled_at: datetime | None
    next_poll_at: datetime | None
    """None: at once, unless it has ended."""
    moved_to: str | None
    """Address to which it redirects permanently."""
    moved_at: datetime | None
    is_moved: bool
    """Whether `moved_to` is polled in its place."""
    gone_at: datetime | None
    """Time at which its server said that it has ended (410)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierCount:
    """The pages of a source in one state of the frontier."""

    state: str
    pages: int
    next_due_at: datetime | None
    """Time when the first of them is due; None: at once if they are pending, else never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestArticle:
    """One of the newest articles of a source."""

    id: int
    url: str
    title: str | None
    kind: str
    dated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDetail:
    """A source with its articles per day, coverage, feeds, hosts, frontier, rejects and flags."""

    key: str
    name: str | None
    homepage: str | None
    language: str | None
    country: str | None
    tags: list[str]
    first_seen_at: datetime
    holds: Sequence[Hold]
    """Those of its hosts that are held."""
    article_count: int
    """Articles without stubs."""
    stub_count: int
    """Entries of its feeds that are stored without their page."""
    days: list[tuple[date, int]]
    """Number of articles published on each of the last `DETAIL_DAYS` (UTC), oldest first; days without articles are
    included. If there are none in that period, the period ends at the source's newest article."""
    seen_days: list[tuple[date, int]]
    """The same articles by the days (UTC) on which newsbot saw them first, up to today."""
    coverage: dict[str, float]
    """Field name -> share, from 0 to 1, of the newest articles that have it."""
    feeds: Sequence[PolledFeed]
    """Its feeds, those of the catalog first, `MAX_FEEDS` at most."""
    feed_count: int
    frontier: Sequence[FrontierCount]
    rejects: list[tuple[str, int]]
    """Reason and number of rejects, most frequent first."""
    newest: Sequence[NewestArticle]
    """The newest articles and stubs."""
    learnt_block_count: int
    """Number of lines that are learnt to be boilerplate of it."""
    removed_paragraph_count: int
    touched_article_count: int
    """Number of its articles from which a paragraph is removed."""
    health: SourceHealth


def source_overviews(session: Session, *, now: datetime) -> list[SourceOverview]:
    """Return every source that has been configured or crawled, the one with most articles first."""
    totals = {total.source: total for total in source_totals(session)}
    first_day = (now - timedelta(days=OVERVIEW_DAYS - 1)).date()
    sources = session.scalars(select(Source)).all()
    days = _published_a_day(session, [source.key for source in sources], first_day)
    feeds = feed_states(session, [source.key for source in sources])
    held = {
        key: [h.until for h in holds if h.until > now] for key, holds in source_holds(session, feeds).items()
    }
    found = []
    for source in sources:
        total = totals.get(source.key)
        polled = [feed for feed in feeds[source.key] if not feed.gone_at]
        found.append(
            SourceOverview(
                key=source.key,
                name=source.name,
                homepage=source.homepage,
                language=source.language,
                country=source.country,
                tags=source.tags,
                article_count=total.article_count if total else 0,
                stub_count=total.stub_count if total else 0,
                newest_at=total.newest_at if total else None,
                days=_every_day(days[source.key], first_day, now.date()),
                feed_count=len(polled),
                failing_feed_count=sum(is_failing(feed, now) for feed in polled),
                held_until=max(held.get(source.key, ()), default=None),
            )
        )
    return sorted(found, key=lambda overview: (-overview.article_count, overview.key))


def source_names(session: Session) -> dict[str, str]:
    """Return key -> name of every source; a source without a name has its key as name."""
    return {key: name or key for key, name in session.execute(select(Source.key, Source.name))}


def source_groups(session: Session) -> tuple[list[str], list[str]]:
    """Return the tags and the countries of the sources, in alphabetical order."""
    rows = session.execute(select(Source.country, Source.tags)).all()
    tags = {tag for row in rows for tag in row.tags}
    return sorted(tags), sorted({row.country for row in rows if row.country})


def source_detail(
    session: Session, key: str, *, now: datetime, health: SourceHealth | None = None
) -> SourceDetail | None:
    """Return the details of a source; None if no source has this key. `health`: its health, if that is known already."""
    source = session.get(Source, key)
    if source is None:
        return None
    health = health or source_health(session, [key], now=now)[0]
    stubs = session.scalar(select(func.count()).where(STUBS.source == key)) or 0
    counts = boilerplate_counts(session, key)
    first_day, last_day = _period_of(session, key, now)
    published = _published_a_day(session, [key], first_day)[key]
    return SourceDetail(
        key=key,
        name=source.name,
        homepage=source.homepage,
        language=source.language,
        country=source.country,
        tags=source.tags,
        first_seen_at=source.first_seen_at,
        holds=[hold for hold in health.holds if hold.until > now],
        article_count=_count(session, ArticleRow.source == key) - stubs,
        stub_count=stubs,
        days=_every_day(published, first_day, last_day),
        seen_days=_every_day(_seen_a_day(session, key, first_day), first_day, now.date()),
        coverage=_coverage(session, key, COVERAGE_SAMPLE),
        feeds=_feeds(session, key),
        feed_count=session.scalar(select(func.count()).select_from(Feed).where(Feed.source == key)) or 0,
        frontier=_frontier(session, key),
        rejects=_rejects(session, key),
        newest=_newest(session, key),
        learnt_block_count=sum(count.learnt_count for count in counts),
        removed_paragraph_count=sum(count.removed_count for count in counts),
        touched_article_count=count_touched(session, key),
        health=health,
    )


def _count(session: Session, *wanted: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(ArticleRow).where(*wanted)) or 0


def source_coverage(session: Session, keys: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return source -> field name -> share of its newest articles that have it, in a small sample."""
    return {key: _coverage(session, key, SMALL_SAMPLE) for key in keys}


def _period_of(session: Session, key: str, now: datetime) -> tuple[date, date]:
    """Return the first and last day of the timeline of a source."""
    newest = select(ArticleRow.dated_at).where(ArticleRow.source == key, ~IS_STUB)
    newest = newest.order_by(ArticleRow.dated_at.desc())
    span = timedelta(days=DETAIL_DAYS - 1)
    last = min(now, session.scalar(newest.limit(1)) or now)
    last = now if last > now - span else last
    return (last - span).date(), last.date()


def _published_a_day(session: Session, keys: Collection[str], since: date) -> dict[str, dict[date, int]]:
    """Return source -> day (UTC) -> number of articles published on it.

    They are counted as all rows without the stubs: both are read from indexes alone, and bodies are never touched."""
    found: dict[str, dict[date, int]] = {key: {} for key in keys}
    counted: tuple[tuple[Any, int], ...] = ((ArticleRow, 1), (STUBS, -1))
    for articles, sign in counted:
        day = func.date(articles.dated_at)
        wanted = articles.source.in_(keys), articles.dated_at >= datetime.combine(since, time.min, UTC)
        query = select(articles.source, day, func.count()).where(*wanted).group_by(articles.source, day)
        for source, day_text, count in session.execute(query):
            published = date.fromisoformat(str(day_text))
            found[source][published] = found[source].get(published, 0) + sign * count
    return found


def _seen_a_day(session: Session, key: str, since: date) -> dict[date, int]:
    """Return day (UTC) -> number of articles first seen on it, of those published since a day."""
    day = func.date(ArticleRow.first_seen_at)
    dated = ArticleRow.dated_at >= datetime.combine(since, time.min, UTC)
    query = select(day, func.count()).where(ArticleRow.source == key, dated, ~IS_STUB).group_by(day)
    return {date.fromisoformat(str(day_text)): count for day_text, count in session.execute(query)}


def _feeds(session: Session, source: str) -> list[PolledFeed]:
    parent = aliased(Feed)
    columns = [getattr(Feed, field.name) for field in fields(PolledFeed) if field.name != "found_in"]
    query = (
        select(parent.url.label("found_in"), *columns)
        .outerjoin(parent, parent.id == Feed.found_in)
        .where(Feed.source == source)
        .order_by(Feed.found_in.is_not(None), Feed.kind, Feed.url)
        .limit(MAX_FEEDS)
    )
    return [PolledFeed(**row) for row in session.execute(query).mappings()]


def _frontier(session: Session, source: str) -> list[FrontierCount]:
    """Return the states of the pages of a source, in alphabetical order."""
    of_source = FrontierRow.source == source
    counts = select(FrontierRow.state, func.count()).where(of_source).group_by(FrontierRow.state)
    due = select(FrontierRow.next_try_at).where(of_source, FrontierRow.next_try_at.is_not(None))
    due = due.order_by(FrontierRow.next_try_at).limit(1)
    return [
        FrontierCount(
            state=state, pages=number, next_due_at=session.scalar(due.where(FrontierRow.state == state))
        )
        for state, number in session.execute(counts.order_by(FrontierRow.state)).all()
    ]


def _newest(session: Session, source: str) -> list[NewestArticle]:
    columns = [getattr(ArticleRow, field.name) for field in fields(NewestArticle)]
    query = select(*columns).where(ArticleRow.source == source)
    query = query.order_by(ArticleRow.dated_at.desc(), ArticleRow.id.desc()).limit(NEWEST_ARTICLES)
    return [NewestArticle(**row) for row in session.execute(query).mappings()]


def _coverage(session: Session, source: str, sample: int) -> dict[str, float]:
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
        .where(ArticleRow.source == source, ~IS_STUB)
        .order_by(ArticleRow.dated_at.desc())
        .limit(sample)
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
