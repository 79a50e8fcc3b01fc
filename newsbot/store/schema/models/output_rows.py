"""Tables of outputs and watches: how far each has read the log of changes, what watches found, and what is to be sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.schema.models.base import Base, Id, Json, Short
from newsbot.store.schema.types import RowId


class OutputRow(Base):
    """An output or a watch, and how far it has read the log of changes."""

    __tablename__ = "outputs"

    name: Mapped[Short] = mapped_column(primary_key=True)
    """Name of an output; `watch:` and the name of a watch."""
    number: Mapped[int] = mapped_column(RowId)
    """Number of the last change that it has dealt with."""
    leased_by: Mapped[Short | None]
    """The process that reads for it now, so that no second one does; None: nobody."""
    leased_until: Mapped[datetime | None]
    """When the process loses it, unless it renews it."""
    failures: Mapped[int]
    """Number of failures since the last success."""
    error: Mapped[str | None]
    """Why it failed last; None after a success."""
    delivered_at: Mapped[datetime | None]
    """When something was delivered last; of a watch, when its last message was made."""


class WatchRow(Base):
    """A watch that was made on the web page; those of newsbot.toml have no row here."""

    __tablename__ = "watches"

    name: Mapped[Short] = mapped_column(primary_key=True)
    """Name of the watch."""
    definition: Mapped[Json]
    """The keys of a `[[watch]]` table, without its name."""
    created_at: Mapped[datetime]
    """When it was made."""


class WatchArticle(Base):
    """An article that a watch has found, once for all time. No foreign keys: it stays when the article is deleted."""

    __tablename__ = "watch_articles"
    __table_args__ = (
        Index(None, "watch", "message_id", "number"),
        Index(None, "watch", "number"),
    )

    watch: Mapped[Short] = mapped_column(primary_key=True)
    """Name of the watch."""
    article_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    """The article (`articles.id`), which may have been deleted since."""
    number: Mapped[int] = mapped_column(RowId)
    """Number of the change by which it was found."""
    found_at: Mapped[datetime]
    """When it was found."""
    message_id: Mapped[Short | None]
    """The message that names it; None: it waits for the next one."""


class LetterRow(Base):
    """Something to be sent to one address: a message of a watch, or changes that the receiver of an output refused."""

    __tablename__ = "letters"

    id: Mapped[Id]
    output: Mapped[Short] = mapped_column(index=True)
    """Name of the row in `outputs`."""
    address: Mapped[Short | None]
    """One of the addresses of a watch, without its secrets; None for outputs."""
    message_id: Mapped[Short]
    """Stays the same however often it is sent."""
    body: Mapped[Json]
    """`numbers` of changes, or `articles` by their ids."""
    created_at: Mapped[datetime]
    """When it was made."""
    attempts: Mapped[int]
    """Number of tries."""
    retry_at: Mapped[datetime | None]
    """When it is due; None: at once."""
    error: Mapped[str | None]
    """Why the last try failed; None before the first one."""
    dead_at: Mapped[datetime | None]
    """When it was given up; it then waits for a person who sends it again or drops it."""
