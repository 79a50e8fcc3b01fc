"""The items that spiders yield and pipelines pass on.

An `Article` is what one page says; what only a database can know (its id, story, revision) is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

EntityType = Literal["PER", "ORG", "LOC"]
ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)

PageKind = Literal["article", "live_blog", "gallery", "video", "list", "paywall", "error", "empty"]
PAGE_KINDS: tuple[PageKind, ...] = get_args(PageKind)
STORED_KINDS: tuple[PageKind, ...] = ("article", "live_blog")
GONE = frozenset({"http-404", "http-410"})
"""Reasons of rejects that mean: the page no longer exists."""


@dataclass(slots=True, kw_only=True)
class Mention:
    """One place in a text that names a person, an organisation or a place.

    `text == body[start:end]`; offsets count characters (code points), not bytes.
    """

    start: int
    end: int
    text: str
    type: EntityType


@dataclass(slots=True, kw_only=True)
class Entity:
    """A person, organisation or place of one article, with every mention joined under one name."""

    name: str
    """The fullest form found, or the canonical one where a curated table knows it ("United States")."""
    type: EntityType
    mentions: list[Mention] = field(default_factory=list)
    """In the order of the text; never empty once linked."""
    role: str | None = None
    """What the text calls a person in apposition ("Foreign Minister"), as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """How a page came over the network: what its server said, for the next time it is asked."""

    url: str
    """What was asked for, before redirects."""
    status: int | None = None
    """HTTP status; None if no answer came."""
    size_bytes: int | None = None
    """Of the body, decompressed."""
    latency_ms: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    """The header as sent."""
    retry_after: datetime | None = None
    """Until when the host asks to be left alone."""
    archived_at: datetime | None = None
    """When it was fetched, if it comes from an archive; None if it came just now."""
    warc_file: str | None = None
    """The WARC that holds the answer: relative to the archive's folder, or the path of another archive."""
    warc_offset: int | None = None
    """Where in `warc_file` its record begins, in bytes."""
    payload_digest: str | None = None
    """Of the body as it was sent, as WARCs write it (`sha1:...`)."""
    is_repeat: bool = False
    """The same answer was kept before: the record is of that time."""


@dataclass(slots=True, kw_only=True)
class Article:
    """What one page says: a news article, or a page of another `kind` with as much as was found.

    Times are aware and in UTC. `None` or an empty list or string: not found.
    """

    url: str
    """Where the page was fetched, after redirects; a `file:` URL if nothing better is known."""
    canonical_url: str | None = None
    """What the page itself calls its address (link rel=canonical, og:url), absolute; None if it names none."""
    aliases: list[str] = field(default_factory=list)
    """Other addresses that led here: what was asked for before redirects."""
    source: str | None = None
    """Key of the source in the catalog; otherwise the host of the URL without `www.`."""
    title: str | None = None
    """The headline, without the site's name."""
    description: str | None = None
    """The summary that the page declares for search engines and readers of feeds."""
    authors: list[str] = field(default_factory=list)
    """Names as printed, without "By"; an agency (dpa, Reuters) counts as an author."""
    published_at: datetime | None = None
    """First publication. A date without an offset is read in the source's time zone, else in UTC."""
    modified_at: datetime | None = None
    """Last change that the page declares."""
    language: str | None = None
    """ISO 639-1, judged from the text; ISO 639-3 where no two-letter code exists."""
    section: str | None = None
    """The part of the site it appeared in ("Politics")."""
    topics: list[str] = field(default_factory=list)
    """Keywords and tags that the page declares, without repeats, in their order."""
    image_url: str | None = None
    """The lead image, absolute, http or https."""
    body: str = ""
    """The text: paragraphs and sub-headlines parted by a blank line; no headline, byline, captions or promotion."""
    word_count: int = 0
    """Words of `body`; in scripts without spaces, two characters count as a word."""
    kind: PageKind = "article"
    """What the page is. Only `STORED_KINDS` are stored as articles."""
    is_free: bool | None = None
    """False behind a paywall (schema.org isAccessibleForFree, or signs on the page); None if nothing says."""
    entities: list[Entity] = field(default_factory=list)
    """People, organisations and places of `body`."""
    entity_engine: str | None = None
    """Name and version of the engine that found `entities`; None if none has run."""
    retrieved_at: datetime | None = None
    """When the page was fetched; for archived pages the archive's time."""
    rules: dict[str, str] = field(default_factory=dict)
    """Field name -> the rule that gave its value ("json-ld headline"), for debugging and re-extraction."""


@dataclass(slots=True, kw_only=True)
class Reject:
    """A page that is not stored as an article, and why. Nothing that was fetched is dropped without one."""

    url: str
    reason: str
    """A slug from a small set: "list", "gallery", "paywall", "empty", "too-large", "http-404", "stage-failed"..."""
    detail: str = ""
    """One line for a person: which limit, which exception."""
    source: str | None = None
    stage: str = "extract"
    """Where it ended: "fetch", "extract", or the name of a pipeline stage."""
    fetched: Fetched | None = None
    """How it came over the network; None for a page from a file."""


def utc_text(moment: datetime | None) -> str | None:
    """Return an aware UTC time as ISO 8601 with "Z", to the second; None stays None."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def entity_json(entity: Entity) -> dict[str, Any]:
    """Return the JSON form of one entity of an article."""
    return {
        "name": entity.name,
        "type": entity.type,
        "count": len(entity.mentions),
        "mentions": [{"start": m.start, "end": m.end, "text": m.text} for m in entity.mentions],
    }


def article_json(article: Article) -> dict[str, Any]:
    """Return the public JSON form of an article, without the fields that only a database can know."""
    return {
        "url": article.url,
        "canonical_url": article.canonical_url,
        "source": article.source,
        "title": article.title,
        "description": article.description,
        "authors": article.authors,
        "published_at": utc_text(article.published_at),
        "modified_at": utc_text(article.modified_at),
        "language": article.language,
        "section": article.section,
        "topics": article.topics,
        "image_url": article.image_url,
        "body": article.body,
        "word_count": article.word_count,
        "entities": [entity_json(entity) for entity in article.entities],
    }
