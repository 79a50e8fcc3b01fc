"""Takes the locks for several articles that are stored in one transaction.

    with database.write() as session:
        lock_articles(session, [Incoming(article, precomputed, site_blocks), ...], now=now)
        for article, precomputed, site_blocks in ...:
            reclean_same(session, article, site_blocks, ...)
            save_article(session, article, keys=article_keys(article), precomputed=precomputed, ...)
            learn(session, saved, article, site_blocks, ...)

Two processes that store batches with the same URLs, texts, stories, sources and names do not deadlock, because each of them takes
all locks of its batch in the order of `sql.locks` before it writes the first article: the keys of URLs and texts, the
near-duplicate keys, the stories that the batch may change, then the rows of sources, authors, topics and entities.
Totals, forms of entities and counts of boilerplate follow when the transaction ends.

A body must not change after `lock_articles`, which removes learnt boilerplate itself. What the articles of a batch teach
about boilerplate applies from the next transaction on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, FromClause, LargeBinary, select, union_all
from sqlalchemy.orm import Session

from newsbot.dedupe.sketches import Sketch
from newsbot.items import Article
from newsbot.store.articles import children, existing, site_boilerplate, story_placement
from newsbot.store.articles.content import known_sketches, story_locks
from newsbot.store.articles.plan import Existing, candidates
from newsbot.store.articles.precomputed import Precomputed, current
from newsbot.store.crawl import rejects
from newsbot.store.entities import entity_writer
from newsbot.store.schema.identity import ArticleKeys, article_keys, content_key, url_hash
from newsbot.store.schema.models import ArticleUrl, ArticleWay
from newsbot.store.sql import dialect, locks, memory
from newsbot.store.sql.locks import Rank
from newsbot.store.sql.many_rows import AskedRows
from newsbot.urls import canonicalize


@dataclass(frozen=True, slots=True)
class Incoming:
    """An article that is about to be stored."""

    article: Article
    precomputed: Precomputed | None = None
    """`precompute(article)`; None: computed here, if it is needed."""
    site_blocks: dict[bytes, str] = field(default_factory=dict)
    """The blocks that `remove_learnt` has found; those that it finds now are added."""


@dataclass(frozen=True, slots=True)
class _Keyed:
    """An article with its keys."""

    article: Article
    keys: ArticleKeys
    sketch: Sketch


def lock_articles(
    session: Session,
    batch: Sequence[Incoming],
    *,
    now: datetime,
    reject_urls: Iterable[str] = (),
    seen_ids: Collection[int] = (),
    renumbers_stories: bool = False,
) -> None:
    """Remove learnt boilerplate from articles that one transaction stores, and take the locks that this needs.

    `now` becomes `first_seen_at` of new sources. `reject_urls` are the URLs of rejects, `seen_ids` the ids of articles
    that are only seen again in the same transaction. `renumbers_stories` takes the lock that `imports.restore` needs.

    What `save_article` and `remove_learnt` ask for each article is looked up for all of them, in one statement each.

    A single article without any of these is not locked here: `save_article` takes its locks. A second call in a
    transaction that holds locks does nothing. On SQLite nothing is locked: the transaction has the whole database."""
    connection = session.connection()
    begun = memory.of(connection, _Begun)
    if begun.is_begun or locks.is_held(connection, Rank.IDENTITY):
        return
    if len(batch) > 1:
        site_boilerplate.look_up(connection, [incoming.article for incoming in batch])
    for incoming in batch:
        site_boilerplate.remove_learnt(session, incoming.article, incoming.site_blocks)
    rejected = [url_hash(canonicalize(url)) for url in reject_urls]
    outdated = _outdated(session, batch)
    if len(batch) + len(rejected) + len(seen_ids) == 1 and not outdated and not renumbers_stories:
        return
    begun.is_begun = True
    articles = [*_keyed(batch), *_keyed(outdated)]
    _lock_keys(connection, articles, rejected)
    _look_up(connection, articles)
    if connection.dialect.name != "sqlite":
        others = set(seen_ids).union(*_ids_at(connection, rejected).values())
        _lock_stories(connection, articles, others, renumbers=renumbers_stories)
    if len(batch) > 1:
        named = [found.article for found in articles if _may_add_names(connection, found)]
        _add_names(connection, named, now=now)


class _Begun:
    """Whether a transaction has taken the locks of its articles."""

    is_begun = False

    def see(self, statement: str) -> None:
        """Do nothing: locks are held until the transaction ends."""


def _lock_keys(connection: Connection, articles: Sequence[_Keyed], rejected: Sequence[bytes]) -> None:
    keys = [key for found in articles for key in found.keys.lock_keys]
    locks.take(connection, Rank.IDENTITY, [*keys, *rejected])
    story_placement.lock_near_duplicates(connection, [found.sketch for found in articles])


def _look_up(connection: Connection, articles: Sequence[_Keyed]) -> None:
    """Look up for all articles what `save_article` asks for each of them."""
    existing.look_up(connection, [found.keys for found in articles])
    known_sketches.look_up(connection, [found.sketch for found in articles])
    rejects.look_up(connection, [key for found in articles for key in existing.led_by(found.keys)])


def _lock_stories(
    connection: Connection, articles: Sequence[_Keyed], others: Collection[int], *, renumbers: bool
) -> None:
    """Lock the stories that a batch may change. `others` are further articles of which it changes the row.

    Other transactions may have changed stories and texts until then."""

    def find_again() -> set[int]:
        existing.look_up(connection, [found.keys for found in articles])
        known_sketches.look_up(connection, [found.sketch for found in articles])
        return _bound(connection, articles) | set(others)

    ids = _bound(connection, articles) | set(others)
    story_locks.lock(connection, ids, find_again, renumbers=renumbers)


def _outdated(session: Session, batch: Sequence[Incoming]) -> list[Incoming]:
    """Return the stored versions of articles that `reclean_same` will replace."""
    found = (
        site_boilerplate.find_outdated(session, incoming.article, incoming.site_blocks) for incoming in batch
    )
    return [Incoming(outdated.article) for outdated in found if outdated is not None]


def _keyed(batch: Iterable[Incoming]) -> Iterator[_Keyed]:
    for incoming in batch:
        article = incoming.article
        yield _Keyed(article, article_keys(article), current(article, incoming.precomputed).sketch)


def _bound(connection: Connection, articles: Sequence[_Keyed]) -> set[int]:
    """Return the stored articles whose rows or stories a batch may change.

    These are the articles at its URLs, those beside which its texts are placed, and what is bound to texts that it
    replaces. A transaction that settles a story changes the rows of its members in any order, and so waits for one that
    changes several of them without the lock of the story."""
    at = _ids_at(connection, {key for found in articles for key in found.keys.lock_keys})
    beside = story_locks.related_ids(connection, [found.sketch for found in articles])
    beside |= {
        same for found in articles if (same := existing.first_with_text(connection, found.keys.text_key))
    }
    changing = [found for found in articles if _repeated(connection, found) is None]
    changed = {id_ for found in changing for key in found.keys.lock_keys for id_ in at.get(key, ())}
    return beside.union(*at.values()) | story_locks.bound_to(connection, changed)


def _ids_at(connection: Connection, hashes: Collection[bytes]) -> Mapping[bytes, set[int]]:
    """Return the articles that are at URLs, and those that were there before: a page may show them again."""
    ids = defaultdict(set)
    for key, article_id in _AT_URLS.rows(connection, [(key,) for key in hashes]) if hashes else ():
        ids[key].add(article_id)
    return ids


def _at_urls(asked: FromClause) -> Any:
    return union_all(
        *(
            select(table.url_hash, table.article_id).join(asked, asked.c.url_hash == table.url_hash)
            for table in (ArticleUrl, ArticleWay)
        )
    )


_AT_URLS = AskedRows(_at_urls, url_hash=LargeBinary())


def _repeated(connection: Connection, found: _Keyed) -> Existing | None:
    """Return the stored article that an article repeats without any change, as `existing.find_plan` decides it."""
    keys = found.keys
    stored, _ = existing.find_existing(connection, existing.led_by(keys), keys.text_key)
    first = next(iter(candidates(found.article, keys, stored)), None)
    is_same = first is not None and first.content_key == content_key(found.article)
    return first if is_same else None


def _may_add_names(connection: Connection, found: _Keyed) -> bool:
    """Return whether an article is not yet stored with this content and entities of this engine."""
    repeated = _repeated(connection, found)
    return repeated is None or found.article.entity_engine not in {repeated.entity_engine, None}


def add_names(session: Session, articles: Sequence[Article], *, now: datetime) -> None:
    """Insert the rows of names that articles need, in a transaction of its own before the one that stores them.

    Others that store articles with the same new names wait for this short transaction only. Names may stay without an article
    if none is stored then. It does not wait for the disk: the transaction that stores the articles does."""
    connection = session.connection()
    dialect.end_without_disk(connection)
    _add_names(connection, articles, now=now)


def _add_names(connection: Connection, articles: Sequence[Article], *, now: datetime) -> None:
    """Insert the missing rows of sources, authors, topics and entities of articles, each kind in one statement."""
    locks.take(connection, Rank.CORRECTIONS, [entity_writer.CORRECTIONS_LOCK], is_shared=True)
    sources = {article.source for article in articles if article.source is not None}
    children.add_sources(connection, sources, now=now)
    children.add_names(connection, articles)
    entity_writer.add_names(connection, [entity for article in articles for entity in article.entities])
