"""Items that spiders yield and item pipelines process.

An `Article` is the content of one page. What only a database can know (story, revision) is not part of it, except its id and
the outcome of storing it, which it has once it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, get_args

EntityType = Literal["PER", "ORG", "LOC"]
ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)

PageKind = Literal[
    "article",
    "live_blog",
    "gallery",
    "video",
    "list",
    "shop",
    "service",
    "forum",
    "documentation",
    "event",
    "paywall",
    "error",
    "empty",
    "stub",
]
PAGE_KINDS: tuple[PageKind, ...] = get_args(PageKind)
Outcome = Literal["new", "changed", "unchanged", "duplicate", "conflict"]
"""What storing an article has led to (`Article.outcome`)."""
StoredKind = Literal["article", "live_blog", "stub"]
STORED_KINDS: tuple[StoredKind, ...] = get_args(StoredKind)
"""Kinds that a stored article can have."""
STUB: Literal["stub"] = "stub"
"""Kind of what is stored in place of an article whose page cannot be read: what a feed says of it, without a text."""
READ_KINDS: tuple[StoredKind, ...] = ("article", "live_blog")
"""Kinds of pages that are stored as articles."""
FROM_FEED = "feed "
"""Beginning of the names of rules whose value a feed has given, not the page."""
GONE = frozenset({"http-404", "http-410"})
"""Reasons of rejects which mean that the page no longer exists."""


@dataclass(slots=True, kw_only=True)
class Mention:
    """One mention of a person, an organisation or a place in a text.

    `text == body[start:end]`; offsets count characters (code points), not bytes.
    """

    start: int
    end: int
    text: str
    type: EntityType


@dataclass(slots=True, kw_only=True)
class Entity:
    """A person, organisation or place in one article, with all its mentions."""

    name: str
    """The fullest form found, or the canonical name if a curated table has one ("United States")."""
    type: EntityType
    mentions: list[Mention] = field(default_factory=list)
    """All mentions in text order; not empty once entities are linked."""
    role: str | None = None
    """Role of a person in an apposition ("Foreign Minister"), as written."""
    country: str | None = None
    """Country of a place (ISO 3166-1 alpha-2) in the sense of the article; None if unknown, or if it is no place."""
    wikidata: str | None = None
    """Wikidata id of the best-known bearer of the name ("Q64"); None if the tables do not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The HTTP response that a page came from, with what is needed to request it again."""

    url: str
    """URL of the request, before redirects."""
    status: int | None = None
    """HTTP status; None if there was no response."""
    size_bytes: int | None = None
    """Size of the decompressed body."""
    latency_ms: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    """Last-Modified header as sent."""
    archived_at: datetime | None = None
    """Time of the request if the page comes from an archive; None if it was fetched now."""
    warc_file: str | None = None
    """WARC file with the response: relative to the archive folder, or the path of a file in another archive."""
    warc_offset: int | None = None
    """Offset of the record in `warc_file`, in bytes."""
    warc_record_id: str | None = None
    """WARC-Record-ID of the record."""
    payload_digest: str | None = None
    """Digest of the body as sent, in the form that WARC files use (`sha1:...`)."""
    is_repeat: bool = False
    """Whether the archive already had the same response; the record is then the earlier one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """What a feed or news sitemap says of an article. Times are aware and in UTC; None and () mean: not said."""

    title: str | None = None
    published_at: datetime | None = None
    published_offset_min: int | None = None
    modified_at: datetime | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    language: str | None = None
    """ISO 639-1."""
    former_url: str | None = None
    """Address that the feed gave for the article before, at which it is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of an article."""

    url: str
    """Absolute http(s) URL of its largest form."""
    caption: str | None = None
    """What is printed below it, without the credit."""
    credit: str | None = None
    """Who took it or owns it ("Ada Kovac/dpa"), without "Photo:"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link in the text of an article."""

    url: str
    """Absolute http(s) URL."""
    text: str
    """The words that are linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A paragraph that cleaning has removed from the text of an article."""

    place: int
    """Its index among the paragraphs of the text with all that was removed."""
    text: str
    key: bytes
    """As in `cleaning.boilerplate.block_keys`."""
    is_learnt: bool
    """Whether the site repeats it; else it invites the reader to share, follow or subscribe."""


