"""Whether the pages of stored articles are still there: `last_seen_at`, `gone_at`, and the article at a URL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from newsbot.items import STUB
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, RejectRow
from newsbot.urls import canonicalize


def mark_seen(session: Session, article_id: int, *, now: datetime) -> datetime:
    """Store that the page of an article was seen unchanged and return the article's `dated_at`.

    Sets `last_seen_at`, clears `gone_at` and deletes the rejects of the article."""
    query = update(ArticleRow).where(ArticleRow.id == article_id).values(last_seen_at=now, gone_at=None)
    dated_at = session.scalars(query.returning(ArticleRow.dated_at)).one()
    # After the article, as `save_article` does: in the other order the two could wait for each other.
    session.execute(delete(RejectRow).where(RejectRow.article_id == article_id))
    return dated_at


def mark_gone(session: Session, article_id: int, *, now: datetime) -> None:
    """Store that the server says that the page of an article is gone; the first time counts."""
    is_first = (ArticleRow.id == article_id) & ArticleRow.gone_at.is_(None)
    session.execute(update(ArticleRow).where(is_first).values(gone_at=now))


def article_date(session: Session, article_id: int) -> datetime:
    """Return `dated_at` of an article: when it was published, or first seen if the page has no date."""
    return session.scalars(select(ArticleRow.dated_at).where(ArticleRow.id == article_id)).one()


def article_at(session: Session, urls: Iterable[str]) -> int | None:
    """Return the id of the article that is stored under the first of these URLs that has one; None if none has.

    A stub is none: its page is not stored."""
    hashes = [url_hash(canonicalize(url)) for url in urls]
    query = (
        select(ArticleUrl.url_hash, ArticleUrl.article_id)
        .join(ArticleRow, ArticleRow.id == ArticleUrl.article_id)
        .where(ArticleUrl.url_hash.in_(hashes), ArticleRow.kind != STUB)
    )
    found: dict[bytes, int] = dict(session.execute(query).all())
    return next((found[key] for key in hashes if key in found), None)
