"""Lists of stories: one entry per story, however many sources publish it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select, tuple_
from sqlalchemy.orm import Session

from newsbot.items import STUB, utc_text
from newsbot.store.articles.loading import MAX_ID
from newsbot.store.schema.models import ArticleRow, Story
from newsbot.store.search.summaries import Summary, summaries

NEWEST = 200
"""Number of articles in which the newest stories are looked for."""
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


def newest_stories(session: Session, *, limit: int = 12) -> list[StoryEntry]:
    """Return the newest stories and single articles, ordered by their newest article."""
    ids_by_entry = list(_newest_ids(session).items())[:limit]
    counts = _counts(session, [number for kind, number in dict(ids_by_entry) if kind == "story"])
    shown_ids = [article_id for _, ids in ids_by_entry for article_id in ids]
    found = {summary.id: summary for summary in summaries(session, shown_ids)}
    return [
        _story_entry(number if kind == "story" else None, [found[article_id] for article_id in ids], counts)
        for (kind, number), ids in ids_by_entry
    ]


def _newest_ids(session: Session) -> dict[tuple[str, int], list[int]]:
    """Return ("story", id) or ("article", id) -> ids of its newest articles, at most one of each source."""
    query = select(ArticleRow.id, ArticleRow.story_id, ArticleRow.source).where(ArticleRow.kind != STUB)
    newest_first = query.order_by(ArticleRow.dated_at.desc(), ArticleRow.id.desc())
    by_entry: dict[tuple[str, int], dict[str | None, int]] = {}
    for article_id, story_id, source in session.execute(newest_first.limit(NEWEST)):
        key = ("story", story_id) if story_id else ("article", article_id)
        by_entry.setdefault(key, {}).setdefault(source, article_id)
    return {key: list(by_source.values())[:SHOWN_MEMBERS] for key, by_source in by_entry.items()}


def list_stories(
    session: Session,
    *,
    since: datetime | None = None,
    min_size: int = 2,
    after: tuple[datetime, int] | None = None,
    limit: int = 20,
) -> list[StorySummary]:
    """Return the stories with at least `min_size` articles, the last changed first.

    `after` is the (updated_at, id) of the last story of the previous page."""
    query = select(Story.id, Story.updated_at).where(Story.member_count >= min_size)
    if since is not None:
        query = query.where(Story.updated_at >= since)
    if after is not None:
        query = query.where(tuple_(Story.updated_at, Story.id) < after)
    rows = session.execute(query.order_by(Story.updated_at.desc(), Story.id.desc()).limit(limit)).all()
    return _story_summaries(session, rows)


def biggest_stories(
    session: Session, *, since: datetime | None = None, min_size: int = 2, limit: int = 20
) -> list[StorySummary]:
    """Return the stories with at least `min_size` articles, changed at `since` or later, biggest first."""
    query = select(Story.id, Story.updated_at).where(Story.member_count >= min_size)
    if since is not None:
        query = query.where(Story.updated_at >= since)
    order = (Story.member_count.desc(), Story.updated_at.desc(), Story.id.desc())
    return _story_summaries(session, session.execute(query.order_by(*order).limit(limit)).all())


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
