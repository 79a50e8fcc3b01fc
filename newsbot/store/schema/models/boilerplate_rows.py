"""Tables of boilerplate, by source."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.schema.models.base import ArticleId, Base, Short


class BoilerplateSite(Base):
    """The number of articles from which the boilerplate of a source was learnt."""

    __tablename__ = "boilerplate_sites"

    source: Mapped[Short] = mapped_column(ForeignKey("sources.key", ondelete="CASCADE"), primary_key=True)
    """Key of the source."""
    article_count: Mapped[int]
    """Number of articles."""


class BoilerplateBlock(Base):
    """A short paragraph near the beginning or the end of recent articles of a source. One that recurs is removed from all.

    A row is deleted after `cleaning.boilerplate.MEMORY` articles of the source without it."""

    __tablename__ = "boilerplate_blocks"
    __table_args__ = (Index(None, "source", "last_article"), {"sqlite_with_rowid": False})

    source: Mapped[Short] = mapped_column(ForeignKey("sources.key", ondelete="CASCADE"), primary_key=True)
    """Key of the source."""
    key: Mapped[bytes] = mapped_column(primary_key=True)
    """`cleaning.boilerplate.block_keys`: hash of its words and of the end of the article at which it is."""
    text: Mapped[str]
    """Its text in the last article that has it."""
    article_count: Mapped[int]
    """Number of articles that have it; the copies and updates of one story count once."""
    weight: Mapped[float]
    """Number of articles with it, in which those of long ago count less (`cleaning.boilerplate.Tally`)."""
    last_article: Mapped[int]
    """Number, among those of the source, of the last article that has it."""
    marks: Mapped[dict[str, int]] = mapped_column(JSON)
    """What speaks for its removal -> number of articles (`cleaning.boilerplate.Tally`)."""
    is_learnt: Mapped[bool]
    """Whether it was boilerplate after its last article."""
    first_seen_at: Mapped[datetime]
    """When the first article with it was stored."""
    last_seen_at: Mapped[datetime]
    """When the last article with it was stored."""


class KeptBlock(Base):
    """A block that a person wants in the articles of a source, even if it is learnt to be boilerplate."""

    __tablename__ = "kept_blocks"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    source: Mapped[Short] = mapped_column(ForeignKey("sources.key", ondelete="CASCADE"), primary_key=True)
    """Key of the source."""
    key: Mapped[bytes] = mapped_column(primary_key=True)
    """As in `boilerplate_blocks`."""
    text: Mapped[str]
    """Its text when it was kept."""
    kept_at: Mapped[datetime]
    """When the person decided."""


class RemovedText(Base):
    """A paragraph that was removed from articles of a source; equal texts are stored once."""

    __tablename__ = "removed_texts"
    __table_args__ = (Index(None, "source", "key"), {"sqlite_with_rowid": False})

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    """Hash of the other columns but the count."""
    source: Mapped[Short | None] = mapped_column(ForeignKey("sources.key", ondelete="CASCADE"))
    """Key of the source; None for pages of no source."""
    key: Mapped[bytes]
    """As in `boilerplate_blocks`."""
    text: Mapped[str]
    """The paragraph."""
    article_count: Mapped[int]
    """Number of articles that it is removed from."""


class RemovedBlock(Base):
    """A paragraph that was removed from the stored text of an article."""

    __tablename__ = "removed_blocks"
    __table_args__ = (Index(None, "digest", "article_id"), {"sqlite_with_rowid": False})

    article_id: Mapped[ArticleId] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """Its number among the paragraphs of the text with all that was removed, from 0."""
    digest: Mapped[bytes] = mapped_column(ForeignKey("removed_texts.digest", ondelete="CASCADE"))
    """The paragraph (`removed_texts.digest`)."""
    is_learnt: Mapped[bool]
    """Whether it was removed because the site repeats it; else because it invites the reader."""
