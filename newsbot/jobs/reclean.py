"""The job `reclean`: removes boilerplate from articles that were stored before it was learnt, and restores what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from newsbot.store.articles.site_boilerplate import (
    Found,
    boilerplate_sources,
    find_boilerplate,
    ids_of_source,
    reclean_article,
)
from newsbot.store.boilerplate import kept_blocks
from newsbot.store.database import Database

BATCH = 200
"""Number of articles that are searched in one transaction. Every article is changed in a transaction of its own."""


def find_recleanable(database: Database, source: str | None) -> Iterator[Found]:
    """Yield the stored articles of one source, or of all, that contain boilerplate known today, or lack what is kept."""
    keys = [source] if source else database.ask(boilerplate_sources)
    for key in keys:
        last = 0
        while ids := _next_ids(database, key, last):
            yield from database.ask(partial(find_boilerplate, article_ids=ids))
            last = ids[-1]


def _next_ids(database: Database, source: str, last: int) -> list[int]:
    return database.ask(partial(ids_of_source, source=source, after=last, limit=BATCH))


def reclean(database: Database, found: Found) -> bool:
    """Clean one article again, as a revision by newsbot's rules; return whether this changed it."""
    return _reclean(database, found.article_id)


def keep_block(database: Database, source: str, key: bytes, text: str) -> int:
    """Keep a block of a source, put it back into every article that lost it, and return their number.

    What is kept is stored first: if this ends early, another call or `reclean` puts it into the other articles."""
    now = datetime.now(UTC)
    database.transact(lambda session: kept_blocks.keep(session, source, key, text, now=now))
    count, last = 0, 0
    while ids := _next_without(database, source, key, last):
        count += sum(_reclean(database, article_id) for article_id in ids)
        last = ids[-1]
    return count


def release_block(database: Database, source: str, key: bytes) -> None:
    """Keep a block of a source no longer. It stays in stored articles until they are recleaned."""
    database.transact(lambda session: kept_blocks.release(session, source, key))


def _next_without(database: Database, source: str, key: bytes, last: int) -> list[int]:
    with database.read() as session:
        return kept_blocks.articles_without(session, source, key, after=last)


def _reclean(database: Database, article_id: int) -> bool:
    now = datetime.now(UTC)
    return database.transact(lambda session: reclean_article(session, article_id, run_id=None, now=now))
