"""Tables of crawls: runs, sources, hosts, feeds, the frontier, fetches, backfills and rejects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.schema.models.base import Base, Id, Json, Short
from newsbot.store.schema.types import RowId


class Run(Base):
    """One start of a spider."""

    __tablename__ = "runs"

    id: Mapped[Id]
    spider: Mapped[str]
    """Name of the spider or job."""
    arguments: Mapped[Json]
    """Its arguments."""
    version: Mapped[str]
    """Version of newsbot."""
    started_at: Mapped[datetime] = mapped_column(index=True)
    """When it began."""
    seen_at: Mapped[datetime | None]
    """When it last said that it was alive, by the clock of the database; a crawl says so every few seconds."""
    finished_at: Mapped[datetime | None]
    """None while it runs. A later run sets it for a run that was killed."""
    finish_reason: Mapped[str | None]
    """Why it ended: `finished`, `shutdown`, or another reason of Scrapy's."""
    process: Mapped[Short | None]
    """`host:pid`, to find out whether a run that did not finish is alive and still holds its leases."""
    counts: Mapped[Json]
    """Number of pages by outcome."""


class Source(Base):
    """A source of the catalog, or the host of pages that belong to none."""

    __tablename__ = "sources"

    key: Mapped[Short] = mapped_column(primary_key=True)
    """Key in the catalog, or the host."""
    name: Mapped[str | None]
    """Name of the source."""
    homepage: Mapped[str | None]
    """URL of its homepage."""
    language: Mapped[Short | None]
    """Main language of the site, as the catalog gives it."""
    country: Mapped[Short | None]
    """Country of the publisher, as the catalog gives it: ISO 3166-1 alpha-2."""
    tags: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    """Tags that the catalog gives it."""
    first_seen_at: Mapped[datetime]
    """When the row was made."""
    definition: Mapped[bytes | None]
    """Hash of its definition in the catalog. When that changes, feeds that ended are polled again."""
    refetches_left: Mapped[float | None]
    """Number of pages that may be fetched again because a feed says that they changed; None: the full budget."""
    refetches_at: Mapped[datetime | None]
    """Time for which `refetches_left` was computed; the budget is refilled as time passes."""


class Host(Base):
    """A host that asked not to be requested, or whose robots.txt could not be read."""

    __tablename__ = "hosts"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    host: Mapped[Short] = mapped_column(primary_key=True)
    """Host in lower case with its port, unless that is the default one (`urls.authority_of`)."""
    held_until: Mapped[datetime | None] = mapped_column(index=True)
    """Time until which nothing is requested from it; None if it is not held."""
    held_since: Mapped[datetime | None]
    """Time of the first hold since it last answered; None if it is not held."""
    hold_reason: Mapped[str | None]
    """What it answered: "429", "503" or, for example, "robots.txt: 503"."""
    hold_count: Mapped[int] = mapped_column(server_default=text("0"))
    """Number of holds since it last answered otherwise."""
    robots_failed_since: Mapped[datetime | None]
    """Time since when its robots.txt cannot be read; None if it can."""


class UrlParameter(Base):
    """A part of the URLs of a host that was learnt not to select the article; see `store.crawl.learnt_parameters`."""

    __tablename__ = "url_parameters"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    host: Mapped[Short] = mapped_column(primary_key=True)
    """Host, as in `hosts`."""
    name: Mapped[Short] = mapped_column(primary_key=True)
    """Name of a query parameter, or `/3:1` for the first of three segments of the path."""
    learnt_at: Mapped[datetime]
    """When it was learnt."""


