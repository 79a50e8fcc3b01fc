"""Tables by which several crawls share the work: who may ask which host, and which sources a catalog has."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from newsbot.store.schema.models.base import Base, Id, Short
from newsbot.store.schema.types import RowId


class HostClaim(Base):
    """A host that a crawl was allowed to ask, and until when; see `store.crawl.sharing.host_claims`."""

    __tablename__ = "host_claims"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    host: Mapped[Short] = mapped_column(primary_key=True)
    """Host, as in `hosts`."""
    run_id: Mapped[int | None] = mapped_column(RowId, index=True)
    """The run that asks it now (`runs.id`); None if no run does."""
    fence: Mapped[int] = mapped_column(RowId, server_default=text("0"))
    """Number of claims of the host until now. What a run writes under an older number is refused."""
    leased_until: Mapped[datetime | None]
    """Time at which the claim ends unless it is renewed, by the clock of the database."""
    next_request_at: Mapped[datetime | None] = mapped_column(index=True)
    """Time before which nobody asks the host, by the clock of the database: the delay after the last request."""
    delay_s: Mapped[float] = mapped_column(server_default=text("0"))
    """Seconds between two requests of the run that asks it, for the next one if that run dies."""


class CatalogRow(Base):
    """A state of a catalog that was stored in `sources` and `feeds`."""

    __tablename__ = "catalogs"

    id: Mapped[Id]
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    """Hash of all that the catalog says."""
    used_at: Mapped[datetime]
    """When a crawl with this catalog last began, to the day."""


class CatalogSource(Base):
    """A source that crawls with a catalog ask."""

    __tablename__ = "catalog_sources"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    catalog_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("catalogs.id", ondelete="CASCADE"), primary_key=True
    )
    """The catalog (`catalogs.id`)."""
    source: Mapped[Short] = mapped_column(primary_key=True)
    """Key of the source."""
