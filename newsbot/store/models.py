"""The tables, one class each. Stable names: other programs read them.

Times are UTC. A `url_hash` is `keys.url_hash` of the canonical form of the URL beside it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, MetaData, UniqueConstraint, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from newsbot.items import EntityType
from newsbot.store.columns import Hash, Name, RowId, StoredText, UtcDateTime

Id = Annotated[int, mapped_column(RowId, primary_key=True)]
Short = Annotated[str, mapped_column(Name)]
Json = Annotated[dict[str, Any], mapped_column(JSON)]
ArticleId = Annotated[int, mapped_column(RowId, ForeignKey("articles.id", ondelete="CASCADE"))]
EntityId = Annotated[int, mapped_column(RowId, ForeignKey("entities.id", ondelete="CASCADE"))]


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can change it on either database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: StoredText, bytes: Hash, datetime: UtcDateTime}  # noqa: RUF012


class Run(Base):
    """One start of a spider."""

    __tablename__ = "runs"

    id: Mapped[Id]
    spider: Mapped[str]
    arguments: Mapped[Json]
    version: Mapped[str]
    """Newsbot's."""
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    """None while it runs, and for ever if it was killed."""
    finish_reason: Mapped[str | None]
    process: Mapped[Short | None]
    """`host:pid`: tells whether the leases of a run that did not finish are anybody's still."""
    counts: Mapped[Json]


class Source(Base):
    """A source of the catalog, or the host of pages that belong to none."""

    __tablename__ = "sources"

    key: Mapped[Short] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    homepage: Mapped[str | None]
    first_seen_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    """Its host has asked (Retry-After) to be left alone until then."""


class BoilerplateSite(Base):
    """How many articles of a source its boilerplate was learnt from."""

    __tablename__ = "boilerplate_sites"

    source: Mapped[Short] = mapped_column(ForeignKey("sources.key", ondelete="CASCADE"), primary_key=True)
    article_count: Mapped[int]


class BoilerplateBlock(Base):
    """A short paragraph near an end of a source's recent articles; what recurs is removed from all of them.

    A row goes when `cleaning.boilerplate.MEMORY` articles have come without it."""

    __tablename__ = "boilerplate_blocks"
    __table_args__ = (Index(None, "source", "last_article"), {"sqlite_with_rowid": False})

    source: Mapped[Short] = mapped_column(ForeignKey("sources.key", ondelete="CASCADE"), primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    """`cleaning.boilerplate.block_keys`: of its words, and the end that they stand at."""
    text: Mapped[str]
    """As it was last printed."""
    article_count: Mapped[int]
    """Different articles that it stood in; the copies and updates of one story count once."""
    weight: Mapped[float]
    last_article: Mapped[int]
    marks: Mapped[dict[str, int]] = mapped_column(JSON)
    """See `cleaning.boilerplate.Tally` for these three."""
    is_learnt: Mapped[bool]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Story(Base):
    """A group of articles that tell the same; its members are the articles with its `story_id`."""

    __tablename__ = "stories"

    id: Mapped[Id]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    member_count: Mapped[int]


class ArticleRow(Base):
    """An article as it was last seen; what it said before is in `revisions`."""

    __tablename__ = "articles"
    __table_args__ = (
        Index(None, "dated_at", "id"),
        Index(None, "source", "dated_at"),
        Index(None, "language", "dated_at"),
    )

    id: Mapped[Id]
    url: Mapped[str]
    """Where it was first fetched; every URL it was met under is in `article_urls`."""
    canonical_url: Mapped[str | None]
    source: Mapped[Short | None] = mapped_column(ForeignKey("sources.key"))
    title: Mapped[str | None]
    description: Mapped[str | None]
    published_at: Mapped[datetime | None]
    modified_at: Mapped[datetime | None]
    dated_at: Mapped[datetime]
    """`published_at`, or `first_seen_at` where the page has no date: what lists sort and filter by."""
    language: Mapped[Short | None]
    section: Mapped[Short | None] = mapped_column(index=True)
    image_url: Mapped[str | None]
    word_count: Mapped[int]
    kind: Mapped[str]
    is_free: Mapped[bool | None]
    entity_engine: Mapped[str | None]
    extractor_version: Mapped[str | None]
    """Version of newsbot that extracted it."""
    rules: Mapped[dict[str, str]] = mapped_column(JSON)
    text_key: Mapped[bytes] = mapped_column(index=True)
    """Equal for equal texts, whatever their URL."""
    content_key: Mapped[bytes]
    """Equal while nothing of what a revision records has changed."""
    revision: Mapped[int]
    """1 when new; one more for every row in `revisions`."""
    duplicate_of: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("articles.id", ondelete="SET NULL"), index=True
    )
    duplicate_kind: Mapped[str | None]
    """`exact`, `near` or `excerpt`."""
    story_id: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("stories.id", ondelete="SET NULL"), index=True
    )
    story_role: Mapped[str | None]
    """`original`, `copy`, `update` or `excerpt`."""
    run_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("runs.id", ondelete="SET NULL"))
    """The run that stored it first."""
    retrieved_at: Mapped[datetime | None]
    """When this content was fetched."""
    first_seen_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime]
    body: Mapped[str]
    """Last, so that SQLite does not read the text when it looks for anything else."""


