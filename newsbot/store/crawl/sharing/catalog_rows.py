"""Which catalogs are stored, and which sources each of them has: a catalog that has not changed costs one query.

Several catalogs may share a database: each has the sources that crawls with it ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from newsbot.store.crawl.feed_rows import SOURCES_AT_ONCE
from newsbot.store.schema.models import CatalogRow, CatalogSource
from newsbot.store.schema.models import Source as SourceRow
from newsbot.store.sql import dialect

USED_FOR = timedelta(days=30)
"""Time after which a catalog that no crawl has used is forgotten."""
KEYS_AT_ONCE = 5_000
"""Number of keys in one statement."""


def find_catalog(session: Session, digest: bytes, *, now: datetime) -> int | None:
    """Return the id of the catalog with this digest; None if it is not stored, or if its use of today is not noted yet."""
    query = select(CatalogRow.id).where(
        CatalogRow.digest == digest, CatalogRow.used_at > now - timedelta(days=1), CatalogRow.used_at <= now
    )
    return session.scalar(query)


def stored_definitions(session: Session) -> dict[str, bytes | None]:
    """Return key -> hash of the definition of every source that is stored."""
    return {row.key: row.definition for row in session.execute(select(SourceRow.key, SourceRow.definition))}


def in_parts(keys: Sequence[str]) -> Iterable[list[str]]:
    """Yield keys in their order, as many at a time as are stored in one transaction: articles wait for it."""
    rest = iter(sorted(keys))
    while part := list(islice(rest, SOURCES_AT_ONCE)):
        yield part


def add_catalog(session: Session, digest: bytes, keys: Iterable[str], *, now: datetime) -> int:
    """Store that a catalog has these sources, and that it is used today; return its id.

    Catalogs that were not used for `USED_FOR` are forgotten."""
    connection = session.connection()
    session.execute(delete(CatalogRow).where(CatalogRow.used_at < now - USED_FOR))
    dialect.insert_missing(connection, CatalogRow, [{"digest": digest, "used_at": now}])
    known = select(CatalogRow.id).where(CatalogRow.digest == digest).with_for_update()
    catalog_id = session.scalars(known).one()
    session.execute(update(CatalogRow).where(CatalogRow.id == catalog_id).values(used_at=now))
    is_whole = select(CatalogSource.source).where(CatalogSource.catalog_id == catalog_id).limit(1)
    if session.scalar(is_whole) is None:
        rest = iter(sorted(keys))
        while part := list(islice(rest, KEYS_AT_ONCE)):
            rows = [{"catalog_id": catalog_id, "source": key} for key in part]
            dialect.insert_missing(connection, CatalogSource, rows)
    return catalog_id
