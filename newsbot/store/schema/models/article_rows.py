"""Tables of articles: URLs, authors, topics, revisions, sketches and stories."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, false, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.schema.models.base import ArticleId, Base, Id, Json, Short
from newsbot.store.schema.types import RowId


class Story(Base):
    """A group of near duplicates; its members are the articles with its `story_id`."""

    __tablename__ = "stories"

    id: Mapped[Id]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    member_count: Mapped[int]


class ArticleRow(Base):
    """An article as it was last seen; its earlier content is in `revisions`."""

    __tablename__ = "articles"
    __table_args__ = (
        # Counts by any of these are read from this index alone.
        Index("ix_articles_counts", "dated_at", "id", "published_offset_min", "source", "language", "kind"),
        Index(None, "source", "dated_at"),
        Index(None, "language", "dated_at"),
        Index(None, "section", "dated_at"),
        Index(
            "ix_articles_stub_dated_at",
            "dated_at",
            "id",
            "source",
            "language",
            "kind",
            "published_offset_min",
            sqlite_where=text("kind = 'stub'"),
            postgresql_where=text("kind = 'stub'"),
        ),
    )

    id: Mapped[Id]
    url: Mapped[str]
    """URL at which it was first fetched; all its URLs are in `article_urls`."""
    canonical_url: Mapped[str | None]
    source: Mapped[Short | None] = mapped_column(ForeignKey("sources.key"))
    title: Mapped[str | None]
    description: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_offset_min: Mapped[int | None]
    """Minutes east of UTC: with `dated_at` it gives the day of publication where the article was published."""
    modified_at: Mapped[datetime | None]
    dated_at: Mapped[datetime]
    """`published_at`, or `first_seen_at` if the page has no date. Lists sort and filter by this time."""
    language: Mapped[Short | None]
    section: Mapped[Short | None]
    image_url: Mapped[str | None]
    word_count: Mapped[int]
    kind: Mapped[str]
    is_free: Mapped[bool | None]
    entity_engine: Mapped[str | None]
    extractor_version: Mapped[str | None]
    """Versions of the rules that extracted it, as `rule_versions.label` writes them."""
    rules: Mapped[dict[str, str]] = mapped_column(JSON)
    text_key: Mapped[bytes] = mapped_column(index=True)
    """Equal for equal texts at any URL."""
    content_key: Mapped[bytes]
    """Equal as long as no field that a revision records changes."""
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
    agency: Mapped[Short | None]
    """The news agency that its byline, dateline or last line credits; see `newsbot.dedupe.agencies`."""
    run_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("runs.id", ondelete="SET NULL"))
    """The run that stored it first."""
    retrieved_at: Mapped[datetime | None]
    """When this content was fetched."""
    first_seen_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime]
    notes: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    """Lines outside the body that own up to a change, as `Article.notes`."""
    gone_at: Mapped[datetime | None]
    """Time since when the server says that there is no such page (404, 410); None once it is back."""
    body: Mapped[str]
    """Behind the other columns, so that SQLite does not read the text to get at any of them."""
    body_markdown: Mapped[str | None]
    """As `Article.body_markdown`; None if it is the text without any marks."""
    images: Mapped[list[dict[str, str | None]]] = mapped_column(JSON, server_default="[]")
    """As `Article.images` in JSON: objects with `url`, `caption` and `credit`."""


IS_STUB = ArticleRow.kind == literal_column("'stub'")
"""Condition of stubs. A literal, as in the index of the stubs: SQLite uses that for no parameter."""


class ArticleSketch(Base):
    """The keys and the content by which near duplicates are found and compared; see `newsbot.dedupe.sketches`.

    There is one column for each key, because ten rows with their headers would take twice the space on PostgreSQL."""

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
    """A URL of an article on its own site: its canonical one, redirects, AMP, tracking parameters.

    An address that is used again belongs to the article that is there now; `article_ways` has those before."""

    __tablename__ = "article_urls"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    url_hash: Mapped[bytes] = mapped_column(primary_key=True)
    article_id: Mapped[ArticleId] = mapped_column(index=True)
    url: Mapped[str]
    since: Mapped[datetime | None]
    """When the article was first seen there; None: when it was first seen at all."""


class ArticleWay(Base):
    """A URL that has led to an article and does not name it.

    Another article is there now, or it is an address of another site that redirected to the article."""

    __tablename__ = "article_ways"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    url_hash: Mapped[bytes] = mapped_column(primary_key=True)
    article_id: Mapped[ArticleId] = mapped_column(primary_key=True, index=True)
    url: Mapped[str]
    since: Mapped[datetime]
    """When it first led to the article."""
    until: Mapped[datetime]
    """When it last did."""
    is_redirect: Mapped[bool]
    """It belongs to another site; else it was the article's own address."""


class Revision(Base):
    """The content of an article before a change."""

    __tablename__ = "revisions"
    __table_args__ = (
        Index(
            "ix_revisions_edits",
            "replaced_at",
            "article_id",
            "revision",
            "is_silent",
            "by_rules",
            "title_changed",
            "body_changed",
        ),
    )

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    """Number of the content that was replaced: 1 for the first."""
    replaced_at: Mapped[datetime]
    run_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("runs.id", ondelete="SET NULL"))
    """The run that found the change."""
    title_changed: Mapped[bool]
    body_changed: Mapped[bool]
    content_key: Mapped[bytes]
    changes: Mapped[Json]
    """Field name -> value before the change, for the fields that changed. For the body, if that is shorter, a list of
    `dedupe.revisions.Splice`: the parts to replace in the body after the change."""
    by_rules: Mapped[bool] = mapped_column(server_default=false(), index=True)
    """The page is the same, but newsbot's rules read it differently now: no edit by the publisher."""
    is_silent: Mapped[bool] = mapped_column(server_default=false())
    """Headline or text changed, but the page does not state that it was modified."""
    evidence: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    """The fact that decided on `is_silent`, as `dedupe.admissions.Evidence.to_json` writes it; None: decided by the rules
    of an earlier version."""


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


class ArticleLink(Base):
    """A link in the text of an article; `position` 0 comes first."""

    __tablename__ = "article_links"
    __table_args__ = (Index(None, "host", "article_id"), {"sqlite_with_rowid": False})

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[Short]
    """Host of the URL in lower case, without `www.`."""
    url: Mapped[str]
    text: Mapped[str]
    """The words that are linked."""


class ArticleVector(Base):
    """What an article is about, as `newsbot.embeddings` computes it; articles from before it was switched on have none.

    A changed text gets a row with a new `id`, so that readers find what is new by it."""

    __tablename__ = "article_vectors"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - or SQLite gives the id of a deleted row again

    id: Mapped[Id]
    article_id: Mapped[ArticleId] = mapped_column(unique=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """Signed bytes."""
    version: Mapped[Short]
    """Version of the network. Vectors of different versions cannot be compared."""


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
