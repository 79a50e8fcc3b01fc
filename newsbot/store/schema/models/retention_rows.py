"""Tables of retention: what is still known of rows that were deleted because they are old."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.schema.models.base import Base, Short


class PastUrl(Base):
    """A URL that has left the frontier, so that it is not fetched again as a new one when it is still listed."""

    __tablename__ = "past_urls"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    url_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """Hash of the canonical form of the URL."""
    done_at: Mapped[datetime]
    """When it was last read. It is fetched again if a feed gives a later date of change."""


class PruneMark(Base):
    """How far pruning has come in rows of which it keeps some, so that it does not look at those again."""

    __tablename__ = "prune_marks"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    name: Mapped[Short] = mapped_column(primary_key=True)
    """Name of the rows."""
    reached_at: Mapped[datetime]
    """All rows of earlier times have been looked at."""