class ArticleSketch(Base):
    """What near duplicates of an article are found and recognised by; see `newsbot.dedupe.sketches`.

    A column a key rather than a row a key: rows have a head on PostgreSQL, and ten would take twice the room."""

    __tablename__ = "article_sketches"
    __table_args__ = tuple(Index(None, f"key_{place}", "article_id") for place in range(10))

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    key_0: Mapped[int | None]
    key_1: Mapped[int | None]
    key_2: Mapped[int | None]
    key_3: Mapped[int | None]
    key_4: Mapped[int | None]
    key_5: Mapped[int | None]
    key_6: Mapped[int | None]
    key_7: Mapped[int | None]
    key_8: Mapped[int | None]
    key_9: Mapped[int | None]


class ArticleUrl(Base):
    """A URL that leads to an article: its canonical one, redirects, AMP, tracking parameters."""

    __tablename__ = "article_urls"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    url_hash: Mapped[bytes] = mapped_column(primary_key=True)
    article_id: Mapped[ArticleId] = mapped_column(index=True)
    url: Mapped[str]


class Revision(Base):
    """What an article said before its content changed."""

    __tablename__ = "revisions"

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    """Of the content that was replaced: 1 for the first."""
    replaced_at: Mapped[datetime] = mapped_column(index=True)
    run_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("runs.id", ondelete="SET NULL"))
    """The run that met the change."""
    title_changed: Mapped[bool]
    body_changed: Mapped[bool]
    content_key: Mapped[bytes]
    changes: Mapped[Json]
    """Field name -> its value before the change, of the fields that changed."""
    by_rules: Mapped[bool] = mapped_column(server_default=false())
    """The page is the same; newsbot's rules now read it otherwise. No edit by the publisher."""


class Author(Base):
    """A name as printed in bylines."""

    __tablename__ = "authors"

    id: Mapped[Id]
    name: Mapped[Short] = mapped_column(unique=True)


class ArticleAuthor(Base):
    """An author of an article; `position` 0 is named first."""

    __tablename__ = "article_authors"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("authors.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]


class Topic(Base):
    """A keyword or tag as pages declare it."""

    __tablename__ = "topics"

    id: Mapped[Id]
    name: Mapped[Short] = mapped_column(unique=True)


class ArticleTopic(Base):
    """A topic of an article; `position` 0 is declared first."""

    __tablename__ = "article_topics"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]


class EntityRow(Base):
    """A person, organisation or place, one row whatever the number of articles that name it."""

    __tablename__ = "entities"

    id: Mapped[Id]
    type: Mapped[EntityType] = mapped_column(Name)
    key: Mapped[Short] = mapped_column(unique=True)
    """`entities.keys.entity_key`: type, colon, folded name."""
    name: Mapped[str]


class EntityAlias(Base):
    """A form under which texts name an entity ("Lavrov")."""

    __tablename__ = "entity_aliases"

    entity_id: Mapped[EntityId] = mapped_column(primary_key=True)
    name: Mapped[Short] = mapped_column(primary_key=True)
    key: Mapped[Short] = mapped_column(index=True)
    """`name` without regard to case."""


class ArticleEntity(Base):
    """An entity of an article."""

    __tablename__ = "article_entities"
    # What is asked about entities is answered from these alone.
    __table_args__ = (
        Index(None, "dated_at", "entity_id", "mention_count"),
        Index(None, "entity_id", "dated_at", "mention_count", "salience"),
        {"sqlite_with_rowid": False},
    )

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityId] = mapped_column(primary_key=True)
    dated_at: Mapped[datetime]
    """The article's, here too so that timelines need no look at the articles."""
    mention_count: Mapped[int]
    role: Mapped[str | None]
    """What the text calls a person in apposition ("Foreign Minister")."""
    salience: Mapped[float] = mapped_column(server_default=text("0"))
    """How much the article is about it, 0 to 1; see `entities.linking.salience`. Above 0.5: about it."""


class EntityCorrection(Base):
    """What a person has corrected: what is found under `key` is another entity, all of it or one form."""

    __tablename__ = "entity_corrections"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    key: Mapped[Short] = mapped_column(primary_key=True)
    """As in `entities`."""
    form: Mapped[Short] = mapped_column(primary_key=True)
    """`keys.name_key` of the mentions that are meant; empty: all."""
    type: Mapped[EntityType] = mapped_column(Name)
    name: Mapped[Short]
    """Type and name of the entity that they are of."""
    target_key: Mapped[Short] = mapped_column(index=True)
    """Its key."""


