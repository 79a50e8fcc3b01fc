"""What the API answers, for its description: the values themselves come from the store as they are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from newsbot.items import EntityType


class MentionJson(BaseModel):
    """A place in `body`, in characters."""

    start: int
    end: int
    text: str


class EntityJson(BaseModel):
    """An entity of an article."""

    name: str
    type: EntityType
    count: int
    mentions: list[MentionJson]


class ArticleJson(BaseModel):
    """An article with everything known of it; null where not known."""

    id: int
    url: str
    canonical_url: str | None
    source: str | None
    title: str | None
    description: str | None
    authors: list[str]
    published_at: datetime | None
    modified_at: datetime | None
    language: str | None
    section: str | None
    topics: list[str]
    image_url: str | None
    body: str
    word_count: int
    story_id: int | None
    duplicate_of: int | None
    duplicate_kind: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    revision: int
    entities: list[EntityJson]


class ArticlePage(BaseModel):
    """A part of a list; `next` is the address of the part after it."""

    items: list[ArticleJson]
    next: str | None


class RevisionJson(BaseModel):
    """What one revision changed: field -> its value `before` and `after`.

    `by_rules`: newsbot reads the page otherwise; `is_silent`: the page does not say that it was modified."""

    revision: int
    changed_at: datetime
    by_rules: bool
    is_silent: bool
    fields: dict[str, dict[str, Any]]


class Revisions(BaseModel):
    """Every change of an article, oldest first."""

    items: list[RevisionJson]


class HitJson(BaseModel):
    """An article that was found; in `snippet` what was found stands between `**`."""

    id: int
    title: str | None
    url: str
    source: str | None
    language: str | None
    section: str | None
    published_at: datetime | None
    story_id: int | None
    score: float
    snippet: str


class ValueCount(BaseModel):
    """A value, and how many of the articles have it."""

    value: str
    count: int


class FacetsJson(BaseModel):
    """The most frequent values among what was found."""

    source: list[ValueCount]
    language: list[ValueCount]
    section: list[ValueCount]
    entity: list[ValueCount]


class SearchPage(BaseModel):
    """A part of what was found; `total_is_capped`: there are more articles than were counted."""

    items: list[HitJson]
    total: int
    total_is_capped: bool
    facets: FacetsJson
    next: str | None


class EntityCountJson(BaseModel):
    """An entity, and how often it occurs."""

    id: int
    name: str
    type: EntityType
    article_count: int
    mention_count: int


class Entities(BaseModel):
    """The most mentioned entities, most mentions first."""

    items: list[EntityCountJson]


class DayCount(BaseModel):
    """A day and its articles."""

    day: date
    article_count: int


class Timeline(BaseModel):
    """Articles a day that mention an entity, oldest first; days without any are left out."""

    entity: EntityCountJson
    items: list[DayCount]


class StoryJson(BaseModel):
    """A group of articles that tell the same."""

    id: int
    title: str | None
    article_count: int
    source_count: int
    first_at: datetime
    updated_at: datetime


class MemberJson(BaseModel):
    """An article of a story; `role`: `original`, `copy`, `update` or `excerpt`."""

    id: int
    url: str
    source: str | None
    title: str | None
    role: str | None
    agency: str | None
    duplicate_kind: str | None
    published_at: datetime | None
    first_seen_at: datetime
    revision: int


class StoryMembers(BaseModel):
    """The articles of a story, oldest first."""

    items: list[MemberJson]


class StoryPage(BaseModel):
    """A part of the list of stories, changed last first."""

    items: list[StoryJson]
    next: str | None


class SourceJson(BaseModel):
    """A source at a glance; `days`: articles first seen on each of the last days."""

    key: str
    name: str | None
    homepage: str | None
    article_count: int
    newest_at: datetime | None
    feed_count: int
    failing_feed_count: int
    days: list[DayCount]


class Sources(BaseModel):
    """Every source, those with most articles first."""

    items: list[SourceJson]


class StatsJson(BaseModel):
    """What the database holds, in numbers."""

    articles: int
    duplicates: int
    revisions: int
    entities: int
    rejects: int
    by_source: dict[str, int]
    by_day: dict[date, int]
    by_language: dict[str, int]
    rejects_by_reason: dict[str, int]
