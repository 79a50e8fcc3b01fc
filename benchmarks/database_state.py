"""What a database says, without what differs between two runs: ids, times, places of records. Comparable as text."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from newsbot.store.schema.fetch_partitions import PARTITIONS

State = dict[str, Counter[str]]
"""Table or check -> its rows as text, with the number of times that each is there."""
Rows = dict[str, list[dict[str, Any]]]

LEFT_OUT = {"hosts", "runs", "site"}
"""Tables that say how fast a host has answered, how often something was begun, and which database this is."""
FULL_TEXT = "article_search"
OF_A_RUN = re.compile(
    r"(_at|_until|_since|_run_id|^run_id|^id|^since|^latency_ms|^warc_\w+|^extractor_version)$"
)
PUBLISHED = {"published_at", "modified_at", "dated_at"}
ONLY = {
    "fetches": ("url", "status", "payload_digest"),
    "feeds": ("url", "source", "kind", "depth", "is_moved", "failure_count"),
    "frontier": ("url", "source", "state", "article_id", "is_offsite"),
    "boilerplate_blocks": ("source", "text", "article_count", "is_learnt"),
    "sources": ("key", "name", "homepage"),
    "backfill_parts": (
        "start_offset",
        "end_offset",
        "done_offset",
        "done_number",
        "state",
        "error",
        "counts",
    ),
}
"""Columns of tables of which most columns depend on the moment of a run."""
ONCE = {"fetches"}
"""Tables in which a row may be repeated: what was in flight at a kill is fetched again."""
NAMED_BY = {"articles": "url", "entities": "key", "authors": "name", "topics": "name", "feeds": "url"}


def database_state(url: str) -> State:
    """Return what the database at `url` says, and what checks of it find."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        rows, references = _rows(connection)
        names = _names(rows)
        state = {
            table: _texts(table, found, references[table], names)
            for table, found in rows.items()
            if table not in LEFT_OUT
        }
        state["full text"] = _full_text(connection, names["articles"])
        state["checks"] = Counter(_checks(connection, engine))
        state["v_articles"] = _view(connection)
    return state


def differences(before: State, after: State, *, limit: int = 3) -> list[str]:
    """Return the rows that only one of two states has, some of each table; empty if they say the same."""
    found = []
    for table in sorted(before.keys() | after.keys()):
        ours, theirs = before.get(table, Counter()), after.get(table, Counter())
        lost, more = list((ours - theirs).elements()), list((theirs - ours).elements())
        found += [f"{table}: lost ({len(lost)}): {row[:300]}" for row in lost[:limit]]
        found += [f"{table}: more ({len(more)}): {row[:300]}" for row in more[:limit]]
    return found


def _rows(connection: Connection) -> tuple[Rows, dict[str, dict[str, str]]]:
    """Return the rows of every table, and its columns that refer to rows of another one."""
    inspector = inspect(connection)
    made_anew = (FULL_TEXT, PARTITIONS)
    tables = [name for name in inspector.get_table_names() if not name.startswith(made_anew)]
    rows = {
        name: [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {name}"))]
        for name in tables
    }
    references = {
        name: {
            key["constrained_columns"][0]: key["referred_table"] for key in inspector.get_foreign_keys(name)
        }
        for name in tables
    }
    return rows, references


def _names(rows: Rows) -> dict[str, dict[Any, str]]:
    """Return table -> id -> what the row is called in every run."""
    names = {table: {row["id"]: row[column] for row in rows[table]} for table, column in NAMED_BY.items()}
    members = defaultdict(list)
    for row in rows["articles"]:
        members[row["story_id"]].append(row["url"])
    names["stories"] = {story: " ".join(sorted(urls)) for story, urls in members.items()}
    return names


def _texts(
    table: str,
    rows: list[dict[str, Any]],
    references: Mapping[str, str],
    names: Mapping[str, Mapping[Any, str]],
) -> Counter[str]:
    found = Counter(_text(table, row, references, names) for row in rows)
    return Counter(dict.fromkeys(found, 1)) if table in ONCE else found


def _text(
    table: str,
    row: Mapping[str, Any],
    references: Mapping[str, str],
    names: Mapping[str, Mapping[Any, str]],
) -> str:
    said = {}
    for column, value in row.items():
        is_asked = column in ONLY[table] if table in ONLY else not OF_A_RUN.search(column)
        if not is_asked and column not in PUBLISHED:
            continue
        known = names.get(references.get(column, ""))
        said[column] = known.get(value, value) if known is not None else _plain(value)
    if table == "stories":
        said["members"] = names["stories"].get(row["id"], "none")
    return json.dumps(said, sort_keys=True, default=str, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _full_text(connection: Connection, urls: Mapping[Any, str]) -> Counter[str]:
    """Return the words of every article in the full-text index."""
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, article_search, instance)")
        )
        found = connection.execute(text('SELECT doc, col || "offset" || term FROM words'))
    else:
        found = connection.execute(text("SELECT article_id, words::text FROM article_search"))
    words = defaultdict(list)
    for article_id, word in found:
        words[urls.get(article_id, f"no article {article_id}")].append(word)
    return Counter(f"{url}: {hash(tuple(sorted(held)))}" for url, held in words.items())


def _checks(connection: Connection, engine: Engine) -> list[str]:
    """Return what the database itself says of its files and keys."""
    if engine.dialect.name != "sqlite":
        return ["ok"]
    connection.execute(text("INSERT INTO article_search(article_search) VALUES ('integrity-check')"))
    connection.rollback()
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    return [str(connection.scalar(text("PRAGMA integrity_check"))), *map(str, broken)]


def _view(connection: Connection) -> Counter[str]:
    columns = (
        "url, title, source, authors, topics, language, section, word_count, duplicate_kind, revision, body"
    )
    found = connection.execute(text(f"SELECT {columns} FROM v_articles"))
    return Counter(json.dumps(list(row), default=str) for row in found)