class MentionRow(Base):
    """One place of an article's body that names an entity: `text = body[start_offset:end_offset]`, in characters."""

    __tablename__ = "mentions"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    start_offset: Mapped[int] = mapped_column(primary_key=True)
    end_offset: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityId] = mapped_column(index=True)
    text: Mapped[str]


class Feed(Base):
    """A feed, sitemap or section page, and what polling it has taught."""

    __tablename__ = "feeds"

    id: Mapped[Id]
    url_hash: Mapped[bytes] = mapped_column(unique=True)
    url: Mapped[str]
    source: Mapped[Short] = mapped_column(ForeignKey("sources.key"), index=True)
    kind: Mapped[str]
    """`feed`, `sitemap`, `section` or `homepage`."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    """The header as sent."""
    content_hash: Mapped[bytes | None]
    """Of the last content: servers lie about the two headers."""
    interval_s: Mapped[float | None]
    next_poll_at: Mapped[datetime | None] = mapped_column(index=True)
    """None: at once."""
    last_polled_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_new_at: Mapped[datetime | None]
    """When it last led to an article that was new."""
    failure_count: Mapped[int] = mapped_column(server_default=text("0"))
    """Since the last success."""
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]


class FrontierRow(Base):
    """A URL to fetch, and how far that has come."""

    __tablename__ = "frontier"
    __table_args__ = (Index(None, "source", "state", "priority"), Index(None, "source", "next_try_at"))

    id: Mapped[Id]
    url_hash: Mapped[bytes] = mapped_column(unique=True)
    url: Mapped[str]
    source: Mapped[Short | None]
    state: Mapped[Short]
    """`pending`, `leased`, `done`, `failed` (tried again at `next_try_at`) or `gone`."""
    priority: Mapped[int] = mapped_column(server_default=text("0"))
    """Higher is fetched earlier."""
    discovered_at: Mapped[datetime]
    discovered_in: Mapped[int | None] = mapped_column(RowId, ForeignKey("feeds.id", ondelete="SET NULL"))
    expected_change_at: Mapped[datetime | None]
    """The newest date that a feed or sitemap gives for the page."""
    lease_run_id: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("runs.id", ondelete="SET NULL"), index=True
    )
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    next_try_at: Mapped[datetime | None]
    """When it falls due again: the end of a lease, the next try, the next look for changes. None: at once if
    pending, else never."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
    article_id: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("articles.id", ondelete="SET NULL"), index=True
    )
    done_at: Mapped[datetime | None]


class Fetch(Base):
    """One answer, or none, to one request."""

    __tablename__ = "fetches"
    __table_args__ = (Index(None, "url_hash", "fetched_at"), Index(None, "source", "fetched_at"))

    id: Mapped[Id]
    url_hash: Mapped[bytes]
    url: Mapped[str]
    source: Mapped[Short | None]
    run_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("runs.id", ondelete="SET NULL"), index=True)
    fetched_at: Mapped[datetime]
    outcome: Mapped[str]
    """What came of it: `article`, `reject`, `not-modified`, `feed`, `error`..."""
    status: Mapped[int | None]
    """HTTP status; None if no answer came."""
    size_bytes: Mapped[int | None]
    latency_ms: Mapped[int | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    warc_file: Mapped[str | None]
    """The WARC that has the answer: relative to the archive's folder, or the path of another archive. Where the same
    body was kept before, the one that it was kept in."""
    warc_offset: Mapped[int | None] = mapped_column(RowId)
    """Of the record in `warc_file`, in bytes."""
    payload_digest: Mapped[str | None]
    """Of the body as it was sent, as WARCs write it (`sha1:...`)."""


class BackfillPart(Base):
    """A part of an archive that is taken in, and how far that has come."""

    __tablename__ = "backfill_parts"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """Of the file, its size, the part, and what is taken of it."""
    path: Mapped[str]
    start_offset: Mapped[int] = mapped_column(RowId)
    end_offset: Mapped[int] = mapped_column(RowId)
    done_offset: Mapped[int | None] = mapped_column(RowId)
    """Of the last record that is done; None: none is."""
    done_number: Mapped[int | None]
    """Of that record among those of its gzip member."""
    state: Mapped[str]
    """`begun`, `done` or `failed`."""
    error: Mapped[str | None]
    counts: Mapped[Json]
    """What became of its records."""
    updated_at: Mapped[datetime]


class RejectRow(Base):
    """A page that was not stored as an article, and why."""

    __tablename__ = "rejects"
    __table_args__ = (UniqueConstraint("url_hash", "stage", "reason"), Index(None, "reason", "last_seen_at"))

    id: Mapped[Id]
    url_hash: Mapped[bytes]
    url: Mapped[str]
    stage: Mapped[Short]
    reason: Mapped[Short]
    detail: Mapped[str]
    source: Mapped[Short | None] = mapped_column(index=True)
    run_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("runs.id", ondelete="SET NULL"))
    """The run that met it first."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
