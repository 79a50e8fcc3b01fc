"""Where the pages of stored articles are, and whether they are still there: their addresses, `last_seen_at`, `gone_at`.

An address belongs to one article at a time (`article_urls`). If it shows another one, it moves there, and the former one
keeps it as a way with its times (`article_ways`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from newsbot.items import STUB, Article
from newsbot.store.articles.children import add_urls
from newsbot.store.articles.plan import Existing, holders
from newsbot.store.changes.change_log import log_change
from newsbot.store.schema.identity import ArticleKeys, url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, ArticleWay, RejectRow
from newsbot.store.sql import dialect
from newsbot.urls import canonicalize


def mark_seen(session: Session, article_id: int, *, now: datetime, run_id: int | None = None) -> datetime:
    """Store that the page of an article was seen unchanged and return the article's `dated_at`.

    Sets `last_seen_at`, clears `gone_at` and deletes the rejects of the article."""
    query = update(ArticleRow).where(ArticleRow.id == article_id).values(last_seen_at=now)
    dated_at: datetime
    dated_at, gone_at = session.execute(query.returning(ArticleRow.dated_at, ArticleRow.gone_at)).one()
    if gone_at is not None:
        restore(session.connection(), article_id, run_id=run_id, now=now)
    # After the article, as `save_article` does: in the other order the two could wait for each other.
    session.execute(delete(RejectRow).where(RejectRow.article_id == article_id))
    return dated_at


def mark_gone(session: Session, article_id: int, *, now: datetime, run_id: int | None = None) -> None:
    """Store that the server says that the page of an article is gone; the first time counts."""
    is_first = (ArticleRow.id == article_id) & ArticleRow.gone_at.is_(None)
    marked = update(ArticleRow).where(is_first).values(gone_at=now).returning(ArticleRow.id)
    if session.scalar(marked) is not None:
        log_change(session.connection(), "gone", article_id, now=now, run_id=run_id)


def restore(connection: Connection, article_id: int, *, run_id: int | None, now: datetime) -> None:
    """Store that the page of an article that was gone is there again."""
    is_gone = (ArticleRow.id == article_id) & ArticleRow.gone_at.is_not(None)
    restored = update(ArticleRow).where(is_gone).values(gone_at=None).returning(ArticleRow.id)
    if connection.scalar(restored) is not None:
        log_change(connection, "restored", article_id, now=now, run_id=run_id)


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


def settle(
    connection: Connection,
    article_id: int,
    article: Article,
    keys: ArticleKeys,
    stored: Mapping[bytes, Existing],
    *,
    now: datetime,
) -> set[bytes]:
    """Give an article the addresses at which it was seen; return the hashes of those that are its own, or lead to it.

    `stored` are the articles that have them so far. An address at which the page was found moves to it, unless it was
    found there before the other article was last seen: then it is one that was there before. An address that is only
    claimed stays with the article that has it, unless that is one of another site."""
    urls = dict(zip(keys.hashes, keys.url_keys, strict=True))
    ways = {url_hash(way): way for way in keys.ways}
    add_urls(connection, article_id, {key: url for key, url in urls.items() if key not in stored}, now=now)
    owners = {url_hash(url) for url in holders(article, keys, stored)}
    held = {
        key: stored[key]
        for key, url in urls.items()
        if key in stored and stored[key].id != article_id and (url in keys.served or key not in owners)
    }
    moved = {key: other for key, other in held.items() if key not in owners or now >= other.last_seen_at}
    if moved:
        _move(connection, article_id, moved, now)
    earlier = {key: urls[key] for key in held.keys() - moved.keys()}
    _note_ways(connection, [_way(article_id, key, url, now, False) for key, url in earlier.items()])
    _note_ways(connection, [_way(article_id, key, url, now, True) for key, url in ways.items()])
    others = {key for key, other in stored.items() if other.id != article_id} - moved.keys()
    return {*urls, *ways} - others


def _move(connection: Connection, article_id: int, moved: Mapping[bytes, Existing], now: datetime) -> None:
    """Move addresses to an article; the articles that had them keep them as ways."""
    rows = connection.execute(
        select(ArticleUrl.url_hash, ArticleUrl.url, ArticleUrl.since).where(ArticleUrl.url_hash.in_(moved))
    ).all()
    former = [
        _way(moved[key].id, key, url, since or moved[key].first_seen_at, False)
        | {"until": moved[key].last_seen_at}
        for key, url, since in rows
    ]
    _note_ways(connection, former)
    its_ways = (ArticleWay.url_hash.in_(moved), ArticleWay.article_id == article_id)
    earlier: dict[bytes, datetime] = dict(
        connection.execute(select(ArticleWay.url_hash, ArticleWay.since).where(*its_ways)).all()
    )
    connection.execute(delete(ArticleWay).where(*its_ways))
    for key in sorted(moved):
        values = {"article_id": article_id, "since": min(now, earlier.get(key, now))}
        connection.execute(update(ArticleUrl).where(ArticleUrl.url_hash == key).values(values))


def _way(article_id: int, key: bytes, url: str, now: datetime, is_redirect: bool) -> dict[str, Any]:
    return {
        "url_hash": key,
        "article_id": article_id,
        "url": url,
        "since": now,
        "until": now,
        "is_redirect": is_redirect,
    }


def _note_ways(connection: Connection, ways: Collection[Mapping[str, Any]]) -> None:
    """Insert ways to articles, or widen the times of those that are stored."""
    for way in ways:
        its_key = (ArticleWay.url_hash == way["url_hash"], ArticleWay.article_id == way["article_id"])
        found = connection.execute(select(ArticleWay.since, ArticleWay.until).where(*its_key)).first()
        times = [(way["since"], way["until"]), *([tuple(found)] if found else [])]
        since, until = min(since for since, _ in times), max(until for _, until in times)
        dialect.insert_or_renew(
            connection,
            ArticleWay,
            [{**way, "since": since, "until": until}],
            unique=("url_hash", "article_id"),
            renewed=("since", "until"),
        )