@dataclass(slots=True, kw_only=True)
class Article:
    """The content of one page: a news article, or a page of another `kind` with the fields that were found.

    Times are aware and in UTC. `None`, an empty list and an empty string mean: not found. What is printed of an article is
    the beginning of what is known of it; `to_dict` has all.
    """

    url: str
    """URL of the page after redirects; a `file:` URL if no other is known."""
    canonical_url: str | None = field(default=None, repr=False)
    """Absolute URL that the page declares as its own (link rel=canonical, og:url); None if it declares none. It may be on
    another site: then it says whose text this is, and not what this page is."""
    aliases: list[str] = field(default_factory=list, repr=False)
    """URLs that redirected to the page."""
    claims: list[str] = field(default_factory=list, repr=False)
    """Other URLs that the publisher calls this article's: on another host of its source, or formerly given by its feed."""
    source: str | None = None
    """Key of the source in the catalog, else the host of the URL without `www.`."""
    title: str | None = None
    """Headline without the name of the site."""
    description: str | None = field(default=None, repr=False)
    """Summary that the page declares for search engines and feeds."""
    authors: list[str] = field(default_factory=list)
    """Names as printed, without "By". An agency (dpa, Reuters) counts as an author."""
    published_at: datetime | None = None
    """Time of first publication. A date without an offset is read in the time zone of the source, else in UTC."""
    published_offset_min: int | None = field(default=None, repr=False)
    """Minutes by which clocks were ahead of UTC where it was published, as far as the page or the source gives it."""
    modified_at: datetime | None = field(default=None, repr=False)
    """Time of the last change that the page declares."""
    language: str | None = None
    """ISO 639-1 code of the language detected in the text; ISO 639-3 if no two-letter code exists."""
    section: str | None = field(default=None, repr=False)
    """Section of the site that the article belongs to ("Politics")."""
    topics: list[str] = field(default_factory=list, repr=False)
    """Keywords and tags that the page declares, in page order and without repeats."""
    image_url: str | None = field(default=None, repr=False)
    """Absolute http(s) URL of the lead image."""
    body: str = field(default="", repr=False)
    """Text: paragraphs and subheadings, separated by blank lines; without headline, byline, captions and promotion."""
    body_markdown: str = field(default="", repr=False)
    """The same text as Markdown: headings, lists, tables, quotations, links and pictures (`newsbot.extraction.structure.markdown`)."""
    images: list[Image] = field(default_factory=list, repr=False)
    """Pictures inside the text, in page order, and the lead image; without icons, portraits of authors and teasers."""
    links: list[Link] = field(default_factory=list, repr=False)
    """Links to web pages in the text, in its order and without repeats."""
    word_count: int = 0
    """Number of words in `body`; in scripts without spaces, two characters count as a word."""
    kind: PageKind = "article"
    """Kind of page. Only pages of `READ_KINDS` are stored as articles, and stubs in place of pages that cannot be read."""
    is_free: bool | None = field(default=None, repr=False)
    """False if the page declares its article paid (schema.org isAccessibleForFree), True if free; else None."""
    notes: list[str] = field(default_factory=list, repr=False)
    """Lines outside `body` that own up to a change ("Correction: ..."), give its date, or announce one."""
    entities: list[Entity] = field(default_factory=list, repr=False)
    """People, organisations and places in `body`."""
    entity_engine: str | None = field(default=None, repr=False)
    """Name and version of the engine that found `entities`; None if no engine has run."""
    retrieved_at: datetime | None = field(default=None, repr=False)
    """Time at which the page was fetched; for archived pages, the time recorded in the archive."""
    rules: dict[str, str] = field(default_factory=dict, repr=False)
    """Name of a field -> name of the rule that found its value ("json-ld headline")."""
    removed: list[Removed] = field(default_factory=list, repr=False)
    """Paragraphs that cleaning has removed from `body`, in their order."""
    extractor_version: str | None = field(default=None, repr=False)
    """Versions of the rules that read the page, as `rule_versions.label` writes them; None if it did not come in as a
    page."""
    id: int | None = field(default=None, compare=False)
    """Id in the database; None before it is stored."""
    outcome: Outcome | None = field(default=None, compare=False)
    """What storing it has led to; None before it is stored. `new`, also if it was a stub before; `duplicate`: new, with the
    text of another article; `changed` since it was last seen; `unchanged`, or without a change that a reader would notice;
    `conflict`: the page is only a teaser of the stored article, which stays as it is."""

    def to_dict(self) -> dict[str, Any]:
        """Return the article as the JSON object that `newsbot extract` prints: texts, numbers, lists and dictionaries.

        Times are ISO 8601 with "Z"."""
        return article_json(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPage:
    """The WARC record that holds a page."""

    file: str
    """WARC file: relative to the archive folder, or the path of a file in another archive."""
    offset: int | None
    """Offset of the record in bytes; None if it cannot be found again by one."""
    record_id: str | None
    """WARC-Record-ID."""
    digest: str | None
    """Digest of the body as it was sent (`sha1:...`)."""


@dataclass(slots=True, kw_only=True)
class Reject:
    """A page that is not stored as an article, and the reason. Every fetched page becomes an `Article` or a `Reject`."""

    url: str
    reason: str
    """Short code: "list", "gallery", "paywall", "empty", "too-large", "http-404", "stage-failed", ..."""
    detail: str = ""
    """Explanation on one line, for example the limit or the exception."""
    source: str | None = None
    stage: str = "extract"
    """Step that rejected the page: "fetch", "extract", or the name of a pipeline stage."""
    fetched: Fetched | None = None
    """HTTP response that the page came from; None for a page from a file."""
    stub: Article | None = None
    """What a feed says of the article, to be stored while its page cannot be read; None if nothing is stored for it."""


def parse_kinds(texts: Iterable[str]) -> tuple[StoredKind, ...]:
    """Return the kinds that texts name, separated by commas. Raises ValueError that says which are accepted."""
    names = [name for text in texts for part in text.split(",") if (name := part.strip())]
    known = {str(kind): kind for kind in STORED_KINDS}
    for name in names:
        if name not in known:
            raise ValueError(f"no kind {name!r}; accepted: {', '.join(known)}")
    return tuple(dict.fromkeys(known[name] for name in names))


def utc_text(moment: datetime | None) -> str | None:
    """Return an aware UTC time as ISO 8601 with "Z", to the second; None for None."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def local_day(at: datetime, offset_min: int | None) -> date:
    """Return the day of a moment where clocks are `offset_min` minutes ahead of UTC; the day in UTC if that is not known."""
    return (at.astimezone(UTC) + timedelta(minutes=offset_min or 0)).date()


def published_json(published_at: datetime | None, offset_min: int | None) -> dict[str, Any]:
    """Return a date of publication as a part of a JSON object: the moment, its offset, and the day at the place."""
    return {
        "published_at": utc_text(published_at),
        "published_offset_min": offset_min,
        "published_day": published_at and local_day(published_at, offset_min).isoformat(),
    }


def entity_json(entity: Entity) -> dict[str, Any]:
    """Return an entity as a JSON object."""
    return {
        "name": entity.name,
        "type": entity.type,
        "count": len(entity.mentions),
        "country": entity.country,
        "wikidata": entity.wikidata,
        "mentions": [{"start": m.start, "end": m.end, "text": m.text} for m in entity.mentions],
    }


def provenance_json(article: Article, archived: ArchivedPage | None = None) -> dict[str, Any]:
    """Return where the values of an article come from, as a JSON object."""
    return {
        "rules": article.rules,
        "extractor_version": article.extractor_version,
        "entity_engine": article.entity_engine,
        "retrieved_at": utc_text(article.retrieved_at),
        "warc": archived and asdict(archived),
    }


def article_json(article: Article) -> dict[str, Any]:
    """Return an article as a public JSON object, without the fields that only a database can know."""
    return {
        "url": article.url,
        "canonical_url": article.canonical_url,
        "source": article.source,
        "title": article.title,
        "description": article.description,
        "authors": article.authors,
        **published_json(article.published_at, article.published_offset_min),
        "modified_at": utc_text(article.modified_at),
        "language": article.language,
        "section": article.section,
        "topics": article.topics,
        "image_url": article.image_url,
        "body": article.body,
        "body_markdown": article.body_markdown or None,
        "images": [asdict(image) for image in article.images],
        "links": [asdict(link) for link in article.links],
        "word_count": article.word_count,
        "kind": article.kind,
        "is_free": article.is_free,
        "entities": [entity_json(entity) for entity in article.entities],
        "provenance": provenance_json(article),
    }
