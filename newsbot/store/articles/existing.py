"""Finds the stored articles that a page may be, and what is done with it: `plan.decide` compares it with each of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, LargeBinary, bindparam, case, cast, func, null, select, union_all
from sqlalchemy.orm import Session

from newsbot.dedupe.changes import is_material, judge
from newsbot.dedupe.feed_values import fields_from_feed, keep_feed_values
from newsbot.items import STUB, Article, Fetched
from newsbot.store.articles.plan import (
    Another,
    Conflict,
    Content,
    Existing,
    Insert,
    Plan,
    Revise,
    SeeAgain,
    as_known,
    candidates,
    decide,
    needs_content,
)
from newsbot.store.articles.revision_rows import stored_article, stored_content
from newsbot.store.crawl.fetches import is_same_page
from newsbot.store.schema.identity import ArticleKeys, article_keys, content_key, url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, ArticleWay, Revision
from newsbot.store.sql import memory
from newsbot.store.sql.compiled import CompiledStatement
from newsbot.store.sql.many_rows import AskedRows
from newsbot.urls import source_of

MAX_FORMER = 5
"""Number of articles that were at an address before with which a page is compared. Addresses that are used every day have
hundreds; one whose text the page has is always among those compared."""

_COLUMNS = [getattr(ArticleRow, name) for name in Existing.__slots__]
_CHANGE = re.compile(
    r"UPDATE articles SET (?!duplicate_of=|story_id=)|(UPDATE|DELETE FROM) article_urls|DELETE FROM articles"
)
"""Statements after which other articles may be found. Those that only change stories are left out."""
_BY_URLS = AskedRows(
    lambda asked: (
        select(asked.c.url_hash, *_COLUMNS)
        .join_from(asked, ArticleUrl, ArticleUrl.url_hash == asked.c.url_hash)
        .join(ArticleRow, ArticleRow.id == ArticleUrl.article_id)
    ),
    url_hash=LargeBinary(),
)
_BY_TEXTS = AskedRows(
    lambda asked: (
        select(asked.c.text_key, func.min(ArticleRow.id))
        .join_from(asked, ArticleRow, ArticleRow.text_key == asked.c.text_key)
        .group_by(asked.c.text_key)
    ),
    text_key=LargeBinary(),
)
_BY_ID = select(*_COLUMNS).where(ArticleRow.id == bindparam("known_id"))


def find_existing(
    connection: Connection, hashes: Collection[bytes], text_key: bytes
) -> tuple[dict[bytes, Existing], int | None]:
    """Return the stored articles by the hashes of URLs that lead to them, and the id of the first with this text."""
    known = memory.of(connection, _Known)
    if text_key in known.by_text and all(key in known.by_url for key in hashes):
        found = {key: existing for key in hashes if (existing := known.by_url[key]) is not None}
        return found, known.by_text[text_key]
    values: dict[str, Any] = dict(zip(_hash_names(len(hashes)), hashes, strict=True))
    stored: dict[bytes, Existing] = {}
    exact_duplicate_id = None
    for key, *columns in _find_statement(len(hashes)).rows(connection, values | {"text_key": text_key}):
        if key is None:
            exact_duplicate_id = columns[0]
        else:
            stored[key] = Existing(*columns)
    return stored, exact_duplicate_id


class _Known:
    """What is stored under the URLs and with the texts of the articles of a transaction."""

    def __init__(self) -> None:
        self.by_url: dict[bytes, Existing | None] = {}
        self.by_text: dict[bytes, int | None] = {}

    def see(self, statement: str) -> None:
        """Forget everything if a statement changes columns of `Existing`, or addresses."""
        if _CHANGE.match(statement):
            self.by_url.clear()
            self.by_text.clear()


def look_up(connection: Connection, articles: Iterable[ArticleKeys]) -> None:
    """Look up what is stored under the URLs and with the texts of several articles; under the locks of their keys."""
    articles, known = list(articles), memory.of(connection, _Known)
    hashes = {key for keys in articles for key in led_by(keys)}
    texts = {keys.text_key for keys in articles}
    by_url = {
        key: Existing(*columns) for key, *columns in _BY_URLS.rows(connection, [(key,) for key in hashes])
    }
    by_text = dict(map(tuple, _BY_TEXTS.rows(connection, [(key,) for key in texts])))
    known.by_url |= {key: by_url.get(key) for key in hashes}
    known.by_text |= {key: by_text.get(key) for key in texts}


def first_with_text(connection: Connection, text_key: bytes) -> int | None:
    """Return the first article with a text that has been looked up."""
    return memory.of(connection, _Known).by_text[text_key]


def forget(connection: Connection, keys: ArticleKeys) -> None:
    """Have what is stored under the URLs and with the text of an article looked up again, because it is stored now."""
    known = memory.of(connection, _Known)
    for key in led_by(keys):
        known.by_url.pop(key, None)
    known.by_text.pop(keys.text_key, None)


def led_by(keys: ArticleKeys) -> list[bytes]:
    """Return the hashes of all URLs that lead to an article."""
    return [*keys.hashes, *map(url_hash, keys.ways)]


@cache
def _find_statement(count: int) -> CompiledStatement:
    """Return the query for the articles under `count` URLs, and for the first article with a text (without a hash)."""
    by_url = (
        select(ArticleUrl.url_hash, *_COLUMNS)
        .join(ArticleRow, ArticleRow.id == ArticleUrl.article_id)
        .where(ArticleUrl.url_hash.in_([bindparam(name) for name in _hash_names(count)]))
    )
    by_text = (
        select(cast(null(), LargeBinary).label("url_hash"), *_COLUMNS)
        .where(ArticleRow.text_key == bindparam("text_key"))
        .order_by(ArticleRow.id + 0)  # by the id itself PostgreSQL may read all articles, in their order
        .limit(1)
    )
    return CompiledStatement(union_all(by_url, select(by_text.subquery())) if count else by_text)


def _hash_names(count: int) -> list[str]:
    return [f"url_{place}" for place in range(count)]


def load_existing(connection: Connection, article_id: int) -> Existing:
    """Return a stored article by its id."""
    return Existing(*connection.execute(_BY_ID, {"known_id": article_id}).one())


def load_content(connection: Connection, existing: Existing, new_key: bytes) -> Content:
    """Return the content of a stored article; `new_key` is the content key of the page it is compared with."""
    keys = (existing.content_key, new_key)
    query = select(Revision.content_key).where(
        Revision.article_id == existing.id, Revision.content_key.in_(keys)
    )
    return Content(stored_content(connection, existing.id), set(connection.scalars(query)))


class Found(NamedTuple):
    """What is done with a page, and what was stored under its URLs and with its text."""

    plan: Plan
    stored: Mapping[bytes, Existing]
    """The articles by the hashes of the URLs."""
    exact_duplicate_id: int | None


def find_plan(
    connection: Connection,
    article: Article,
    keys: ArticleKeys,
    key: bytes,
    *,
    now: datetime,
    clock: datetime,
    fetched: Fetched | None = None,
) -> Found:
    """Return what is done with a page whose content has this key; under the locks of its keys.

    A page that differs from what is stored though its bytes are the same is read differently by today's rules.

    If another article is at its address now, the page may still be one that was there before: pages may show two articles
    in turns, and archives are read in any order."""
    stored, exact_duplicate_id = find_existing(connection, led_by(keys), keys.text_key)
    others: set[int] = set()
    for existing in candidates(article, keys, stored):
        plan = _decided(connection, as_known(existing, clock=clock), article, key, now)
        if isinstance(plan, Another | Conflict | Revise) and is_same_page(connection, existing.id, fetched):
            content = load_content(connection, existing, key).columns
            plan = Revise(existing, content, content, by_rules=True)
        if not isinstance(plan, Another):
            return Found(plan, stored, exact_duplicate_id)
        others.add(existing.id)
    holder = stored.get(keys.own_hash)
    if holder is not None and holder.id in others:
        for former in _former(connection, keys):
            plan = _decided(connection, as_known(former, clock=clock), article, key, now)
            if isinstance(plan, SeeAgain | Revise):
                return Found(plan, stored, exact_duplicate_id)
    return Found(Insert(), stored, exact_duplicate_id)


def _decided(
    connection: Connection, existing: Existing, article: Article, key: bytes, now: datetime
) -> Plan | Another:
    content = load_content(connection, existing, key) if needs_content(existing, key) else None
    return decide(existing, article, key, content, now=now)


def _former(connection: Connection, keys: ArticleKeys) -> list[Existing]:
    """Return the articles that were at the own URL of a page before: first one with its text, then the last ones."""
    has_text = case((ArticleRow.text_key == keys.text_key, 0), else_=1)
    query = (
        select(*_COLUMNS)
        .join(ArticleWay, ArticleWay.article_id == ArticleRow.id)
        .where(ArticleWay.url_hash == keys.own_hash, ~ArticleWay.is_redirect)
        .order_by(has_text, ArticleWay.until.desc(), ArticleRow.id.desc())
        .limit(MAX_FORMER)
    )
    return [Existing(*row) for row in connection.execute(query)]


def known_unchanged(
    session: Session, article: Article, *, keys: ArticleKeys, entity_engine: str | None = None
) -> int | None:
    """Return the id of the stored article that `article` repeats without a material change; None if there is none.

    With `entity_engine`, only an article whose entities that engine has recognised: they need not be recognised again."""
    query = (
        select(ArticleRow.id, ArticleRow.content_key, ArticleUrl.url_hash)
        .join(ArticleUrl, ArticleUrl.article_id == ArticleRow.id)
        .where(ArticleUrl.url_hash.in_(keys.hashes), ArticleRow.kind != STUB)
    )
    if entity_engine is not None:
        query = query.where(ArticleRow.entity_engine == entity_engine)
    key = content_key(article)
    rows = list(session.execute(query))
    for article_id, stored_key, _ in rows:
        if stored_key == key:
            return int(article_id)
    first = next((article_id for article_id, _, found_by in rows if found_by == keys.hashes[0]), None)
    if first is None:
        return None
    stored = stored_article(stored_content(session.connection(), first))
    return None if is_material(stored, article) else first


def recall(session: Session, article: Article) -> None:
    """Fill what a page says no more, or has never said, with what is known of its article from elsewhere.

    These are the values that a feed gave when the article was stored, and its source, if the address of the page names
    none. So a page that is read again without the entry of the feed does not lose them, and has not changed. What a feed
    said of the article that was at the address before is not said of the one that is there now."""
    connection, keys = session.connection(), article_keys(article)
    stored, _ = find_existing(connection, keys.hashes, keys.text_key)
    existing = next(iter(candidates(article, keys, stored)), None)
    if existing is None:
        return
    if fields_from_feed(existing.rules):
        content = stored_content(connection, existing.id)
        is_stub = existing.kind == STUB
        if is_stub or judge(stored_article(content), article).verdict != "other-article":
            keep_feed_values(article, content, existing.rules)
    if existing.source and article.source == source_of(article.url):
        article.source = existing.source
