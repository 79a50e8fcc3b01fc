"""The full-text index: FTS5 on SQLite, columns of tsvector on PostgreSQL."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql

from newsbot.query.parser import MAX_DISTANCE
from newsbot.store.index.expressions import Expression, any_of, fts5, tsquery, wanted_runs
from newsbot.store.index.filter_terms import EVERY
from newsbot.store.index.index_entries import MAX_BODY_WORDS, MAX_TITLE_WORDS, Entry
from newsbot.store.sql import waiting_rows

BODY_GAP = MAX_DISTANCE + 1
"""Distance between the last word of the title and the first one of the body: they are not near each other."""
FIRST_NAME = MAX_TITLE_WORDS + MAX_BODY_WORDS + 2 * BODY_GAP
"""Position of the first word of the authors, topics and section; those of PostgreSQL end at 16,383."""
TITLE_WEIGHT = 10
"""Weight of a word in the title relative to one in the body."""
_FTS5_ADD = text(
    "INSERT INTO article_search (rowid, title, body, labels) VALUES (:id, :title, :body, :labels)"
)
_FTS5_REMOVE = text(
    "INSERT INTO article_search (article_search, rowid, title, body, labels)"
    " VALUES ('delete', :id, :title, :body, :labels)"
)
# bm25 counts the articles with every word, so the labels are left out. The sign before `rowid` keeps SQLite from
# searching once for every id.
_FTS5_SCORES = text(
    f"SELECT rowid, -bm25(article_search, {TITLE_WEIGHT}, 1) FROM article_search"  # noqa: S608
    " WHERE article_search MATCH :terms AND rowid BETWEEN :first AND :last"
    " AND +rowid IN (SELECT value FROM json_each(:ids))"
)


class _TsvectorAdd:
    """The INSERT of entries on PostgreSQL."""

    table = "article_search"
    _statement = text(
        "INSERT INTO article_search (article_id, words) SELECT id, CAST(words AS tsvector)"
        " FROM unnest(CAST(:ids AS bigint[]), CAST(:words AS text[])) AS given (id, words)"
    )

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert entries."""
        given = {"ids": [row["id"] for row in rows], "words": [row["words"] for row in rows]}
        connection.execute(self._statement, given)


_TSVECTOR_ADD = _TsvectorAdd()
_TSVECTOR_REMOVE = text("DELETE FROM article_search WHERE article_id = :id")
_TSVECTOR_SCORES = text(
    "SELECT article_id, ts_rank(CAST(:weights AS float4[]), words, CAST(:terms AS tsquery), 1)"
    " FROM article_search WHERE article_id = ANY(:ids)"
)


_FTS5_COUNTS = text(
    "SELECT t.term, t.doc FROM json_each(:words) AS w CROSS JOIN article_search_terms AS t ON t.term = w.value"
)
_TSVECTOR_COUNTS = text(
    "SELECT w.word, (SELECT count(*) FROM article_search AS s WHERE s.words @@ CAST(quote_literal(w.word) AS tsquery))"
    " FROM unnest(CAST(:words AS text[])) AS w (word)"
)
PENDING = "newsbot_index"
"""Key in the `info` of a connection to SQLite: entries that its transaction has yet to add (True) or to remove."""
MAX_PENDING = 500


def add(connection: Connection, article_id: int, entry: Entry) -> None:
    """Add an article to the index; it is found once the transaction has been committed."""
    if connection.dialect.name == "sqlite":
        _index_later(connection, _fts5_row(article_id, entry), is_added=True)
    else:
        row = {"id": article_id, "words": _tsvector(entry)}
        waiting_rows.add(connection, _TSVECTOR_ADD, [row])


def remove(connection: Connection, article_id: int, entry: Entry) -> None:
    """Remove an article from the index; SQLite needs exactly the entry that was added."""
    if connection.dialect.name == "sqlite":
        _index_later(connection, _fts5_row(article_id, entry), is_added=False)
    else:
        connection.execute(_TSVECTOR_REMOVE, {"id": article_id})


def _index_later(connection: Connection, row: dict[str, Any], *, is_added: bool) -> None:
    """Put an entry off to the end of the transaction.

    FTS5 collects new entries in memory, but writes them before any statement that SQLite may have to roll back alone: in
    the middle of a transaction that happens for every article."""
    pending = connection.info.setdefault(PENDING, [])
    pending.append((is_added, row))
    if len(pending) >= MAX_PENDING:
        write_pending(connection)


