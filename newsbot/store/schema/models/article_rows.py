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
    """When its second member was stored."""
    updated_at: Mapped[datetime] = mapped_column(index=True)
    """When a member came or changed last."""
    member_count: Mapped[int]
    """Number of its articles."""


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
    """URL that the page declares as its own; may be one of another site."""
    source: Mapped[Short | None] = mapped_column(ForeignKey("sources.key"))
    """Key of its source, or the host of its URL if it belongs to none."""
    title: Mapped[str | None]
    """Headline."""
    description: Mapped[str | None]
    """Standfirst or summary that the page declares."""
    published_at: Mapped[datetime | None]
    """When it was first published; None if the page has no date that can be believed."""
    published_offset_min: Mapped[int | None]
    """Minutes east of UTC: with `dated_at` it gives the day of publication where the article was published."""
    modified_at: Mapped[datetime | None]
    """When the page says that it was last modified."""
    dated_at: Mapped[datetime]
    """`published_at`, or `first_seen_at` if the page has no date. Lists sort and filter by this time."""
    language: Mapped[Short | None]
    """Language of the text (ISO 639-1)."""
    section: Mapped[Short | None]
    """Section of the site, as the page names it."""
    image_url: Mapped[str | None]
    """URL of its main picture."""
    word_count: Mapped[int]
    """Number of words of the body."""
    kind: Mapped[str]
    """`article`, `live_blog`, or `stub`: its page could not be read."""
    is_free: Mapped[bool | None]
    """Whether the page says that it is free to read; None if it does not say."""
    entity_engine: Mapped[str | None]
    """Engine that found its names, with its version; None if none did."""
    extractor_version: Mapped[str | None]
    """Versions of the rules that extracted it, as `rule_versions.label` writes them."""
    rules: Mapped[dict[str, str]] = mapped_column(JSON)
    """Name of each field -> the rule that gave its value."""
    text_key: Mapped[bytes] = mapped_column(index=True)
    """Equal for equal texts at any URL."""
    content_key: Mapped[bytes]
    """Equal as long as no field that a revision records changes."""
    revision: Mapped[int]
    """1 when new; one more for every row in `revisions`."""
    duplicate_of: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("articles.id", ondelete="SET NULL"), index=True
    )
    """The article whose text it repeats (`articles.id`)."""
    duplicate_kind: Mapped[str | None]
    """`exact`, `near` or `excerpt`."""
    story_id: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("stories.id", ondelete="SET NULL"), index=True
    )
    """The story that it belongs to (`stories.id`); None if nobody else reports the same."""
    story_role: Mapped[str | None]
    """`original`, `copy`, `update` or `excerpt`."""
    agency: Mapped[Short | None]
    """The news agency that its byline, dateline or last line credits; see `newsbot.dedupe.agencies`."""
    run_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("runs.id", ondelete="SET NULL"))
    """The run that stored it first."""
    retrieved_at: Mapped[datetime | None]
    """When this content was fetched."""
    first_seen_at: Mapped[datetime] = mapped_column(index=True)
    """When a page with it was first fetched; of an archive, when that fetch was."""
    last_seen_at: Mapped[datetime]
    """When a page with this content was last fetched."""
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
    """The sketch: what two texts are compared by."""
    key_0: Mapped[int | None]
    """A key under which similar texts are found."""
    key_1: Mapped[int | None]
    """A key under which similar texts are found."""
    key_2: Mapped[int | None]
    """A key under which similar texts are found."""
    key_3: Mapped[int | None]
    """A key under which similar texts are found."""
    key_4: Mapped[int | None]
    """A key under which similar texts are found."""
    key_5: Mapped[int | None]
    """A key under which similar texts are found."""
    key_6: Mapped[int | None]
    """A key under which similar texts are found."""
    key_7: Mapped[int | None]
    """A key under which similar texts are found."""
    key_8: Mapped[int | None]
    """A key under which similar texts are found."""
    key_9: Mapped[int | None]
    """A key under which similar texts are found."""


class ArticleUrl(Base):
    """A URL of an article on its own site: its canonical one, redirects, AMP, tracking parameters.

    An address that is used again belongs to the article that is there now; `article_ways` has those before."""

    __tablename__ = "article_urls"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    url_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """Hash of the canonical form of the URL."""
    article_id: Mapped[ArticleId] = mapped_column(index=True)
    url: Mapped[str]
    """The URL."""
    since: Mapped[datetime | None]
    """When the article was first seen there; None: when it was first seen at all."""


class ArticleWay(Base):
    """A URL that has led to an article and does not name it.

    Another article is there now, or it is an address of another site that redirected to the article."""

    __tablename__ = "article_ways"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    url_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """Hash of the canonical form of the URL."""
    article_id: Mapped[ArticleId] = mapped_column(primary_key=True, index=True)
    url: Mapped[str]
    """The URL."""
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
    """When newsbot found the new content."""
    run_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("runs.id", ondelete="SET NULL"))
    """The run that found the change."""
    title_changed: Mapped[bool]
    """Whether the headline changed."""
    body_changed: Mapped[bool]
    """Whether the text changed."""
    content_key: Mapped[bytes]
    """`articles.content_key` of the replaced content."""
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
    """The name."""


class ArticleAuthor(Base):
    """An author of an article; `position` 0 is named first."""

    __tablename__ = "article_authors"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("authors.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    """The author (`authors.id`)."""
    position: Mapped[int]
    """Place in the byline, from 0."""


class ArticleLink(Base):
    """A link in the text of an article; `position` 0 comes first."""

    __tablename__ = "article_links"
    __table_args__ = (Index(None, "host", "article_id"), {"sqlite_with_rowid": False})

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """Place among the links of the text, from 0."""
    host: Mapped[Short]
    """Host of the URL in lower case, without `www.`."""
    url: Mapped[str]
    """URL that it leads to."""
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
    """The topic."""


class ArticleTopic(Base):
    """A topic of an article; `position` 0 is declared first."""

    __tablename__ = "article_topics"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    """The topic (`topics.id`)."""
    position: Mapped[int]
    """Place among the topics of the page, from 0."""
