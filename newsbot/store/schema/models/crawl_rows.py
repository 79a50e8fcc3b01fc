"""Runs, sources, and what is to be fetched, was fetched, and was not stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.schema.models.base import Base, Id, Json, Short
from newsbot.store.schema.types import RowId


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
    __table_args__ = (
        Index(None, "url_hash", "fetched_at"),
        Index(None, "source", "fetched_at"),
        Index(None, "warc_file", "warc_offset"),
    )

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
    article_id: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("articles.id", ondelete="SET NULL"), index=True
    )
    """The stored article that the address led to before. It is kept as it was; the row goes when the page is back."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
