"""Health of the sources: counts per day, the states of feeds and hosts, and the flags that follow from them.

Every query is for many sources at once, and bounded by an index: the reports of 250 sources cost as many queries as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from newsbot.sources.health import DayCounts, Evidence, Flag, health_flags, unreached_of
from newsbot.sources.reach import FeedState, Hold, Unreached
from newsbot.sources.walls import REFUSALS, WALL_DAYS, Forbidden, PageCounts
from newsbot.store.crawl.sharing.wanted_work import Wanted, is_wanted
from newsbot.store.schema.models import (
    IS_STUB,
    ArticleAuthor,
    ArticleRow,
    Feed,
    Fetch,
    FrontierRow,
    Host,
    RejectRow,
    Run,
)
from newsbot.store.schema.models import Source as SourceRow
from newsbot.store.schema.types import BEGINNING_OF_TIME, END_OF_TIME
from newsbot.urls import authority_of

DAYS = 70
"""Number of days that are examined: two baselines of four weeks, and two weeks to compare."""
MEAN_DAYS = 28
LONG_BODY_WORDS = 100
MAX_KEYS = 10_000
"""Number of sources in one query."""
MAX_HOSTS = 10_000
"""Number of hosts in one query."""

PagesByHost = dict[str, dict[date, PageCounts]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """The counts of one source, and its flags: what a person should look at."""

    source: str
    articles_today: int
    articles_a_day: float
    """Mean of the last four weeks without today, over the days on which the news spider ran."""
    stubs_today: int
    """Entries of feeds that were stored without their page; they are not counted as articles."""
    stubs_a_day: float
    last_article_at: datetime | None
    last_poll_at: datetime | None
    """None if it was never polled."""
    holds: list[Hold]
    """Those of its hosts that have not answered since they were held."""
    unreached: Unreached | None
    """Since when nothing of it could be reached; None if it could."""
    flags: list[Flag]

    @property
    def was_polled(self) -> bool:
        """Whether somebody has tried to reach it: it was polled, or one of its hosts is held."""
        return bool(self.last_poll_at or self.holds)


def source_health(session: Session, sources: Iterable[str], *, now: datetime) -> list[SourceHealth]:
    """Return the health of these sources, ordered by key; one that was never polled has no flags.

    The days that count are those on which the news spider ran."""
    return [report for keys in _parts(sources) for report in _health(session, keys, now)]


def _parts(sources: Iterable[str]) -> Iterator[list[str]]:
    """Yield keys in their order, as many at a time as one query may name."""
    rest = iter(sorted(set(sources)))
    while part := list(islice(rest, MAX_KEYS)):
        yield part


def _health(session: Session, keys: Sequence[str], now: datetime) -> list[SourceHealth]:
    today = now.date()
    known = {row.key: row for row in session.scalars(select(SourceRow).where(SourceRow.key.in_(keys)))}
    crawled = _days_of_runs(session, _start_of(today, DAYS))
    articles = _article_counts(session, keys, _start_of(today, DAYS))
    pages, last_answers = _page_counts(session, known, _start_of(today, WALL_DAYS))
    feeds = feed_states(session, keys)
    holds = source_holds(session, feeds, pages)
    forbidden = _forbidden(session, keys, _start_of(today, WALL_DAYS))
    last_articles = _last_articles(session, keys)
    reports = []
    for key in keys:
        begun = known[key].first_seen_at.date() if key in known else today
        counts = articles[key]
        days = {day: counts.get(day, DayCounts()) for day in crawled | counts.keys() if day >= begun}
        evidence = Evidence(
            source=key,
            # Without the first day, on which the feeds' backlog was stored.
            days={day: of_day for day, of_day in days.items() if day > begun},
            hosts=pages[key],
            forbidden=forbidden.get(key),
            feeds=feeds[key],
            holds=holds[key],
            last_answer_at=last_answers.get(key),
        )
        polls = [feed.last_polled_at for feed in feeds[key] if feed.last_polled_at]
        was_polled = bool(polls or holds[key])
        recent = [count for day, count in days.items() if 0 < (today - day).days <= MEAN_DAYS]
        reports.append(
            SourceHealth(
                source=key,
                articles_today=days[today].articles if today in days else 0,
                articles_a_day=_mean([count.articles for count in recent]),
                stubs_today=days[today].stubs if today in days else 0,
                stubs_a_day=_mean([count.stubs for count in recent]),
                last_article_at=last_articles.get(key),
                last_poll_at=max(polls, default=None),
                holds=holds[key],
                unreached=unreached_of(evidence),
                flags=health_flags(evidence, now) if was_polled else [],
            )
        )
    return reports


def _start_of(today: date, days: int) -> datetime:
    return datetime.combine(today - timedelta(days=days - 1), time(), UTC)


def _mean(counts: list[int]) -> float:
    return sum(counts) / len(counts) if counts else 0.0


def _days_of_runs(session: Session, since: datetime) -> set[date]:
    query = select(func.date(Run.started_at)).where(Run.spider == "news", Run.started_at >= since).distinct()
    return {_day(value) for value in session.scalars(query)}


def _article_counts(
    session: Session, keys: Collection[str], since: datetime
) -> defaultdict[str, dict[date, DayCounts]]:
    """Return source -> day -> articles that were stored for the first time."""
    has_author = select(ArticleAuthor.author_id).where(ArticleAuthor.article_id == ArticleRow.id).exists()
    day = func.date(ArticleRow.first_seen_at)
    is_article = ~IS_STUB
    query = (
        select(
            ArticleRow.source,
            day,
            _number_of(is_article).label("articles"),
            _number_of(IS_STUB).label("stubs"),
            _number_of(and_(is_article, has_author)).label("with_author"),
            _number_of(and_(is_article, ArticleRow.published_at.is_not(None))).label("with_date"),
            _number_of(and_(is_article, ArticleRow.word_count > LONG_BODY_WORDS)).label("with_body"),
        )
        # The upper bound makes SQLite use the index on this time instead of scanning that on sources.
        .where(ArticleRow.first_seen_at.between(since, END_OF_TIME), ArticleRow.source.in_(keys))
        .group_by(ArticleRow.source, day)
    )
    found: defaultdict[str, dict[date, DayCounts]] = defaultdict(dict)
    names = [field.name for field in fields(DayCounts)]
    for source, day_text, *counts in session.execute(query):
        found[source][_day(day_text)] = DayCounts(**dict(zip(names, map(int, counts), strict=True)))
    return found


def _page_counts(
    session: Session, known: Mapping[str, SourceRow], since: datetime
) -> tuple[defaultdict[str, PagesByHost], dict[str, datetime]]:
    """Return source -> host -> day -> answers to requests for its pages, and source -> time of the last answer.

    Pages of other sites that a feed links to are left out. The host of a page that is not in the frontier counts as that
    of the homepage."""
    day = func.date(Fetch.fetched_at)
    of_page = FrontierRow.url_hash == Fetch.url_hash
    query = (
        select(
            Fetch.source,
            FrontierRow.host,
            day,
            Fetch.outcome,
            Fetch.status,
            func.count(distinct(Fetch.url_hash)),
            func.max(Fetch.fetched_at),
        )
        .outerjoin(FrontierRow, of_page)
        .where(
            Fetch.source.in_(known),
            Fetch.fetched_at >= since,
            Fetch.status.is_not(None),
            Fetch.outcome.in_(("article", "reject", "held")),
            func.coalesce(FrontierRow.is_offsite, false()).is_(False),
        )
        .group_by(Fetch.source, FrontierRow.host, day, Fetch.outcome, Fetch.status)
    )
    found: defaultdict[str, PagesByHost] = defaultdict(dict)
    last: dict[str, datetime] = {}
    for source, host, day_text, outcome, status, number, moment in session.execute(query):
        last[source] = max(last.get(source, moment), moment)
        days = found[source].setdefault(host or authority_of(known[source].homepage or ""), {})
        counts = days.get(_day(day_text), PageCounts())
        days[_day(day_text)] = _with(counts, outcome, status, number)
    return found, last


def _with(counts: PageCounts, outcome: str, status: int, number: int) -> PageCounts:
    """Return the counts with a number of answers of one kind added; other errors, such as 404, tell nothing of a wall."""
    articles, empty, refused = counts.articles, counts.empty, dict(counts.refused)
    if outcome == "article":
        articles += number
    elif status in REFUSALS:
        refused[status] = refused.get(status, 0) + number
    elif 200 <= status < 300:
        empty += number
    return PageCounts(articles=articles, empty=empty, refused=refused)


def feed_states(session: Session, keys: Collection[str]) -> defaultdict[str, list[FeedState]]:
    """Return source -> the states of its feeds, ordered by URL."""
    found: defaultdict[str, list[FeedState]] = defaultdict(list)
    for part in _parts(keys):
        for source, feed in _feed_states(session, Feed.source.in_(part)):
            found[source].append(feed)
    return found


def troubled_feeds(session: Session, wanted: Wanted, *, since: datetime) -> list[FeedState]:
    """Return the feeds that were polled since a time and then failed, redirected permanently or ended, ordered by URL."""
    is_troubled = or_(Feed.failure_count > 0, Feed.moved_to.is_not(None), Feed.gone_at.is_not(None))
    conditions = Feed.last_polled_at >= since, is_troubled, is_wanted(wanted, Feed.source)
    return [feed for _, feed in _feed_states(session, *conditions)]


def _feed_states(session: Session, *conditions: ColumnElement[bool]) -> Iterator[tuple[str, FeedState]]:
    parent = aliased(Feed)
    columns = [getattr(Feed, field.name) for field in fields(FeedState) if field.name != "found_in"]
    query = (
        select(Feed.source, parent.url.label("found_in"), *columns)
        .outerjoin(parent, parent.id == Feed.found_in)
        .where(*conditions)
        .order_by(Feed.url)
    )
    for row in session.execute(query).mappings():
        values = dict(row)
        yield values.pop("source"), FeedState(**values)


def wanted_holds(session: Session, wanted: Wanted) -> list[Hold]:
    """Return those of the hosts of feeds that have not answered since they were held, ordered by name."""
    of_feeds = select(Feed.host).where(Feed.host.in_(select(Host.host).where(_is_held())))
    hosts = set(session.scalars(of_feeds.where(is_wanted(wanted, Feed.source)).distinct()))
    return [hold for hold in all_holds(session) if hold.host in hosts]


def has_only_hosts(session: Session, wanted: Wanted, hosts: Sequence[str]) -> bool:
    """Return whether all feeds are of these hosts; False if there are too many of them to look for."""
    if not 0 < len(hosts) <= MAX_HOSTS:
        return False
    other = select(Feed.id).where(
        Feed.host.not_in(hosts), Feed.gone_at.is_(None), is_wanted(wanted, Feed.source)
    )
    return session.scalar(other.limit(1)) is None


def _is_held() -> ColumnElement[bool]:
    return Host.held_until.between(BEGINNING_OF_TIME, END_OF_TIME)  # not null, by the index


def source_holds(
    session: Session, feeds: Mapping[str, list[FeedState]], pages: Mapping[str, PagesByHost] | None = None
) -> defaultdict[str, list[Hold]]:
    """Return source -> those of the hosts of its feeds, and of its pages, that have not answered since they were held."""
    holds = {hold.host: hold for hold in all_holds(session)}
    found: defaultdict[str, list[Hold]] = defaultdict(list)
    for key, polled in feeds.items() if holds else ():
        hosts = {feed.host or authority_of(feed.url) for feed in polled}
        hosts |= (pages or {}).get(key, {}).keys()
        found[key] = [holds[host] for host in sorted(hosts & holds.keys())]
    return found


def all_holds(session: Session) -> list[Hold]:
    """Return every host that has not answered since it was held, ordered by name."""
    query = select(Host).where(_is_held())
    holds = [
        Hold(
            host=row.host,
            until=row.held_until,
            since=row.held_since,
            reason=row.hold_reason or "",
            count=row.hold_count,
        )
        for row in session.scalars(query)
        if row.held_until is not None
    ]
    return sorted(holds, key=lambda hold: hold.host)


def _forbidden(session: Session, keys: Collection[str], since: datetime) -> dict[str, Forbidden]:
    """Return source -> the pages that robots.txt forbids."""
    query = (
        select(RejectRow.source, func.count(), func.min(RejectRow.first_seen_at), func.min(RejectRow.url))
        .where(RejectRow.reason == "robots", RejectRow.last_seen_at >= since, RejectRow.source.in_(keys))
        .group_by(RejectRow.source)
    )
    return {
        source: Forbidden(pages=number, since=max(first, since).date(), example=url)
        for source, number, first, url in session.execute(query)
        if source is not None
    }


def _last_articles(session: Session, keys: Collection[str]) -> dict[str, datetime]:
    """Return source -> date of its newest article, by one look-up in the index for each."""
    newest = (
        select(ArticleRow.dated_at)
        .where(ArticleRow.source == SourceRow.key, ~IS_STUB)
        .order_by(ArticleRow.dated_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(SourceRow.key, newest).where(SourceRow.key.in_(keys))
    return {key: moment for key, moment in session.execute(query) if moment is not None}


def _number_of(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _day(value: object) -> date:
    return date.fromisoformat(str(value))
