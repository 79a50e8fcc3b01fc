"""Boilerplate of each source."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.schema.models.base import Base, Short


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