def write_pending(connection: Connection) -> None:
    """Write the entries that were put off, in their order; to be called before the commit."""
    for is_added, entries in groupby(connection.info.pop(PENDING, ()), key=itemgetter(0)):
        connection.execute(_FTS5_ADD if is_added else _FTS5_REMOVE, [row for _, row in entries])


def forget_pending(connection: Connection) -> None:
    """Forget the entries of a transaction that was rolled back."""
    connection.info.pop(PENDING, None)


def matches(connection: Connection, expression: Expression, among: Select[int] | None = None) -> Select[int]:
    """Return a SELECT of the ids of articles that match an expression.

    With `among`, only these ids are searched; they should be few."""
    if connection.dialect.name == "sqlite":
        rowid = column("rowid", BigInteger)
        wanted = literal_column("article_search").op("MATCH")(fts5(expression))
        found = select(rowid).select_from(table("article_search")).where(wanted)
        # The sign keeps SQLite from searching once for every id.
        return found if among is None else found.where(literal_column("+rowid").in_(among))
    # The rows are narrow, as their words are out of line: PostgreSQL would rather read all of them, with their words.
    connection.exec_driver_sql(
        "SET LOCAL enable_seqscan = off", execution_options={"stream_results": False, "yield_per": None}
    )
    article_id = column("article_id", BigInteger)
    query = sql_cast(tsquery(expression), postgresql.TSQUERY)
    found = select(article_id).select_from(table("article_search")).where(column("words").op("@@")(query))
    return found if among is None else found.where(one_of(connection, article_id, among))


def one_of(connection: Connection, found: ColumnElement[int], ids: Select[int]) -> ColumnElement[bool]:
    """Return the condition that `found` is one of `ids`, in a form that makes both databases look the rows up by id.

    PostgreSQL gets an array: whatever number of rows it expects, it then uses the index of ids."""
    if connection.dialect.name == "sqlite":
        return found.in_(ids)
    return found == func.any(func.array(ids.scalar_subquery()))


def scores(connection: Connection, expression: Expression, ids: Collection[int]) -> dict[int, float]:
    """Return article id -> score for articles that match an expression; greater is better.

    Every form of every word counts; what must not occur does not. Articles that contain no word have the score 0."""
    wanted = list(dict.fromkeys(wanted_runs(expression)))
    found = dict.fromkeys(ids, 0.0)
    if not wanted or not found:
        return found
    any_word = any_of(*wanted)
    if connection.dialect.name == "sqlite":
        given = {"terms": fts5(any_word), "first": min(ids), "last": max(ids), "ids": json.dumps([*ids])}
        rows = connection.execute(_FTS5_SCORES, given)
    else:
        weights = [1 / TITLE_WEIGHT] * 3 + [1.0]
        given = {"terms": tsquery(any_word), "weights": weights, "ids": [*ids]}
        rows = connection.execute(_TSVECTOR_SCORES, given)
    return found | {row[0]: row[1] for row in rows}


def counts(connection: Connection, words: Collection[str]) -> dict[str, int]:
    """Return word -> number of articles that contain it, as it is written."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(_FTS5_COUNTS, {"words": json.dumps([*words])})
    else:
        rows = connection.execute(_TSVECTOR_COUNTS, {"words": [*words]})
    return {row[0]: row[1] for row in rows}


def _fts5_row(article_id: int, entry: Entry) -> dict[str, Any]:
    # A filter term between two names keeps a phrase from beginning in one and ending in the other.
    names = [word for name in entry.names for word in (*name, EVERY)]
    columns = {"title": entry.title, "body": entry.body, "labels": [*names, *entry.labels]}
    return {"id": article_id} | {name: " ".join(held) for name, held in columns.items()}


def _tsvector(entry: Entry) -> str:
    """Return PostgreSQL's text form of a tsvector: `'word':1A,7 'other':8 'label'`; A marks words of the title."""
    positions: defaultdict[str, list[str]] = defaultdict(list)
    for at, word in enumerate(entry.title, 1):
        positions[word].append(f"{at}A")
    for at, word in enumerate(entry.body, len(entry.title) + BODY_GAP):
        positions[word].append(str(at))
    at = FIRST_NAME
    for name in entry.names:
        for word in name:
            positions[word].append(str(at))
            at += 1
        at += 1
    found = [f"'{word}':{','.join(places)}" for word, places in positions.items()]
    return " ".join([*found, *(f"'{label}'" for label in entry.labels)])
