"""Sketches that share near-duplicate keys with the texts of a transaction, looked up for all of these texts at once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import BigInteger, Connection, select
from sqlalchemy import text as sql_text

from newsbot.dedupe.grouping import MAX_CANDIDATES, MAX_PER_KEY, SketchCandidate
from newsbot.dedupe.sketches import Sketch
from newsbot.store.schema.models import ArticleSketch
from newsbot.store.sql import memory
from newsbot.store.sql.many_rows import AskedRows

Keys = tuple[int | None, ...]
"""`keys` of a sketch."""
KEY_COLUMNS = [f"key_{place}" for place in range(len(ArticleSketch.__table_args__))]
"""Names of the columns of the keys, in their order."""
_GIVEN = {
    "sqlite": "json_each(:{column}) AS asked",
    "postgresql": "unnest(CAST(:{column} AS int[])) AS asked (value)",
}
_JOINED = {"sqlite": "group_concat(article_id)", "postgresql": "string_agg(CAST(article_id AS text), ',')"}


def _shares(dialect: str) -> str:
    """Return the query for the newest articles with each of the given keys: its place, the key, ids with commas."""
    parts = (
        f"SELECT {place} AS place, asked.value AS value, (SELECT {_JOINED[dialect]} FROM ("  # noqa: S608
        f"SELECT article_id FROM article_sketches WHERE {column} = asked.value"
        f" ORDER BY {column} DESC, article_id DESC LIMIT {MAX_PER_KEY}) AS newest) AS ids"
        f" FROM {_GIVEN[dialect].format(column=column)}"
        for place, column in enumerate(KEY_COLUMNS)
    )
    return f"SELECT place, value, ids FROM ({' UNION ALL '.join(parts)}) AS shares WHERE ids IS NOT NULL"  # noqa: S608


_SHARES = {name: sql_text(_shares(name)) for name in _GIVEN}
_CONTENTS = AskedRows(
    lambda asked: select(ArticleSketch.article_id, ArticleSketch.content).join(
        asked, asked.c.article_id == ArticleSketch.article_id
    ),
    article_id=BigInteger(),
)


class KnownSketches:
    """The articles that share keys with the texts of a transaction: those that were stored before, and its own.

    Which of those that were stored before are compared with a text is decided when it is looked up: their stories are
    locked then."""

    def __init__(self) -> None:
        self._stored: dict[Keys, list[SketchCandidate]] = {}
        """The keys of a text -> what was stored before."""
        self._own: dict[tuple[int, int], list[SketchCandidate]] = defaultdict(list)
        """(place, key) -> the articles of this transaction that have the key at this place."""

    def see(self, statement: str) -> None:
        """Do nothing: who deletes a sketch calls `remove`."""

    def look_up(self, connection: Connection, texts: Iterable[Sketch]) -> None:
        """Look up the articles that share keys with texts; under the locks of these keys."""
        asked = {text.keys for text in texts}
        shares = {share for keys in asked for share in _places(keys)}
        ids = _newest(connection, shares)
        most = {keys: _most_shared(ids, keys) for keys in asked}
        found = {article_id for article_ids in most.values() for article_id in article_ids}
        contents = dict(map(tuple, _CONTENTS.rows(connection, [(article_id,) for article_id in found])))
        for keys, article_ids in most.items():
            self._stored[keys] = [SketchCandidate(id_, contents[id_]) for id_ in article_ids]

    def has(self, keys: Keys) -> bool:
        """Return whether a text with these keys has been looked up."""
        return keys in self._stored

    def candidates(self, keys: Keys) -> list[SketchCandidate]:
        """Return the articles that share most keys with a text that has been looked up, and those of this transaction."""
        own = {candidate for share in _places(keys) for candidate in self._own.get(share, ())}
        return [*self._stored[keys], *sorted(own)]

    def add(self, article_id: int, text: Sketch) -> None:
        """Add an article that the transaction stores."""
        for share in _places(text.keys):
            self._own[share].append(SketchCandidate(article_id, text.content))

    def remove(self, article_id: int) -> None:
        """Remove an article whose sketch is deleted."""
        for candidates in (*self._stored.values(), *self._own.values()):
            candidates[:] = [candidate for candidate in candidates if candidate.id != article_id]


def look_up(connection: Connection, texts: Iterable[Sketch]) -> None:
    """Look up the articles that share keys with texts; under the locks of these keys."""
    memory.of(connection, KnownSketches).look_up(connection, texts)


def _newest(connection: Connection, shares: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], list[int]]:
    """Return the newest stored articles that have a key at a place."""
    shares = sorted(shares)
    asked = [[key for place, key in shares if place == wanted] for wanted in range(len(KEY_COLUMNS))]
    is_sqlite = connection.dialect.name == "sqlite"
    given = {
        column: json.dumps(keys) if is_sqlite else keys
        for column, keys in zip(KEY_COLUMNS, asked, strict=True)
    }
    rows = connection.execute(_SHARES[connection.dialect.name], given)
    return {(place, key): list(map(int, ids.split(","))) for place, key, ids in rows}


def _most_shared(ids: Mapping[tuple[int, int], list[int]], keys: Keys) -> list[int]:
    counts = Counter(article_id for share in _places(keys) for article_id in ids.get(share, ()))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], -item[0]))
    return [article_id for article_id, _ in ranked[:MAX_CANDIDATES]]


def _places(keys: Keys) -> list[tuple[int, int]]:
    return [(place, key) for place, key in enumerate(keys) if key is not None]
