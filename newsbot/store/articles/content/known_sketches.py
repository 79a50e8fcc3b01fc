"""Sketches that share near-duplicate keys with the texts of a transaction, looked up for all of these texts at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, Connection, select
from sqlalchemy import text as sql_text

from newsbot.dedupe.grouping import MAX_CANDIDATES, MAX_PER_KEY, SketchCandidate
from newsbot.dedupe.sketches import Sketch
from newsbot.store.schema.models import ArticleSketch
from newsbot.store.sql import memory
from newsbot.store.sql.many_rows import AskedRows

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
    """The articles that share keys with the texts of a transaction: those that were stored before, and its own."""

    def __init__(self) -> None:
        self._ids: dict[tuple[int, int], list[int]] = {}
        """(place, key) -> the newest articles that have the key at this place."""
        self._contents: dict[int, bytes] = {}

    def see(self, statement: str) -> None:
        """Forget everything if a statement deletes sketches."""
        if statement.startswith(("DELETE FROM article_sketches", "DELETE FROM articles")):
            self._ids.clear()

    def look_up(self, connection: Connection, texts: Iterable[Sketch]) -> None:
        """Look up the articles that share keys with texts; under the locks of these keys."""
        texts = list(texts)
        for share in (share for text in texts for share in _places(text.keys)):
            self._ids[share] = []
        asked = [
            sorted({key for place, key in self._ids if place == wanted}) for wanted in range(len(KEY_COLUMNS))
        ]
        is_sqlite = connection.dialect.name == "sqlite"
        given = {
            column: json.dumps(keys) if is_sqlite else keys
            for column, keys in zip(KEY_COLUMNS, asked, strict=True)
        }
        for place, key, ids in connection.execute(_SHARES[connection.dialect.name], given):
            self._ids[place, key] = list(map(int, ids.split(",")))
        found = {article_id for text in texts for article_id in self._most_shared(text.keys)}
        self._contents |= dict(
            map(tuple, _CONTENTS.rows(connection, [(article_id,) for article_id in found]))
        )

    def has(self, keys: Sequence[int | None]) -> bool:
        """Return whether the articles with these keys are known."""
        return bool(self._ids) and all(share in self._ids for share in _places(keys))

    def candidates(self, keys: Sequence[int | None]) -> list[SketchCandidate]:
        """Return the articles that share most keys: see `dedupe.grouping.NearDuplicateStore`."""
        return [
            SketchCandidate(article_id, self._contents[article_id]) for article_id in self._most_shared(keys)
        ]

    def add(self, article_id: int, text: Sketch) -> None:
        """Add an article that the transaction stores."""
        if self._ids:
            self._contents[article_id] = text.content
            for share in _places(text.keys):
                if share in self._ids:
                    self._ids[share] = sorted([*self._ids[share], article_id], reverse=True)[:MAX_PER_KEY]

    def _most_shared(self, keys: Sequence[int | None]) -> list[int]:
        counts = Counter(article_id for share in _places(keys) for article_id in self._ids[share])
        ranked = sorted(counts.items(), key=lambda item: (-item[1], -item[0]))
        return [article_id for article_id, _ in ranked[:MAX_CANDIDATES]]


def look_up(connection: Connection, texts: Iterable[Sketch]) -> None:
    """Look up the articles that share keys with texts; under the locks of these keys."""
    memory.of(connection, KnownSketches).look_up(connection, texts)


def _places(keys: Sequence[int | None]) -> list[tuple[int, int]]:
    return [(place, key) for place, key in enumerate(keys) if key is not None]
