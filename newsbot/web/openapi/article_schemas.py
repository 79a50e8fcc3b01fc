"""Response models of articles and their changes. The values themselves come from the store and are not converted.

Every list has `next`, the address of its next page; that of a list which is always complete is null."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from newsbot.dedupe.admissions import Reason
from newsbot.items import EntityType, StoredKind


class MentionJson(BaseModel):
    """The span of a mention in `body`, in characters."""

    start: int
    end: int
    text: str


class EntityJson(BaseModel):
    """An entity of an article."""

    name: str
    type: EntityType
    count: int
    country: str | None
    """Country of a place (ISO 3166-1 alpha-2) in the sense of the article."""
    wikidata: str | None
    mentions: list[MentionJson]


class WarcJson(BaseModel):
    """The WARC record that holds a page; `digest`: of the body as it was sent."""

    file: str
    offset: int | None
    record_id: str | None
    digest: str | None


class ProvenanceJson(BaseModel):
    """Where the values of an article come from; `rules`: field -> the rule that found its value."""

    rules: dict[str, str]
    extractor_version: str | None
    entity_engine: str | None
    retrieved_at: datetime | None
    warc: WarcJson | None


class ImageJson(BaseModel):
    """A picture of an article: its largest file, what is printed below it, and who took it."""

    url: str
    caption: str | None
    credit: str | None


class LinkJson(BaseModel):
    """A link in the text of an article, and the words that are linked."""

    url: str
    text: str


class ArticleJson(BaseModel):
    """An article with all its fields; null if not known.

    `published_at` is in UTC; `published_day` is the day where the article was published, `published_offset_min` by how
    much clocks are ahead of UTC there."""

    id: int
    url: str
    canonical_url: str | None
    source: str | None
    title: str | None
    description: str | None
    authors: list[str]
    published_at: datetime | None
    published_offset_min: int | None
    published_day: date | None
    modified_at: datetime | None
    language: str | None
    section: str | None
    topics: list[str]
    image_url: str | None
    body: str
    body_markdown: str | None
    images: list[ImageJson]
    links: list[LinkJson]
    word_count: int
    kind: StoredKind
    is_free: bool | None
    story_id: int | None
    duplicate_of: int | None
    duplicate_kind: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    revision: int
    agency: str | None
    entities: list[EntityJson]
    provenance: ProvenanceJson


class AddressJson(BaseModel):
    """An address of an article on its own site. `until`: when it was last seen there, null if it is there now; `article_id`:
    the article that is there now."""

    url: str
    since: datetime
    until: datetime | None
    article_id: int | None


class FormerArticleJson(BaseModel):
    """An article that was at an address before the one that is there now."""

    id: int
    title: str | None
    url: str
    since: datetime
    until: datetime


class ArticleDetail(ArticleJson):
    """An article with all its fields, its addresses, and the articles that were there before it."""

    addresses: list[AddressJson]
    former_articles: list[FormerArticleJson]


class ArticlePage(BaseModel):
    """One page of a list; `next` is the address of the next page."""

    items: list[ArticleJson]
    next: str | None


class RemovedParagraphJson(BaseModel):
    """A paragraph that was removed; `place`: its number among all paragraphs, with those that were removed, from 0.

    `by`: `site`, because the site repeats it, or `phrase`, because it invites the reader."""

    place: int
    block: str
    by: Literal["site", "phrase"]
    text: str


class RemovedParagraphs(BaseModel):
    """What was removed from the text of an article, in its order."""

    items: list[RemovedParagraphJson]
    next: None


class EvidenceJson(BaseModel):
    """The fact that decides whether a change is silent; null where the rules of an earlier version decided.

    `text`: the words of the page, or the time that it gives; `looked_for`: what would have owned up to a silent edit;
    `words_removed` and `words_added`: those of headline and text."""

    verdict: Literal["silent", "admitted", "no-edit", "unknown"] | None
    reason: Reason | None
    text: str | None
    looked_for: list[Reason]
    words_removed: int
    words_added: int


class RevisionJson(BaseModel):
    """The changes of one revision: field -> its value `before` and `after`.

    `by_rules`: newsbot's extraction rules changed, not the page; `is_silent`: headline or text changed, and nothing on
    the page owns up to it."""

    revision: int
    changed_at: datetime
    by_rules: bool
    is_silent: bool
    evidence: EvidenceJson
    fields: dict[str, dict[str, Any]]


class Revisions(BaseModel):
    """Every change of an article, oldest first."""

    items: list[RevisionJson]
    next: None


class RelatedJson(BaseModel):
    """A related article; `similarity` is at most 1."""

    id: int
    title: str | None
    url: str
    source: str | None
    language: str | None
    published_at: datetime | None
    published_offset_min: int | None
    published_day: date | None
    story_id: int | None
    similarity: float


class RelatedArticles(BaseModel):
    """Articles about the same things, the most alike first; `is_embedded`: whether the article itself has a vector."""

    is_embedded: bool
    items: list[RelatedJson]
    next: None
