"""Tables of boilerplate, by source."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.schema.models.base import Base, Short


class BoilerplateSite(Base):
    """The number of articles from which the boilerplate of a source was learnt."""

    __tablename__ = "boilerplate_sites"

    source: Mapped[Short] = mapped_column(ForeignKey("sources.key", ondelete="CASCADE"), primary_key=True)
    article_count: Mapped[int]


class BoilerplateBlock(Base):
    """A short paragraph near the beginning or the end of recent articles of a source. One that recurs is removed from all.

    A row is deleted after `cleaning.boilerplate.MEMORY` articles of the source without it."""

    __tablename__ = "boilerplate_blocks"
    __table_args__ = (Index(None, "source", "last_article"), {"sqlite_with_rowid": False})

    source: Mapped[Short] = mapped_column(ForeignKey("sources.key", ondelete="CASCADE"), primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    """`cleaning.boilerplate.block_keys`: hash of its words and of the end of the article at which it is."""
    text: Mapped[str]
    """Its text in the last article that has it."""
    article_count: Mapped[int]
    """Number of articles that have it; the copies and updates of one story count once."""
    weight: Mapped[float]
    last_article: Mapped[int]
    marks: Mapped[dict[str, int]] = mapped_column(JSON)
    """See `cleaning.boilerplate.Tally` for these three."""
    is_learnt: Mapped[bool]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
