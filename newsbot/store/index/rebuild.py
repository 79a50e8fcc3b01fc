"""Makes the full-text index anew after a migration or a copy, and the stems of its words after a change of their rules.

It goes from article to article in transactions of their own, and continues where it was if it is killed. Until it has
ended, a database is refused (`Database.open`), so that no article is changed whose old entry is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, delete, func, select, text

from newsbot.query.stems import VERSION, rules_of, stem
from newsbot.store.index import full_text, vocabulary
from newsbot.store.index.index_entries import entry_of, index_words
from newsbot.store.schema.models import ArticleAuthor, ArticleRow, ArticleTopic, Author, Topic
from newsbot.store.sql import locks
from newsbot.store.sql.locks import Rank

BATCH = 200
"""Number of articles, or of words in hundreds, a transaction."""
_LOCK = b"newsbot-index"
_COLUMNS = ("id", "title", "body", "source", "language", "section", "kind", "dated_at")
_STATE = text("SELECT name, value FROM article_search_state")
_SET = text(
    "INSERT INTO article_search_state (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_FORGET = text("DELETE FROM article_search_state WHERE name = :name")


class Done(NamedTuple):
    """How much of the index is made."""

    part: int
    whole: int


def is_finished(connection: Connection) -> bool:
    """Return whether every article is in the index, with the stems of today's rules."""
    state = _state(connection)
    return "next" not in state and state.get("stems") == VERSION


def begin(connection: Connection) -> None:
    """Have an empty index made of all articles, by the next `step`s."""
    first, last = connection.execute(select(func.min(ArticleRow.id), func.max(ArticleRow.id))).one()
    if first is not None:
        _set(connection, "next", str(first))
        _set(connection, "until", str(last))


def step(connection: Connection) -> Done | None:
    """Index a batch of articles, in a transaction that may be committed; return None if there is nothing left to do."""
    locks.take(connection, Rank.MIGRATION, [_LOCK])
    state = _state(connection)
    if "next" in state:
        return _index(connection, int(state["next"]), int(state["until"]))
    if state.get("stems") != VERSION:
        _stem_again(connection)
        _set(connection, "stems", VERSION)
    return None


def _index(connection: Connection, start: int, until: int) -> Done:
    columns = [getattr(ArticleRow, name) for name in _COLUMNS]
    query = select(*columns).where(ArticleRow.id >= start, ArticleRow.id <= until)
    rows = connection.execute(query.order_by(ArticleRow.id).limit(BATCH)).mappings().all()
    authors = _names(connection, Author.name, ArticleAuthor, ArticleAuthor.author_id == Author.id, rows)
    topics = _names(connection, Topic.name, ArticleTopic, ArticleTopic.topic_id == Topic.id, rows)
    for row in rows:
        names = {"authors": authors[row["id"]], "topics": topics[row["id"]]}
        entry = entry_of({**row, **names}, index_words(row["body"]))
        full_text.add(connection, row["id"], entry)
        words = chain(entry.title, entry.body)
        vocabulary.collect_words(connection, rules_of(row["language"]), words)
    after = rows[-1]["id"] + 1 if rows else until + 1
    if after > until:
        connection.execute(_FORGET, {"name": "next"})
        connection.execute(_FORGET, {"name": "until"})
    else:
        _set(connection, "next", str(after))
    return Done(min(after, until), until)


def _names(
    connection: Connection, name: Any, link: Any, joined: Any, rows: Sequence[RowMapping]
) -> defaultdict[int, list[str]]:
    """Return the authors or topics of articles, in their order."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    query = select(link.article_id, name).join(link, joined)
    query = query.where(link.article_id.in_([row["id"] for row in rows]))
    for article_id, written in connection.execute(query.order_by(link.article_id, link.position)):
        found[article_id].append(written)
    return found


def _stem_again(connection: Connection) -> None:
    """Replace the stems of all words by those of today's rules."""
    table = vocabulary.WORDS
    changed = [
        (language, old, word)
        for language, old, word in connection.execute(select(table.c.language, table.c.stem, table.c.word))
        if stem(word, language) != old
    ]
    for place in range(0, len(changed), 100 * BATCH):
        part = changed[place : place + 100 * BATCH]
        for row in part:
            key = zip(table.c, row, strict=True)
            connection.execute(delete(table).where(*(column == value for column, value in key)))
        vocabulary.add(
            connection, sorted((language, stem(word, language), word) for language, _, word in part)
        )


def _state(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(_STATE)}


def _set(connection: Connection, name: str, value: str) -> None:
    connection.execute(_SET, {"name": name, "value": value})
