"""How fast questions about entities are answered: made-up articles, asked of SQLite and of PostgreSQL.

    python benchmarks/entity_queries.py [--articles 100000] [--postgres URL]

Each article has 20 mentions of some 10 entities; names are as unequal as in news (Zipf). The questions are asked about
common and rare names. The figures recorded in docs/entities.md were made so.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from newsbot.store.database import Database
from newsbot.store.queries.entity_queries import (
    entity_articles,
    entity_companions,
    entity_timeline,
    get_entity,
    top_entities,
    top_places,
)
from newsbot.store.queries.trends import rising

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 200
ENTITIES = 30_000
DRAWS = 11
"""Of names for an article; some come twice."""
MENTIONS = (1, 1, 2, 4)
RANKS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 377, 987, 2584, 6765, 17711)
ROUNDS = 3
TYPES = ("PER", "ORG", "LOC")
COUNTRIES = ("AU", "GB", "GB", "GB", "US", None)
"""Where a place lies, in one article or another."""

Rows = Iterable[tuple[Any, ...]]

TABLES = {
    "entities": ("id", "type", "key", "name"),
    "articles": (
        "id",
        "url",
        "title",
        "dated_at",
        "word_count",
        "kind",
        "rules",
        "text_key",
        "content_key",
        "revision",
        "first_seen_at",
        "last_seen_at",
        "body",
    ),
    "article_entities": ("article_id", "entity_id", "dated_at", "mention_count", "salience", "country"),
    "mentions": ("article_id", "start_offset", "end_offset", "entity_id", "text"),
}

TOTALS = """
    INSERT INTO entity_sums (entity_id, country, article_count, mention_count)
    SELECT entity_id, {country}, count(*), sum(mention_count) FROM article_entities WHERE {wanted} GROUP BY 1, 2
"""


def fill(connection: Connection, article_count: int) -> None:
    """Write made-up articles, always the same."""
    names = ((i, TYPES[i % 3], f"{TYPES[i % 3]}:name {i}", f"Name {i}") for i in range(1, ENTITIES + 1))
    write(connection, "entities", names)
    rng = random.Random(1)
    weights = list(accumulate(1 / (rank + 8) for rank in range(1, ENTITIES + 1)))
    for start in range(1, article_count + 1, 5_000):
        batch: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES if table != "entities"}
        for number in range(start, min(start + 5_000, article_count + 1)):
            add_article(batch, number, article_count, rng, weights)
        for table, rows in batch.items():
            write(connection, table, rows)
    for country, wanted in (("''", "TRUE"), ("country", "country IS NOT NULL")):
        connection.execute(text(TOTALS.format(country=country, wanted=wanted)))


def add_article(
    batch: dict[str, list[tuple[Any, ...]]],
    number: int,
    article_count: int,
    rng: random.Random,
    weights: Sequence[float],
) -> None:
    """Add one article with its entities to the rows to be written."""
    dated_at = f"{NOW - timedelta(days=DAYS) * (1 - number / article_count):%Y-%m-%d %H:%M:%S.%f}"
    key = number.to_bytes(16)
    batch["articles"].append(
        (
            number,
            f"https://news.example/{number}",
            f"Title {number}",
            dated_at,
            400,
            "article",
            "{}",
            key,
            key,
            1,
            dated_at,
            dated_at,
            "What the article says. " * 20,
        )
    )
    place = 0
    for entity_id in dict.fromkeys(rng.choices(range(1, ENTITIES + 1), cum_weights=weights, k=DRAWS)):
        count = rng.choice(MENTIONS)
        country = rng.choice(COUNTRIES) if TYPES[entity_id % 3] == "LOC" else None
        batch["article_entities"].append((number, entity_id, dated_at, count, rng.random() ** 2, country))
        for _ in range(count):
            place += 20
            form = f"Name {entity_id}" if rng.random() < 0.5 else f"{entity_id}"
            batch["mentions"].append((number, place, place + len(form), entity_id, form))


def write(connection: Connection, table: str, rows: Rows) -> None:
    """Insert rows by the fastest way that each database has."""
    columns = TABLES[table]
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(columns))
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
        connection.exec_driver_sql(insert, list(rows))
        return
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def measure(session: Session) -> None:
    """Print how long each question takes, in milliseconds."""
    month = NOW - timedelta(days=30)
    about_each: dict[str, Callable[[int], object]] = {
        "articles that mention X": lambda x: entity_articles(session, x),
        "articles about X": lambda x: entity_articles(session, x, about=True),
        "articles about X since a month": lambda x: entity_articles(session, x, since=month, about=True),
        "X by day": lambda x: entity_timeline(session, x),
        "who appears with X": lambda x: entity_companions(session, x),
        "all of these (newsbot entity)": lambda x: get_entity(session, x),
    }
    for question, ask in about_each.items():
        report(question, [timed(ask, rank) for _ in range(ROUNDS) for rank in RANKS])
    report("rising entities", [timed(lambda _: rising(session, until=NOW), 0) for _ in range(15)])
    week = NOW - timedelta(days=7)
    overall: dict[str, Callable[[int], object]] = {
        "most mentioned of a week": lambda _: top_entities(session, since=week),
        "most mentioned ever": lambda _: top_entities(session),
        "places most mentioned ever": lambda _: top_entities(session, entity_type="LOC"),
        "places on a map, of a week": lambda _: top_places(session, since=week),
        "places on a map, ever": lambda _: top_places(session),
    }
    for question, ask in overall.items():
        report(question, [timed(ask, 0) for _ in range(15)])


def timed(ask: Callable[[int], object], rank: int) -> float:
    """Return the milliseconds that an answer takes."""
    start = time.perf_counter()
    ask(rank)
    return (time.perf_counter() - start) * 1000


def report(question: str, times: list[float]) -> None:
    """Print the middle, 95 of 100, and the slowest."""
    cuts = quantiles(times, n=20, method="inclusive")
    print(f"  {question:32} {cuts[9]:8.1f} {cuts[18]:8.1f} {max(times):8.1f}", flush=True)


@contextmanager
def scratch_schema(url: str) -> Iterator[str]:
    """Give the URL of an empty schema, dropped at the end."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"newsbot_bench_{uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
        try:
            yield engine.url.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(
                hide_password=False
            )
        finally:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


def vacuum(url: str) -> None:
    """Do what PostgreSQL does by itself some minutes after so many rows were written."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for table in (*TABLES, "entity_sums"):
            connection.execute(text(f"VACUUM ANALYZE {table}"))
    engine.dispose()


def run(url: str, article_count: int) -> None:
    """Fill one database and ask it."""
    database = Database(url).open()
    start = time.perf_counter()
    with database.write() as session:
        fill(session.connection(), article_count)
    if url.startswith("postgresql"):
        vacuum(url)
    with database.read() as session:
        count = session.scalar(text("SELECT count(*) FROM mentions"))
        dialect = session.connection().dialect.name
    print(
        f"{dialect}: {article_count:,} articles, {count:,} mentions, written in {time.perf_counter() - start:.0f} s"
    )
    print(f"  {'milliseconds':32} {'p50':>8} {'p95':>8} {'max':>8}")
    with database.read() as session:
        measure(session)
    database.close()


def main() -> None:
    """Run on SQLite, and on PostgreSQL where a URL is given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--postgres", metavar="URL", help="postgresql+psycopg://USER@HOST/NAME")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(f"sqlite:///{Path(folder) / 'newsbot.db'}", options.articles)
    if options.postgres:
        with scratch_schema(options.postgres) as url:
            run(url, options.articles)


if __name__ == "__main__":
    main()
