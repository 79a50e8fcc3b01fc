"""What watches have found: each article once a watch, for all time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from newsbot.query.parser import parse
from newsbot.store.schema.models import ArticleRow, ChangeRow, WatchArticle
from newsbot.store.search.filters import Filters
from newsbot.store.search.snippets import MARK_END, MARK_START, snippet
from newsbot.store.sending.letters import add_letter
from newsbot.store.sending.log_cursors import advance, find_cursor
from newsbot.store.sending.matching_articles import matching_articles
from newsbot.store.sql import dialect

WINDOW = 500
"""Number of changes that are looked through in one transaction."""
FOUND_BY = ("new", "revised", "corrected", "restored")
"""Changes by which an article may come to be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchHit:
    """An article that a watch has found, with what a message says of it."""

    id: int
    title: str | None
    url: str
    source: str | None
    language: str | None
    dated_at: datetime
    """When it was published, or first seen if that is not known."""
    snippet: str
    """One line of the text, around what was found."""
    found_at: datetime


def prefix(watch: str) -> str:
    """Return the name of a watch in the table `outputs`, and in letters."""
    return f"watch:{watch}"


def find_hits(
    session: Session, watch: str, owner: str, query: str, filters: Filters, *, now: datetime
) -> tuple[int, bool] | None:
    """Look through the next changes; return how many articles were found first by them, and whether there are more changes.

    The articles and the cursor are stored in the same transaction. None if `owner` holds the lease no longer.
    Raises QueryError and FilterError."""
    cursor = find_cursor(session, prefix(watch))
    assert cursor is not None
    rows = session.execute(
        select(ChangeRow.number, ChangeRow.article_id, ChangeRow.change)
        .where(ChangeRow.number > cursor.number)
        .order_by(ChangeRow.number)
        .limit(WINDOW)
    ).all()
    if not rows:
        return 0, False
    # First the row of the watch, which locks it: a second process waits here, and finds that it is not the owner.
    if not advance(session, prefix(watch), owner, rows[-1].number, now=now, is_delivery=False):
        return None
    numbers = {row.article_id: row.number for row in reversed(rows) if row.change in FOUND_BY}
    matching = matching_articles(session, numbers, query, filters) if numbers else set()
    found = sorted(matching - _known(session, watch, matching))
    common = {"watch": watch, "found_at": now, "message_id": None}
    new = [common | {"article_id": article_id, "number": numbers[article_id]} for article_id in found]
    dialect.insert_missing(session.connection(), WatchArticle, new)
    return len(new), len(rows) == WINDOW


def _known(session: Session, watch: str, ids: Collection[int]) -> set[int]:
    query = select(WatchArticle.article_id).where(WatchArticle.watch == watch)
    return set(session.scalars(query.where(WatchArticle.article_id.in_(ids))))


def waiting_articles(session: Session, watch: str, limit: int) -> list[int]:
    """Return the articles that no message names yet, in the order in which they were found."""
    query = select(WatchArticle.article_id).where(
        WatchArticle.watch == watch, WatchArticle.message_id.is_(None)
    )
    return list(session.scalars(query.order_by(WatchArticle.number, WatchArticle.article_id).limit(limit)))


def count_waiting(session: Session, watch: str) -> int:
    """Return the number of articles that no message names yet."""
    query = select(func.count()).where(WatchArticle.watch == watch, WatchArticle.message_id.is_(None))
    return session.scalar(query) or 0


def write_message(
    session: Session,
    watch: str,
    article_ids: Sequence[int],
    addresses: Collection[str],
    *,
    message_id: str,
    now: datetime,
) -> None:
    """Store a message that names these articles: one letter for each address."""
    session.execute(
        update(WatchArticle)
        .where(WatchArticle.watch == watch, WatchArticle.article_id.in_(article_ids))
        .values(message_id=message_id)
    )
    body = {"articles": list(article_ids), "addresses": list(addresses)}
    for address in addresses:
        add_letter(session, prefix(watch), body, message_id=message_id, now=now, address=address)


def described(session: Session, watch: str, ids: Sequence[int], query: str) -> list[WatchHit]:
    """Return what messages and pages say of articles, in the order of `ids`; those that were deleted are left out."""
    found = select(WatchArticle.article_id, WatchArticle.found_at).where(WatchArticle.watch == watch)
    times = session.execute(found.where(WatchArticle.article_id.in_(ids)))
    found_at = {row.article_id: row.found_at for row in times}
    rows = session.execute(select(*_COLUMNS).where(ArticleRow.id.in_(ids)))
    hits = {row.id: _hit(row, query, found_at.get(row.id, row.first_seen_at)) for row in rows}
    return [hits[article_id] for article_id in ids if article_id in hits]


_COLUMNS = [
    getattr(ArticleRow, name)
    for name in (
        "id",
        "title",
        "url",
        "source",
        "language",
        "dated_at",
        "first_seen_at",
        "body",
        "description",
    )
]


def _hit(row: Any, query: str, found_at: datetime) -> WatchHit:
    marked = snippet(row.body or row.description or "", parse(query), row.language)
    return WatchHit(
        id=row.id,
        title=row.title,
        url=row.url,
        source=row.source,
        language=row.language,
        dated_at=row.dated_at,
        snippet=marked.replace(MARK_START, "").replace(MARK_END, ""),
        found_at=found_at,
    )


def last_hits(session: Session, watch: str, limit: int) -> list[int]:
    """Return the articles that a watch has found last, the last one first."""
    query = select(WatchArticle.article_id).where(WatchArticle.watch == watch)
    return list(
        session.scalars(query.order_by(WatchArticle.number.desc(), WatchArticle.article_id).limit(limit))
    )


def count_hits(session: Session, watch: str) -> int:
    """Return the number of articles that a watch has found."""
    return session.scalar(select(func.count()).where(WatchArticle.watch == watch)) or 0
