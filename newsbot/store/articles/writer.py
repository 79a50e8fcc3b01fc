"""How one article is saved: found by its keys, then inserted, revised, or only seen again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    Connection,
    LargeBinary,
    bindparam,
    cast,
    delete,
    insert,
    null,
    select,
    union_all,
    update,
)  # fmt: skip
from sqlalchemy.orm import Session

from newsbot import rule_versions
from newsbot.dedupe.agencies import agency_of
from newsbot.dedupe.changes import Judgement, is_material, is_silent, judge
from newsbot.items import Article
from newsbot.store.articles import children, story_placement
from newsbot.store.articles.revision_rows import changed_fields, compacted, stored_article, stored_content
from newsbot.store.schema.identity import ArticleKeys, content_key, url_hash
from newsbot.store.schema.models import ArticleRow, ArticleUrl, RejectRow, Revision, Source
from newsbot.store.sql import dialect
from newsbot.store.sql.prepared import Ready

Outcome = Literal["new", "changed", "unchanged", "duplicate", "conflict"]

COPIED_FIELDS = (
    "canonical_url", "title", "description", "published_at", "modified_at", "language", "section", "image_url",
    "word_count", "kind", "is_free", "entity_engine", "rules", "retrieved_at", "body",
)  # fmt: skip
"""Fields of an Article that are columns of the same name, and follow a change."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving an article."""

    article_id: int
    outcome: Outcome
    """`new`; `changed` since it was seen last; `unchanged`, or not so that a reader would care; `duplicate`: new, but the
    text of another article; `conflict`: the page is the stored article no longer, which stays as it is."""
    judgement: Judgement | None = None
    """Of a conflict: what the page is now."""
    story_id: int | None = None
    """Of a new article: the story that others tell too."""


class _Known(NamedTuple):
    url_hash: bytes | None
    """None for another article with the same text."""
    id: int
    content_key: bytes
    text_key: bytes
    title: str | None
    entity_engine: str | None
    first_seen_at: datetime
    last_seen_at: datetime


@cache
def _find(count: int) -> Ready:
    """Return the query for what is stored under so many URLs, and for the first article with the same text."""
    columns = [getattr(ArticleRow, name) for name in _Known._fields[1:]]
    by_url = (
        select(ArticleUrl.url_hash, *columns)
        .join(ArticleRow, ArticleRow.id == ArticleUrl.article_id)
        .where(ArticleUrl.url_hash.in_([bindparam(name) for name in _url_names(count)]))
    )
    by_text = (
        select(cast(null(), LargeBinary).label("url_hash"), *columns)
        .where(ArticleRow.text_key == bindparam("text_key"))
        .order_by(ArticleRow.id)
        .limit(1)
    )
    return Ready(union_all(by_url, select(by_text.subquery())) if count else by_text)


@cache
def _clear_rejects(count: int) -> Ready:
    """Return the statement that forgets why pages of so many URLs were not stored.

    Not what an article's page has become since: this one may come from an archive."""
    of_urls = RejectRow.url_hash.in_([bindparam(name) for name in _url_names(count)])
    is_past = RejectRow.article_id.is_(None) | (RejectRow.last_seen_at <= bindparam("seen_at"))
    return Ready(delete(RejectRow).where(of_urls, is_past))


def _url_names(count: int) -> list[str]:
    return [f"url_{place}" for place in range(count)]


def _by_name(hashes: Collection[bytes]) -> dict[str, Any]:
    return dict(zip(_url_names(len(hashes)), hashes, strict=True))


_ARTICLES = ArticleRow.metadata.tables["articles"]
_INSERT = Ready(insert(_ARTICLES).returning(_ARTICLES.c.id))
_BY_ID = select(*(_ARTICLES.c[name] for name in _Known._fields[1:])).where(
    _ARTICLES.c.id == bindparam("known_id")
)
_UPDATE = update(_ARTICLES).where(_ARTICLES.c.id == bindparam("known_id"))


