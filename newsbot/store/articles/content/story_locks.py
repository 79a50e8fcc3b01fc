"""Locks of stories: two transactions wait for each other only if they may change the same story.

Every story has a lock, and every article that is in none has one. They are taken before the first write, by these rules:

- Who changes the story columns of an article holds the lock of its story, or its own.
- Who adds, changes or removes a text holds the locks of all articles that are related to it, before and after. So what an
  article is an excerpt of is decided by texts that stay as they are.

Near duplicates that are stored at the same time share a near-duplicate key, by which one waits for the other.

Which story an article is in may change until its lock is held. So it is looked up again then, and if locks are missing, all
are taken anew (`locks.take_found`). On SQLite nothing is locked or looked up here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from sqlalchemy import Connection, select

from newsbot.dedupe.sketches import Sketch
from newsbot.store.articles.content.stored_sketches import related_to, sketches_of
from newsbot.store.schema.models import ArticleRow
from newsbot.store.sql import locks, memory, waiting_rows
from newsbot.store.sql.locks import Rank

NUMBERS = b"stories."
"""Key of the lock under which stories are given the numbers that they have elsewhere."""


class _Locked:
    """The articles whose stories a transaction has locked, and those that it has stored."""

    def __init__(self) -> None:
        self.ids: set[int] = set()

    def see(self, statement: str) -> None:
        """Do nothing: locks are held until the transaction ends."""


def lock(
    connection: Connection, ids: set[int], find: Callable[[], set[int]], *, renumbers: bool = False
) -> None:
    """Lock the stories of articles. To be called before the first write.

    `find` returns the ids anew; it is called when the locks are held. With `renumbers`, the numbers of stories are locked."""
    locked = memory.of(connection, _Locked)
    if connection.dialect.name == "sqlite" or (ids <= locked.ids and not renumbers):
        return

    def find_keys() -> set[bytes]:
        nonlocal ids
        ids = find()
        return _keys(connection, ids, renumbers=renumbers)

    waiting_rows.send(connection)
    locks.take_found(connection, Rank.STORIES, _keys(connection, ids, renumbers=renumbers), find_keys)
    locked.ids |= ids


def has_locked(connection: Connection, article_id: int) -> bool:
    """Return whether nothing is to be locked any more before an article is changed; on SQLite always True."""
    return connection.dialect.name == "sqlite" or article_id in memory.of(connection, _Locked).ids


def note_stored(connection: Connection, article_id: int) -> None:
    """Note that the transaction has inserted an article, so that nobody else can see it."""
    memory.of(connection, _Locked).ids.add(article_id)


def related_ids(connection: Connection, texts: Iterable[Sketch]) -> set[int]:
    """Return the articles that are related to texts."""
    return {candidate.id for text in texts for candidate, _ in related_to(connection, text)}


def bound_to(connection: Connection, article_ids: Collection[int]) -> set[int]:
    """Return the articles that are related to the stored texts of some, these included, and their excerpts."""
    if not article_ids:
        return set()
    is_excerpt = ArticleRow.duplicate_kind == "excerpt", ArticleRow.duplicate_of.in_(article_ids)
    excerpts = connection.scalars(select(ArticleRow.id).where(*is_excerpt))
    return {
        *article_ids,
        *excerpts,
        *related_ids(connection, sketches_of(connection, article_ids)),
    }


def _keys(connection: Connection, ids: set[int], *, renumbers: bool) -> set[bytes]:
    query = select(ArticleRow.id, ArticleRow.story_id).where(ArticleRow.id.in_(ids))
    rows = connection.execute(query).all() if ids else []
    stories = {_key(b"A", id_) if story_id is None else _key(b"S", story_id) for id_, story_id in rows}
    return stories | ({NUMBERS} if renumbers else set())


def _key(kind: bytes, number: int) -> bytes:
    return kind + number.to_bytes(7)
