"""Lists of stories: one entry per story, however many sources publish it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2
from typing import NamedTuple

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.orm import Session

from newsbot.items import STUB, utc_text
from newsbot.store.articles.loading import MAX_ID
from newsbot.store.schema.models import ArticleRow, Story
from newsbot.store.search.filters import Filters
from newsbot.store.search.matching import matching_conditions
from newsbot.store.search.summaries import Summary, summaries

NEWEST = 200
"""Number of articles in which the newest stories are looked for."""
RANKED = 1_000
"""Number of articles in which the stories that matter most are looked for."""
HALF_LIFE = timedelta(hours=12)
"""Age that counts as much as half of the sources of a story."""
SHOWN_MEMBERS = 4
MAX_MEMBERS = 200
"""Maximum number of members of one story that are returned; hardly anybody reads more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEntry:
    """A story with some of its articles, or a single article that belongs to no story."""

    story_id: int | None
    articles: list[Summary]
    """Newest first, at most one article of each source."""
    article_count: int
    source_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySummary:
    """A story in a list."""

    id: int
    title: str | None
    """Headline of its first article."""
    article_count: int
    source_count: int
    first_at: datetime
    updated_at: datetime


def newest_stories(
    session: Session, *, limit: int = 12, language: str | None = None, until: datetime | None = None
) -> list[StoryEntry]:
    """Return the newest stories and single articles, ordered by their newest article.

    `language`: only articles in it. `until`: only articles dated until then."""
    found = _candidates(session, NEWEST, language, until)
    return _entries(session, found[:limit])


def ranked_stories(
    session: Session, *, until: datetime, limit: int = 12, language: str | None = None
) -> list[StoryEntry]:
    """Return the stories and single articles that matter most at `until`: those of many sources, and fresh ones.

    Twice as many sources outweigh `HALF_LIFE` of age. They are looked for in the newest `RANKED` articles dated until
    then."""
    found = _candidates(session, RANKED, language, until)

    def rank(candidate: _Candidate) -> tuple[float, datetime]:
        age = (until - candidate.newest_at) / HALF_LIFE
        return log2(len(candidate.by_source)) - age, candidate.newest_at

    return _entries(session, sorted(found, key=rank, reverse=True)[:limit])


def recent_languages(session: Session, *, until: datetime) -> list[tuple[str, int]]:
    """Return the languages of the newest `RANKED` articles dated until then, the most frequent first."""
    newest = _newest_first(until).with_only_columns(ArticleRow.language).limit(RANKED).subquery()
    count = func.count()
    query = select(newest.c.language, count).where(newest.c.language.is_not(None)).group_by(newest.c.language)
    return [
        (language, number)
        for language, number in session.execute(query.order_by(count.desc(), newest.c.language))
    ]


class _Candidate(NamedTuple):
    """A story, or a single article, that a list may show."""

    story_id: int | None
    newest_at: datetime
    by_source: dict[str | None, int]
    """Source -> id of its newest article, newest first."""

    @property
    def shown(self) -> list[int]:
        return list(self.by_source.values())[:SHOWN_MEMBERS]


def _candidates(
    session: Session, number: int, language: str | None, until: datetime | None
) -> list[_Candidate]:
    """Return the stories and single articles among the newest `number` articles, the newest first."""
    query = _newest_first(until).limit(number)
    if language is not None:
        query = query.where(ArticleRow.language == language)
    found: dict[tuple[str, int], _Candidate] = {}
    for article_id, story_id, source, dated_at in session.execute(query):
        key = ("story", story_id) if story_id else ("article", article_id)
        candidate = found.setdefault(key, _Candidate(story_id, dated_at, {}))
        candidate.by_source.setdefault(source, article_id)
    return list(found.values())


def _newest_first(until: datetime | None) -> Select[int, int | None, str | None, datetime]:
    query = select(ArticleRow.id, ArticleRow.story_id, ArticleRow.source, ArticleRow.dated_at)
    query = query.where(ArticleRow.kind != STUB)
    if until is not None:
        query = query.where(ArticleRow.dated_at <= until)
    return query.order_by(ArticleRow.dated_at.desc(), ArticleRow.id.desc())


def _entries(session: Session, candidates: Sequence[_Candidate]) -> list[StoryEntry]:
    counts = _counts(session, [candidate.story_id for candidate in candidates if candidate.story_id])
    shown = [article_id for candidate in candidates for article_id in candidate.shown]
    found = {summary.id: summary for summary in summaries(session, shown)}
    return [
        _story_entry(candidate.story_id, [found[article_id] for article_id in candidate.shown], counts)
        for candidate in candidates
    ]


