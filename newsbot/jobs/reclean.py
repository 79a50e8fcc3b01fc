"""The job `reclean`: removes boilerplate from articles that were stored before it was learnt."""

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
from newsbot.store.database import Database

BATCH = 200
"""Number of articles that are searched in one transaction. Every article is changed in a transaction of its own."""


def find_recleanable(database: Database, source: str | None) -> Iterator[Found]:
    """Yield the stored articles of one source, or of all, that contain boilerplate known today."""
    keys = [source] if source else database.ask(boilerplate_sources)
    for key in keys:
        last = 0
        while ids := _next_ids(database, key, last):
            yield from database.ask(partial(find_boilerplate, article_ids=ids))
            last = ids[-1]


def _next_ids(database: Database, source: str, last: int) -> list[int]:
    return database.ask(partial(ids_of_source, source=source, after=last, limit=BATCH))


def reclean(database: Database, found: Found) -> bool:
    """Remove the boilerplate of one article, as a revision by newsbot's rules; return whether there was any."""
    now = datetime.now(UTC)
    return database.transact(lambda session: reclean_article(session, found.article_id, run_id=None, now=now))
