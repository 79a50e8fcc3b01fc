"""Rows of `rejects`: pages that were not stored as an article, and why."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, LargeBinary, bindparam, delete, select
from sqlalchemy.orm import Session

from newsbot.items import Reject
from newsbot.languages.calendar.future import MAX_AHEAD
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import RejectRow
from newsbot.store.sql import dialect, locks, memory
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.store.sql.locks import Rank
from newsbot.store.sql.many_rows import AskedRows
from newsbot.urls import canonicalize


def save_reject(
    session: Session, reject: Reject, *, run_id: int | None, now: datetime, article_id: int | None = None
) -> None:
    """Store why a page is not an article.

    `article_id` is the stored article that the URL led to before. A second reject of the same URL, stage and reason
    updates `last_seen_at`, `detail` and `article_id` of the first one."""
    connection, key = session.connection(), url_hash(canonicalize(reject.url))
    locks.take(connection, Rank.IDENTITY, [key])
    values = {
        "url_hash": key,
        "url": reject.url,
        "stage": reject.stage,
        "reason": reject.reason,
        "detail": reject.detail,
        "source": reject.source,
        "run_id": run_id,
        "article_id": article_id,
        "first_seen_at": now,
        "last_seen_at": now,
    }
    unique = ("url_hash", "stage", "reason")
    renewed = ("last_seen_at", "detail", "article_id")
    dialect.insert_or_renew(connection, RejectRow, [values], unique=unique, renewed=renewed)


def reasons_of(session: Session, article_ids: Collection[int]) -> dict[int, str]:
    """Return the reasons for which the pages of articles were last rejected, by the id of the article."""
    if not article_ids:
        return {}
    query = select(RejectRow.article_id, RejectRow.reason).where(RejectRow.article_id.in_(article_ids))
    rows = session.execute(query.order_by(RejectRow.last_seen_at, RejectRow.id))
    return {article_id: reason for article_id, reason in rows if article_id is not None}


def delete_rejects(
    connection: Connection, hashes: AbstractSet[bytes], *, seen_at: datetime, clock: datetime
) -> None:
    """Delete the rejects of URLs, given by their `url_hash`, at which an article was found at `seen_at`.

    A later reject of a stored article stays: the page that was found may come from an archive. One that is later than
    `clock`, the time of this machine, was stored when that was wrong."""
    hashes = hashes - memory.of(connection, _Without).hashes
    if not hashes:
        return
    values: dict[str, Any] = dict(zip(_hash_names(len(hashes)), hashes, strict=True))
    _delete_rejects(len(hashes)).run(connection, values | {"seen_at": seen_at, "future": clock + MAX_AHEAD})


class _Without:
    """URLs that have no reject, by their hashes."""

    def __init__(self) -> None:
        self.hashes: set[bytes] = set()

    def see(self, statement: str) -> None:
        """Forget everything if a statement adds rejects."""
        if statement.startswith("INSERT INTO rejects"):
            self.hashes.clear()


def look_up(connection: Connection, hashes: Collection[bytes]) -> None:
    """Look up which URLs have no reject, for `delete_rejects` of several articles; under the locks of the URLs."""
    asked = set(hashes)
    found = {row[0] for row in _WITH_REJECTS.rows(connection, [(key,) for key in asked])}
    memory.of(connection, _Without).hashes |= asked - found


_WITH_REJECTS = AskedRows(
    lambda asked: select(RejectRow.url_hash).join(asked, asked.c.url_hash == RejectRow.url_hash),
    url_hash=LargeBinary(),
)


@cache
def _delete_rejects(count: int) -> CompiledStatement:
    of_urls = RejectRow.url_hash.in_([bindparam(name) for name in _hash_names(count)])
    is_past = (
        RejectRow.article_id.is_(None)
        | (RejectRow.last_seen_at <= bindparam("seen_at"))
        | (RejectRow.last_seen_at > bindparam("future"))
    )
    return CompiledStatement(delete(RejectRow).where(of_urls, is_past))


def _hash_names(count: int) -> list[str]:
    return [f"url_{place}" for place in range(count)]