class Feed(Base):
    """A feed, sitemap, section page or homepage, and the results of polling it."""

    __tablename__ = "feeds"

    id: Mapped[Id]
    url_hash: Mapped[bytes] = mapped_column(unique=True)
    """Hash of the canonical form of the URL."""
    url: Mapped[str]
    """URL that is polled."""
    source: Mapped[Short] = mapped_column(ForeignKey("sources.key"), index=True)
    """Key of its source."""
    kind: Mapped[str]
    """`feed`, `sitemap`, `section` or `homepage`."""
    host: Mapped[Short | None] = mapped_column(index=True)
    """Host that is asked for it, as in `hosts`."""
    found_in: Mapped[int | None] = mapped_column(RowId, index=True)
    """Id of the sitemap index or homepage that names it; None if the catalog does."""
    depth: Mapped[int] = mapped_column(server_default=text("0"))
    """Number of documents that lead to it: 0 if the catalog names it."""
    unlisted_at: Mapped[datetime | None]
    """Time since when its index does not list it. It is not polled meanwhile; None if it is listed."""
    guessed_at: Mapped[datetime | None]
    """Time at which the usual addresses of feeds were tried, because the homepage names none."""
    etag: Mapped[str | None]
    """The header ETag as sent."""
    last_modified: Mapped[str | None]
    """The header as sent."""
    content_hash: Mapped[bytes | None]
    """Hash of the last content: the two headers of some servers change although the content is the same."""
    interval_s: Mapped[float | None]
    """Seconds from the last poll to the next one, before chance adds a little."""
    next_poll_at: Mapped[datetime | None] = mapped_column(index=True)
    """None: at once."""
    last_polled_at: Mapped[datetime | None]
    """When it was last asked for."""
    last_success_at: Mapped[datetime | None]
    """When it last answered with something that could be read."""
    last_new_at: Mapped[datetime | None]
    """Time when it last led to a new article."""
    failure_count: Mapped[int] = mapped_column(server_default=text("0"))
    """Number of failures since the last success."""
    last_status: Mapped[int | None]
    """HTTP status of the last answer; None if there was none."""
    last_error: Mapped[str | None]
    """Why the last poll failed; None if it succeeded."""
    note: Mapped[str | None]
    """What was left out of its last content, and why, in one line."""
    next_page_url: Mapped[str | None]
    """The next page of a list whose last page led to new articles, until it has been read."""
    next_page: Mapped[int | None]
    """Number of that page; 2 and more."""
    ttl_s: Mapped[int | None]
    """Seconds that its last content asked to wait before the next poll."""
    listed_urls: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The undated links that a long sitemap listed at the last poll (`discovery.listed_urls`)."""
    rhythm: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """When it usually has new entries, as `discovery.timing.rhythm` has learnt it."""
    moved_to: Mapped[str | None]
    """Address to which it redirects permanently."""
    moved_at: Mapped[datetime | None]
    """Time at which the redirect was first seen."""
    is_moved: Mapped[bool] = mapped_column(server_default=false())
    """Whether the redirect has been seen for so long that `moved_to` is polled in its place."""
    gone_at: Mapped[datetime | None]
    """Time at which the server said that it has ended (410). It is not polled any more."""


class FrontierRow(Base):
    """A URL to fetch, and its state."""

    __tablename__ = "frontier"
    __table_args__ = (
        Index(None, "host", "state", "priority"),
        Index(None, "host", "next_try_at"),
        Index(None, "source", "guid_key"),
        Index(
            "ix_frontier_pending",
            "priority",
            "host",
            "source",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_frontier_planned",
            "next_try_at",
            "host",
            "source",
            sqlite_where=text("next_try_at IS NOT NULL"),
            postgresql_where=text("next_try_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    url_hash: Mapped[bytes] = mapped_column(unique=True)
    """Hash of the canonical form of the URL."""
    url: Mapped[str]
    """URL to fetch."""
    host: Mapped[Short | None]
    """Host of the URL, as in `hosts`."""
    source: Mapped[Short | None]
    """Key of the source that it was found for."""
    is_offsite: Mapped[bool] = mapped_column(server_default=false())
    """Whether a feed of the source links to the page, which is another site's."""
    guid_key: Mapped[bytes | None]
    """Hash of the feed's identifier of the entry, which stays the same when its URL changes."""
    entry: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the feed says of the article: `discovery.links.Entry` as JSON."""
    entry_key: Mapped[bytes | None]
    """Hash of the headline and the summary in the feed."""
    state: Mapped[Short]
    """`pending`, `leased`, `done`, `failed` (tried again at `next_try_at`) or `gone`."""
    priority: Mapped[int] = mapped_column(server_default=text("0"))
    """Higher is fetched earlier."""
    discovered_at: Mapped[datetime]
    """When it was found."""
    discovered_in: Mapped[int | None] = mapped_column(RowId, ForeignKey("feeds.id", ondelete="SET NULL"))
    """The feed that listed it first (`feeds.id`)."""
    expected_change_at: Mapped[datetime | None]
    """The newest date that a feed or sitemap gives for the page."""
    has_claim: Mapped[bool] = mapped_column(server_default=false())
    """Whether it is fetched again because a feed or sitemap says that it has changed."""
    false_claims: Mapped[int] = mapped_column(server_default=text("0"))
    """Number of such claims in a row after which the page was found unchanged."""
    lease_run_id: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("runs.id", ondelete="SET NULL"), index=True
    )
    """The run that fetches it now (`runs.id`)."""
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    """Number of tries since the last success."""
    next_try_at: Mapped[datetime | None]
    """Time when it is due again: the end of a lease, the next try, or the next check for changes. None: at once if it is
    pending, else never."""
    etag: Mapped[str | None]
    """The header ETag of the last answer."""
    last_modified: Mapped[str | None]
    """The header Last-Modified of the last answer."""
    last_status: Mapped[int | None]
    """HTTP status of the last answer; None if there was none."""
    last_error: Mapped[str | None]
    """Why the last try failed; None if it succeeded."""
    article_id: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("articles.id", ondelete="SET NULL"), index=True
    )
    """The article that was stored from it (`articles.id`)."""
    done_at: Mapped[datetime | None]
    """When it was last read."""


class Fetch(Base):
    """One request and its answer, if there was one."""

    __tablename__ = "fetches"
    __table_args__ = (
        Index(None, "url_hash", "fetched_at"),
        Index(None, "source", "fetched_at"),
        Index(None, "warc_file", "warc_offset"),
    )

    id: Mapped[Id]
    url_hash: Mapped[bytes]
    """Hash of the canonical form of the URL."""
    url: Mapped[str]
    """URL that was requested."""
    source: Mapped[Short | None]
    """Key of the source."""
    run_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("runs.id", ondelete="SET NULL"), index=True)
    """The run that requested it (`runs.id`)."""
    fetched_at: Mapped[datetime]
    """When the answer came."""
    outcome: Mapped[str]
    """Outcome: `article`, `reject`, `not-modified`, `held` (the host asked to wait), `feed`."""
    status: Mapped[int | None]
    """HTTP status; None if no answer came."""
    size_bytes: Mapped[int | None]
    """Size of the decompressed body in bytes."""
    latency_ms: Mapped[int | None]
    """Milliseconds until the answer came."""
    etag: Mapped[str | None]
    """The header ETag."""
    last_modified: Mapped[str | None]
    """The header Last-Modified."""
    warc_file: Mapped[str | None]
    """The WARC file that holds the answer: relative to the folder of the archive, or the path of another archive. If the
    same body was archived before, the file of that record."""
    warc_offset: Mapped[int | None] = mapped_column(RowId)
    """Offset of the record in `warc_file`, in bytes."""
    warc_record_id: Mapped[str | None]
    """WARC-Record-ID of that record."""
    payload_digest: Mapped[str | None]
    """Digest of the body as it was sent, in the form of WARC files (`sha1:...`)."""


class BackfillPart(Base):
    """A part of an archive that a backfill reads, and its progress."""

    __tablename__ = "backfill_parts"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """Hash of the file, its size, the part, and the selection of pages."""
    path: Mapped[str]
    """The file."""
    start_offset: Mapped[int] = mapped_column(RowId)
    """Byte at which the part begins."""
    end_offset: Mapped[int] = mapped_column(RowId)
    """Byte at which the part ends."""
    done_offset: Mapped[int | None] = mapped_column(RowId)
    """Offset of the last record that is done; None if there is none."""
    done_number: Mapped[int | None]
    """Number of that record among those of its gzip member."""
    state: Mapped[str]
    """`begun`, `done` or `failed`."""
    error: Mapped[str | None]
    """Why it failed."""
    counts: Mapped[Json]
    """Number of records by outcome."""
    updated_at: Mapped[datetime]
    """When its progress was last stored."""


class RejectRow(Base):
    """A page that was not stored as an article, and why."""

    __tablename__ = "rejects"
    __table_args__ = (UniqueConstraint("url_hash", "stage", "reason"), Index(None, "reason", "last_seen_at"))

    id: Mapped[Id]
    url_hash: Mapped[bytes]
    """Hash of the canonical form of the URL."""
    url: Mapped[str]
    """URL of the page."""
    stage: Mapped[Short]
    """Step that rejected it, such as `validate` or `fetch`."""
    reason: Mapped[Short]
    """Reason in one word, such as `paywall`."""
    detail: Mapped[str]
    """What was found, in words."""
    source: Mapped[Short | None] = mapped_column(index=True)
    """Key of the source."""
    run_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("runs.id", ondelete="SET NULL"))
    """The run that found it first."""
    article_id: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("articles.id", ondelete="SET NULL"), index=True
    )
    """The stored article that the URL led to before, or the stub in place of it. It stays as it is; this row is deleted
    when the page is back."""
    first_seen_at: Mapped[datetime]
    """When it was first rejected for this reason."""
    last_seen_at: Mapped[datetime]
    """When it was last rejected for this reason."""
