"""Stores a catalog before it is crawled: nothing if it is stored already, else what has changed, in short transactions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from newsbot.session import CrawlSession
from newsbot.sources.catalog import DIGEST_BYTES, Catalog
from newsbot.store.crawl.feed_rows import sync_sources
from newsbot.store.crawl.sharing import catalog_rows


async def store_catalog(
    run: CrawlSession, catalog: Catalog, chosen: Sequence[str], *, is_whole: bool
) -> int | None:
    """Store the chosen sources; return the id of the catalog that has them, None if they are not the whole of it."""
    now = datetime.now(UTC)
    digest = blake2b(catalog.digest, digest_size=DIGEST_BYTES)
    digest.update("\n".join(sorted(set(catalog.enabled).difference(chosen))).encode())
    if is_whole:
        known = await run.read(catalog_rows.find_catalog, digest.digest(), now=now)
        if known is not None:
            return known
    await _store_changed(run, catalog, chosen, now)
    if not is_whole:
        return None
    return await run.write(catalog_rows.add_catalog, digest.digest(), chosen, now=now)


async def _store_changed(run: CrawlSession, catalog: Catalog, keys: Sequence[str], now: datetime) -> None:
    stored = await run.read(catalog_rows.stored_definitions)
    changed = [key for key in keys if stored.get(key) != catalog.definitions[key]]
    for part in catalog_rows.in_parts(changed):
        await run.write(sync_sources, [catalog.sources[key] for key in part], now=now)
