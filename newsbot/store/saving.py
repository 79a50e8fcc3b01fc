"""How one article is saved: found by its keys, then inserted, revised, or only seen again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    Connection,
    LargeBinary,
    bindparam,
    cast,
    delete,
    exists,
    insert,
    null,
    select,
    union_all,
    update,
)  # fmt: skip
from sqlalchemy.orm import Session

from newsbot import __version__
from newsbot.items import Article
from newsbot.store import dialects, parts, stories
from newsbot.store.keys import ArticleKeys, content_key, url_hash
from newsbot.store.models import ArticleRow, ArticleUrl, RejectRow, Revision, Source
from newsbot.store.revisions import changed_fields, stored_content

Outcome = Literal["new", "changed", "unchanged", "duplicate"]

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
    """`new`; `changed` since it was seen last; `unchanged`; `duplicate`: new, but the text of another article."""


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


def _find_query() -> CompoundSelect[Any]:
    columns = [getattr(ArticleRow, name) for name in _Known._fields[1:]]
    by_url = (
        select(ArticleUrl.url_hash, *columns)
        .join(ArticleRow, ArticleRow.id == ArticleUrl.article_id)
        .where(ArticleUrl.url_hash.in_(bindparam("hashes", expanding=True)))
    )
    by_text = (
        select(cast(null(), LargeBinary).label("url_hash"), *columns)
        .where(ArticleRow.text_key == bindparam("text_key"))
        .order_by(ArticleRow.id)
        .limit(1)
    )
    return union_all(by_url, select(by_text.subquery()))


# Built once: building them took a third of the time of saving an article.
_ARTICLES = ArticleRow.metadata.tables["articles"]
_FIND = _find_query()
_INSERT = insert(_ARTICLES).returning(_ARTICLES.c.id)
_BY_ID = select(*(_ARTICLES.c[name] for name in _Known._fields[1:])).where(
    _ARTICLES.c.id == bindparam("known_id")
)
_UPDATE = update(_ARTICLES).where(_ARTICLES.c.id == bindparam("known_id"))
_CLEAR_REJECTS = delete(RejectRow).where(RejectRow.url_hash.in_(bindparam("hashes", expanding=True)))


def known_unchanged(
    session: Session, article: Article, *, keys: ArticleKeys, entity_engine: str | None = None
) -> int | None:
    """Return the id of the stored article that `article` repeats without a change; None if there is none.

    With `entity_engine`, only one whose entities that engine has found: what need not be recognised again."""
    query = (
        select(ArticleRow.id)
        .join(ArticleUrl, ArticleUrl.article_id == ArticleRow.id)
        .where(ArticleUrl.url_hash.in_([url_hash(key) for key in keys.url_keys]))
        .where(ArticleRow.content_key == content_key(article))
    )
    if entity_engine is not None:
        query = query.where(ArticleRow.entity_engine == entity_engine)
    return session.scalars(query.limit(1)).first()


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

    def save(self) -> Saved:
        """Insert or refresh the article; see `writes.save_article`."""
        urls = {url_hash(key): key for key in self.keys.url_keys}
        dialects.lock_keys(self.connection, [*urls, self.keys.text_key])
        rows = self._find(list(urls))
        stored = {row.url_hash: row for row in rows if row.url_hash is not None}
        twin = next((row.id for row in rows if row.url_hash is None), None)
        known = self._same_article(urls, stored)
        saved = self._insert(twin) if known is None else self._refresh(known, twin)
        new_urls = {each: url for each, url in urls.items() if each not in stored}
        parts.add_urls(self.connection, saved.article_id, new_urls)
        self.connection.execute(_CLEAR_REJECTS, {"hashes": list(urls)})
        return saved

    def reapply(self, article_id: int) -> Outcome:
        """Let a stored article say what today's rules read from its page; nothing else of it moves."""
        dialects.lock_keys(self.connection, [*map(url_hash, self.keys.url_keys), self.keys.text_key])
        known = _Known(None, *self.connection.execute(_BY_ID, {"known_id": article_id}).one())
        if known.content_key == content_key(self.article):
            self._update(known, {"extractor_version": __version__, "rules": self.article.rules})
            return "unchanged"
        if self.keys.text_key == known.text_key:
            self._update(known, self._revise(known))
        else:
            twin = next((row.id for row in self._find([]) if row.id != article_id), None)
            self._retell(known, {}, twin)
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
        found = self.connection.execute(_FIND, {"hashes": hashes, "text_key": self.keys.text_key})
        return [_Known(*row) for row in found]

    def _insert(self, twin: int | None) -> Saved:
        text = stories.held_sketch(self.connection, self.article.body)
        self._add_source()
        dated_at = self.article.published_at or self.now
        values = self._content() | {
            "url": self.article.url, "source": self.article.source, "dated_at": dated_at, "revision": 1,
            "run_id": self.run_id, "first_seen_at": self.now, "last_seen_at": self.now,
        }  # fmt: skip
        article_id: int = self.connection.execute(_INSERT, values).scalar_one()
        parts.add_bylines(self.connection, article_id, self.article)
        parts.add_entities(self.connection, article_id, self.article, dated_at)
        parts.add_words(self.connection, article_id, self.article.title, self.article.body)
        stories.place_article(self.connection, article_id, text, twin=twin, now=self.now)
        return Saved(article_id, "duplicate" if twin else "new")

    def _refresh(self, known: _Known, twin: int | None) -> Saved:
        values: dict[str, Any] = {
            "first_seen_at": min(self.now, known.first_seen_at),
            "last_seen_at": max(self.now, known.last_seen_at),
        }
        is_older = self.now < known.last_seen_at  # from an archive, read after the site itself
        if known.content_key == content_key(self.article):
            if self.article.entity_engine not in {None, known.entity_engine}:
                values["entity_engine"] = self.article.entity_engine
                self._replace_entities(known)
        elif not is_older and not self._was_said_before(known):
            if self.keys.text_key != known.text_key:
                self._retell(known, values, twin)
            else:
                self._update(known, values | self._revise(known))
            return Saved(known.id, "changed")
        self._update(known, values)
        return Saved(known.id, "unchanged")

    def _retell(self, known: _Known, values: dict[str, Any], twin: int | None) -> None:
        """Revise an article whose text has changed; it may tell another story now."""
        text = stories.held_sketch(self.connection, self.article.body)
        values |= self._revise(known)
        stories.lock(self.connection)
        self._update(known, values)
        stories.move_article(self.connection, known.id, text, twin=twin, now=self.now)

    def _update(self, known: _Known, values: Mapping[str, Any]) -> None:
        self.connection.execute(_UPDATE, {"known_id": known.id, **values})

    def _revise(self, known: _Known) -> dict[str, Any]:
        """Keep what the article said before, replace its parts, and return its new columns."""
        old = stored_content(self.connection, known.id)
        changes = changed_fields(old, self.article)
        revision = {
            "article_id": known.id, "revision": old["revision"], "replaced_at": self.now, "run_id": self.run_id,
            "title_changed": "title" in changes, "body_changed": "body" in changes,
            "content_key": known.content_key, "changes": changes, "by_rules": self.by_rules,
        }  # fmt: skip
        self.connection.execute(insert(Revision).values(revision))
        parts.remove_bylines(self.connection, known.id)
        parts.add_bylines(self.connection, known.id, self.article)
        self._replace_entities(known)
        parts.remove_words(self.connection, known.id, old["title"], old["body"])
        parts.add_words(self.connection, known.id, self.article.title, self.article.body)
        return self._content() | {"revision": old["revision"] + 1, "dated_at": self._dated_at(known)}

    def _was_said_before(self, known: _Known) -> bool:
        """Tell whether an earlier revision had this content.

        Two addresses may serve two forms of an article by turns; that is no change each time one is seen."""
        same = exists().where(
            Revision.article_id == known.id, Revision.content_key == content_key(self.article)
        )
        return bool(self.connection.scalar(select(same)))

    def _replace_entities(self, known: _Known) -> None:
        parts.remove_entities(self.connection, known.id)
        parts.add_entities(self.connection, known.id, self.article, self._dated_at(known))

    def _dated_at(self, known: _Known) -> datetime:
        return self.article.published_at or known.first_seen_at

    def _content(self) -> dict[str, Any]:
        """Return the columns that follow the content."""
        return {name: getattr(self.article, name) for name in COPIED_FIELDS} | {
            "text_key": self.keys.text_key,
            "content_key": content_key(self.article),
            "extractor_version": __version__,
        }

    def _add_source(self) -> None:
        if self.article.source is not None:
            row = {"key": self.article.source, "first_seen_at": self.now}
            dialects.insert_missing(self.connection, Source, [row])
