"""Which sources a run works on: those of its catalog, or some that are named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from newsbot.store.schema.models import CatalogSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which work a run looks for."""

    began: datetime
    """Feeds are polled that were due at this time: so a run comes to an end although feeds go on to become due."""
    only_due: bool = True
    """Whether only those are polled whose time has come; if not, all that were not polled since `began`."""
    sources: tuple[str, ...] = ()
    """Keys of the sources; empty: those of the catalog."""
    catalog_id: int | None = None
    """The catalog (`catalogs.id`); None with `sources`."""


def is_wanted(wanted: Wanted, source: Any) -> ColumnElement[bool]:
    """Return the condition that a column has the key of a source that is wanted."""
    if wanted.catalog_id is None:
        return source.in_(wanted.sources)  # type: ignore[no-any-return]
    of_catalog = CatalogSource.catalog_id == wanted.catalog_id
    return select(CatalogSource.source).where(of_catalog, CatalogSource.source == source).exists()