def known_unchanged(
    session: Session, article: Article, *, keys: ArticleKeys, entity_engine: str | None = None
) -> int | None:
    """Return the id of the stored article that `article` repeats without a material change; None if there is none.

    With `entity_engine`, only one whose entities that engine has found: what need not be recognised again."""
    hashes = [url_hash(key) for key in keys.url_keys]
    query = (
        select(ArticleRow.id, ArticleRow.content_key, ArticleUrl.url_hash)
        .join(ArticleUrl, ArticleUrl.article_id == ArticleRow.id)
        .where(ArticleUrl.url_hash.in_(hashes))
    )
    if entity_engine is not None:
        query = query.where(ArticleRow.entity_engine == entity_engine)
    key = content_key(article)
    rows = [(id_, stored, each) for id_, stored, each in session.execute(query)]
    for id_, stored_key, _ in rows:
        if stored_key == key:
            return id_
    first = next((id_ for id_, _, each in rows if each == hashes[0]), None)
    if first is None:
        return None
    stored = stored_article(stored_content(session.connection(), first))
    return None if is_material(stored, article) else first


@dataclass(frozen=True, slots=True)
class Saving:
    """One article on its way into the database, inside a transaction."""

    connection: Connection
    article: Article
    keys: ArticleKeys
    run_id: int | None
    now: datetime
    by_rules: bool = False
    """The page is the one that is stored; only newsbot's rules have changed."""
    new_id: int | None = None
    """Of its row if the article is new; None: the next."""

    def save(self) -> Saved:
        """Insert or refresh the article; see `writes.save_article`."""
        urls = {url_hash(key): key for key in self.keys.url_keys}
        dialect.lock_keys(self.connection, [*urls, self.keys.text_key])
        rows = self._find(list(urls))
        stored = {row.url_hash: row for row in rows if row.url_hash is not None}
        twin = next((row.id for row in rows if row.url_hash is None), None)
        known = self._same_article(urls, stored)
        saved = self._insert(twin) if known is None else self._refresh(known, twin)
        if saved.outcome == "conflict":
            return saved
        new_urls = {each: url for each, url in urls.items() if each not in stored}
        children.add_urls(self.connection, saved.article_id, new_urls)
        _clear_rejects(len(urls)).run(self.connection, {**_by_name(urls), "seen_at": self.now})
        return saved

    def reapply(self, article_id: int) -> Outcome:
        """Let a stored article say what today's rules read from its page; nothing else of it moves."""
        dialect.lock_keys(self.connection, [*map(url_hash, self.keys.url_keys), self.keys.text_key])
        known = _Known(None, *self.connection.execute(_BY_ID, {"known_id": article_id}).one())
        if known.content_key == content_key(self.article):
            self._update(known, {"extractor_version": rule_versions.label(), "rules": self.article.rules})
            return "unchanged"
        twin = next((row.id for row in self._find([]) if row.id != article_id), None)
        self._change(known, stored_content(self.connection, article_id), {}, twin)
        return "changed"

    def _same_article(self, urls: Iterable[bytes], stored: Mapping[bytes, _Known]) -> _Known | None:
        """Return the stored article that this one is: the one under its first URL, whatever it says now.

        Under another of its URLs only if it says the same: "/latest" leads to one article after the other."""
        for place, each in enumerate(urls):
            known = stored.get(each)
            if known is not None and (place == 0 or self._is_alike(known)):
                return known
        return None

    def _is_alike(self, known: _Known) -> bool:
        same_title = known.title is not None and known.title == self.article.title
        return same_title or known.text_key == self.keys.text_key

    def _find(self, hashes: list[bytes]) -> list[_Known]:
        """Return the articles that the URLs lead to, and the first one stored with the same text."""
        wanted = {**_by_name(hashes), "text_key": self.keys.text_key}
        return [_Known(*row) for row in _find(len(hashes)).rows(self.connection, wanted)]

    def _insert(self, twin: int | None) -> Saved:
        text = story_placement.held_sketch(self.connection, self.article.body)
        self._add_source()
        dated_at = self.article.published_at or self.now
        values = self._content() | {
            "url": self.article.url, "source": self.article.source, "dated_at": dated_at, "revision": 1,
            "run_id": self.run_id, "first_seen_at": self.now, "last_seen_at": self.now,
        }  # fmt: skip
        given = {} if self.new_id is None else {"id": self.new_id}
        [(article_id,)] = _INSERT.rows(self.connection, values | given)
        children.add_bylines(self.connection, article_id, self.article)
        children.add_entities(self.connection, article_id, self.article, dated_at)
        children.add_words(self.connection, article_id, values)
        story_id = story_placement.place_article(self.connection, article_id, text, twin=twin, now=self.now)
        return Saved(article_id, "duplicate" if twin else "new", story_id=story_id)

    def _refresh(self, known: _Known, twin: int | None) -> Saved:
        values: dict[str, Any] = {
            "first_seen_at": min(self.now, known.first_seen_at),
            "last_seen_at": max(self.now, known.last_seen_at),
        }
        is_older = self.now < known.last_seen_at  # from an archive, read after the site itself
        if not is_older:
            values["gone_at"] = None
        if known.content_key == content_key(self.article):
            if self.article.entity_engine not in {None, known.entity_engine}:
                values["entity_engine"] = self.article.entity_engine
                self._replace_entities(known)
        elif not is_older:
            old = stored_content(self.connection, known.id)
            judgement = judge(stored_article(old), self.article)
            if judgement.verdict in {"teaser", "other-article"}:
                return Saved(known.id, "conflict", judgement)
            if judgement.verdict == "changed" and not self._takes_turns(known):
                self._change(known, old, values, twin)
                return Saved(known.id, "changed")
        self._update(known, values)
        return Saved(known.id, "unchanged")

    def _change(self, known: _Known, old: dict[str, Any], values: dict[str, Any], twin: int | None) -> None:
        """Revise an article; what it is to others may be something else now."""
        is_other_text = self.keys.text_key != known.text_key
        text = story_placement.held_sketch(self.connection, self.article.body) if is_other_text else None
        values = values | self._revise(known, old)
        story_placement.lock(self.connection)
        self._update(known, values)
        if text is not None:
            story_placement.move_article(self.connection, known.id, text, twin=twin, now=self.now)
        else:
            story_placement.settle_article(self.connection, known.id, now=self.now)

    def _update(self, known: _Known, values: Mapping[str, Any]) -> None:
        self.connection.execute(_UPDATE, {"known_id": known.id, **values})

    def _revise(self, known: _Known, old: dict[str, Any]) -> dict[str, Any]:
        """Keep what the article said before, replace its parts, and return its new columns."""
        changes = changed_fields(old, self.article)
        revision = {
            "article_id": known.id, "revision": old["revision"], "replaced_at": self.now, "run_id": self.run_id,
            "title_changed": "title" in changes, "body_changed": "body" in changes,
            "content_key": known.content_key, "changes": compacted(changes, self.article.body),
            "by_rules": self.by_rules, "is_silent": not self.by_rules and is_silent(stored_article(old), self.article),
        }  # fmt: skip
        self.connection.execute(insert(Revision).values(revision))
        children.remove_bylines(self.connection, known.id)
        children.add_bylines(self.connection, known.id, self.article)
        self._replace_entities(known)
        new = self._content() | {"revision": old["revision"] + 1, "dated_at": self._dated_at(known)}
        children.remove_words(self.connection, known.id, old)
        children.add_words(self.connection, known.id, old | new)
        return new

    def _takes_turns(self, known: _Known) -> bool:
        """Tell whether both what the article says and what it said before have been replaced before.

        Two addresses may serve two forms of an article by turns; that is no change each time one is seen."""
        both = {known.content_key, content_key(self.article)}
        query = select(Revision.content_key).where(Revision.article_id == known.id)
        return both <= set(self.connection.scalars(query.where(Revision.content_key.in_(both))))

    def _replace_entities(self, known: _Known) -> None:
        children.replace_entities(self.connection, known.id, self.article, self._dated_at(known))

    def _dated_at(self, known: _Known) -> datetime:
        return self.article.published_at or known.first_seen_at

    def _content(self) -> dict[str, Any]:
        """Return the columns that follow the content."""
        return {name: getattr(self.article, name) for name in COPIED_FIELDS} | {
            "text_key": self.keys.text_key,
            "content_key": content_key(self.article),
            "extractor_version": rule_versions.label(),
            "agency": agency_of(self.article.authors, self.article.body),
        }

    def _add_source(self) -> None:
        if self.article.source is not None:
            row = {"key": self.article.source, "first_seen_at": self.now}
            dialect.insert_missing(self.connection, Source, [row])
