"""Response models of lists, entities, stories, sources and counts. The values themselves come from the store and are not converted.

Every list has `next`, the address of its next page; that of a list which is always complete is null."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from newsbot.items import EntityType, StoredKind


class HitJson(BaseModel):
    """An article that was found; in `snippet` and `title_marked`, what was found is enclosed in `**`.

    `unread_reason`: why the page of a stub could not be read."""

    id: int
    title: str | None
    title_marked: str | None
    url: str
    source: str | None
    language: str | None
    section: str | None
    kind: StoredKind
    unread_reason: str | None
    published_at: datetime | None
    published_offset_min: int | None
    published_day: date | None
    story_id: int | None
    score: float
    snippet: str


class ValueCount(BaseModel):
    """A value and the number of articles that have it."""

    value: str
    count: int


class FacetsJson(BaseModel):
    """The most frequent values in the newest 1,000 articles that were found, and names in the first 200 of the list.

    `/api/count` counts all of them."""

    source: list[ValueCount]
    language: list[ValueCount]
    section: list[ValueCount]
    kind: list[ValueCount]
    entity: list[ValueCount]


class SearchPage(BaseModel):
    """One page of the articles that were found; `total` is the number of all of them. `suggestion`: another query, if
    nothing was found and no article has one of the words."""

    items: list[HitJson]
    total: int
    suggestion: str | None
    facets: FacetsJson
    next: str | None


class EntityCountJson(BaseModel):
    """An entity with its number of articles and mentions."""

    id: int
    name: str
    type: EntityType
    wikidata: str | None
    article_count: int
    mention_count: int


class Entities(BaseModel):
    """The most mentioned entities, most mentions first."""

    items: list[EntityCountJson]
    next: str | None


class DayCount(BaseModel):
    """A day and its number of articles."""

    day: date
    article_count: int


class Timeline(BaseModel):
    """Number of articles per day that mention an entity, oldest first; days without articles are left out."""

    entity: EntityCountJson
    items: list[DayCount]
    next: None


class StoryJson(BaseModel):
    """A group of articles that report the same story."""

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
    next: None


class StoryPage(BaseModel):
    """One page of the list of stories, the last changed first."""

    items: list[StoryJson]
    next: str | None


class SourceJson(BaseModel):
    """A source; `days`: number of articles published on each of the last days (UTC)."""

    key: str
    name: str | None
    homepage: str | None
    article_count: int
    stub_count: int
    newest_at: datetime | None
    feed_count: int
    failing_feed_count: int
    days: list[DayCount]


class Sources(BaseModel):
    """Every source, those with most articles first."""

    items: list[SourceJson]
    next: str | None


class StatsJson(BaseModel):
    """Counts over the whole database."""

    articles: int
    stubs: int
    duplicates: int
    revisions: int
    entities: int
    rejects: int
    by_source: dict[str, int]
    by_day: dict[date, int]
    by_language: dict[str, int]
    rejects_by_reason: dict[str, int]


class CompletionJson(BaseModel):
    """A value of a filter; `label`: what people know it by, of a source its name."""

    value: str
    label: str
    article_count: int


class CompletionList(BaseModel):
    """Values of a filter that begin like a text, those with most articles first."""

    items: list[CompletionJson]
    next: None


class CountNumbers(BaseModel):
    """Number of articles that each query finds, in the order of `queries`; `shares` (0 to 1) of `all_articles`.

    `all_articles` and `shares` are null if shares are not asked for; a share is null where there is no article."""

    counts: list[int]
    all_articles: int | None
    shares: list[float | None] | None


class CountItem(CountNumbers):
    """The numbers of a period, source, tag, language, country or name.

    `value`: first day of a week, "2026-11" for a month, key of a source, id of an entity; null: articles without one."""

    value: str | None
    name: str | None


class Counts(BaseModel):
    """Numbers of articles: periods from the first to the last without gaps, others with the greatest numbers first."""

    by: Literal["day", "week", "month", "source", "tag", "language", "country", "entity"] | None
    queries: list[str]
    total: CountNumbers
    items: list[CountItem]
    next: None