def list_stories(
    session: Session,
    query: str = "",
    filters: Filters | None = None,
    *,
    since: datetime | None = None,
    min_size: int = 2,
    after: tuple[datetime, int] | None = None,
    limit: int = 20,
) -> list[StorySummary]:
    """Return the stories with at least `min_size` articles, the last changed first.

    `query` and `filters` must find at least one article of a story. `after` is the (updated_at, id) of the last story of the
    previous page. Raises QueryError and FilterError."""
    wanted = _stories(session, query, filters, since, min_size)
    wanted = wanted.order_by(Story.updated_at.desc(), Story.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(Story.updated_at, Story.id) < after)
    return _story_summaries(session, session.execute(wanted).all())


def biggest_stories(
    session: Session,
    query: str = "",
    filters: Filters | None = None,
    *,
    since: datetime | None = None,
    min_size: int = 2,
    limit: int = 20,
) -> list[StorySummary]:
    """Return the stories of `list_stories`, biggest first. Raises QueryError and FilterError."""
    order = (Story.member_count.desc(), Story.updated_at.desc(), Story.id.desc())
    wanted = _stories(session, query, filters, since, min_size).order_by(*order).limit(limit)
    return _story_summaries(session, session.execute(wanted).all())


def _stories(
    session: Session, query: str, filters: Filters | None, since: datetime | None, min_size: int
) -> Select[int, datetime]:
    wanted = select(Story.id, Story.updated_at).where(Story.member_count >= min_size)
    if since is not None:
        wanted = wanted.where(Story.updated_at >= since)
    if query.strip() or filters is not None:
        articles = matching_conditions(session, query, filters or Filters())
        of_articles = select(ArticleRow.story_id).where(*articles, ArticleRow.story_id.is_not(None))
        wanted = wanted.where(Story.id.in_(of_articles))
    return wanted


def _story_summaries(session: Session, rows: Sequence[Row[int, datetime]]) -> list[StorySummary]:
    counts = _counts(session, [row.id for row in rows])
    titles = _first_titles(session, [row.id for row in rows])
    return [
        StorySummary(
            id=row.id,
            title=titles[row.id],
            article_count=counts[row.id].articles,
            source_count=counts[row.id].sources,
            first_at=counts[row.id].first_at,
            updated_at=row.updated_at,
        )
        for row in rows
        if row.id in counts
    ]


def story_members(session: Session, story_id: int) -> list[Summary]:
    """Return the articles of a story and their excerpts, oldest first; empty if there is no such story."""
    if not 0 < story_id <= MAX_ID:
        return []
    members = select(ArticleRow.id).limit(MAX_MEMBERS)
    oldest = members.where(ArticleRow.story_id == story_id).order_by(ArticleRow.dated_at, ArticleRow.id)
    ids = session.scalars(oldest).all()
    is_excerpt = ArticleRow.duplicate_of.in_(ids), ArticleRow.duplicate_kind == "excerpt"
    # Ordered as the index on these columns is: for an order by date, SQLite scans all articles.
    excerpts = members.where(*is_excerpt).order_by(ArticleRow.duplicate_of, ArticleRow.id)
    found = summaries(session, [*ids, *session.scalars(excerpts)])
    return sorted(found, key=lambda member: (member.dated_at, member.id))


def member_json(member: Summary) -> dict[str, object]:
    """Return the public JSON form of an article of a story."""
    return {
        "id": member.id,
        "url": member.url,
        "source": member.source,
        "title": member.title,
        "role": member.story_role,
        "agency": member.agency,
        "duplicate_kind": member.duplicate_kind,
        "published_at": utc_text(member.published_at),
        "first_seen_at": utc_text(member.first_seen_at),
        "revision": member.revision,
    }


def _story_entry(
    story_id: int | None, articles: list[Summary], counts: dict[int, Row[int | None, int, int, datetime]]
) -> StoryEntry:
    if story_id is None:
        return StoryEntry(story_id=None, articles=articles, article_count=1, source_count=1)
    count = counts[story_id]
    return StoryEntry(
        story_id=story_id, articles=articles, article_count=count.articles, source_count=count.sources
    )


def _counts(session: Session, ids: Sequence[int]) -> dict[int, Row[int | None, int, int, datetime]]:
    query = (
        select(
            ArticleRow.story_id,
            func.count().label("articles"),
            func.count(ArticleRow.source.distinct()).label("sources"),
            func.min(ArticleRow.dated_at).label("first_at"),
        )
        .where(ArticleRow.story_id.in_(ids))
        .group_by(ArticleRow.story_id)
    )
    return {row.story_id: row for row in session.execute(query) if row.story_id is not None}


def _first_titles(session: Session, ids: Iterable[int]) -> dict[int, str | None]:
    query = select(ArticleRow.story_id, ArticleRow.title).where(ArticleRow.story_id.in_(ids))
    latest_first = query.order_by(ArticleRow.dated_at.desc(), ArticleRow.id.desc())
    return {story_id: title for story_id, title in session.execute(latest_first) if story_id is not None}
