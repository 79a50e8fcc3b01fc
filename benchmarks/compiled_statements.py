"""CPU time for storing articles with compiled statements and with plain SQLAlchemy statements, in alternating runs.

    python -m benchmarks.compiled_statements [--postgres URL] [--runs 6] [--articles 600]

Prints for each database milliseconds of CPU time of this process for a new and for an unchanged article.

Figures (600 synthetic articles of 360 words, 12 runs each, Python 3.11, shared machine with 2 cores, median):

    database      statements   new article   unchanged article
    SQLite        compiled     1.46 ms       0.22 ms
    SQLite        plain        1.62 ms       0.25 ms
    PostgreSQL    compiled     3.52 ms       0.65 ms
    PostgreSQL    plain        3.97 ms       0.85 ms
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any, cast
from unittest.mock import patch
from uuid import uuid4

from sqlalchemy import Connection, create_engine, make_url, text

from newsbot.items import Article
from newsbot.store.articles.precomputed import precompute
from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from newsbot.store.sql.compiled import CompiledStatement
from tests.dedupe.texts import text as made_up
from tests.store.samples import LATER, NOW, article, entities_of


def plain_rows(self: CompiledStatement, connection: Connection, values: Mapping[str, Any]) -> Any:
    return connection.execute(cast(Any, self._statement), dict(values)).all()


def plain_run(self: CompiledStatement, connection: Connection, *rows: Mapping[str, Any]) -> None:
    connection.execute(
        cast(Any, self._statement), [dict(row) for row in rows] if len(rows) > 1 else dict(rows[0])
    )


def made(number: int) -> Article:
    body = made_up(number, 24)
    named = {"authors": [f"Author {number % 40}"], "topics": [f"topic {number % 50}", f"field {number % 7}"]}
    return article(number, body=body, entities=entities_of(body), **named)


def measure(url: str, articles: list[Article]) -> list[float]:
    """Return milliseconds per new article and per unchanged article."""
    database = Database(url).open()
    ready = [(each, article_keys(each), precompute(each)) for each in articles]
    figures = []
    for now in (NOW, LATER):
        gc.collect()
        begun = time.process_time()
        for saved, keys, precomputed in ready:
            with database.write() as session:
                save_article(session, saved, keys=keys, precomputed=precomputed, run_id=None, now=now)
        figures.append((time.process_time() - begun) / len(articles) * 1000)
    database.close()
    return figures


def on_sqlite(articles: list[Article]) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        return measure(f"sqlite:///{Path(folder) / 'newsbot.db'}", articles)


def on_postgresql(server: str, articles: list[Article]) -> list[float]:
    schema = f"benchmark_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    url = make_url(server).update_query_dict({"options": f"-csearch_path={schema} -csynchronous_commit=off"})
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        try:
            return measure(url.render_as_string(hide_password=False), articles)
        finally:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgres")
    parser.add_argument("--runs", type=int, default=6)
    parser.add_argument("--articles", type=int, default=600)
    options = parser.parse_args()
    articles = [made(number) for number in range(options.articles)]
    databases: dict[str, Callable[[], list[float]]] = {"SQLite": lambda: on_sqlite(articles)}
    if options.postgres:
        databases["PostgreSQL"] = lambda: on_postgresql(options.postgres, articles)
    found: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    for _ in range(options.runs):
        for name, run in databases.items():
            found[name, "compiled"].append(run())
            with patch.multiple(CompiledStatement, rows=plain_rows, run=plain_run):
                found[name, "plain"].append(run())
    for (name, kind), figures in found.items():
        new, unchanged = (median(column) for column in zip(*figures, strict=True))
        print(f"{name:<13} {kind:<9} new {new:.2f} ms, unchanged {unchanged:.2f} ms")


if __name__ == "__main__":
    main()
