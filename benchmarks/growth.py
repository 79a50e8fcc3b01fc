"""What storing costs as a database grows: `python -m benchmarks.growth load --articles 1000000 --database URL`.

Imports made-up articles by the path of `newsbot import`, and prints every so many articles: the CPU time of an article here and in
the server of PostgreSQL, the bytes of the database for an article, and how fast a search, a count and a look-up by address answer.
Articles have words by Zipf's law, 460 on average, 16 mentions of people, organisations and places with one name in two fifths of
them, 60 sources; one in twenty is a near copy and one in fifty an exact one. `make` prints the lines instead; `ask` measures
the questions of docs/sql.md, pages of searches, counts and changes in a database that is filled. Figures: benchmarks/growth.md.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate, count, islice
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.search import SUFFIXES, vocabulary
from newsbot.capture import Capture
from newsbot.ingest.process import Processor
from newsbot.jobs.import_records import Line, import_lines
from newsbot.settings import configuration
from newsbot.store.database import Database
from newsbot.store.queries import (
    Filters,
    attention,
    count_articles,
    find_article,
    last_number,
    list_changes,
    list_entities,
    search,
)
from tests.store.sql_questions import questions

DAY = datetime(2026, 1, 1, tzinfo=UTC)
WORDS, MENTIONS, SOURCES, NAMES = 460, 16, 60, 40_000
NEAR, EXACT = 0.05, 0.02
"""Shares of near and exact copies."""
KEPT = 2_000
"""Number of earlier articles of which copies are made."""
EVERYWHERE = ("United States", "LOC")
"""A name in two fifths of the articles."""
REQUESTS = 40


class Newswire:
    """Makes up the articles after a number, always the same ones."""

    def __init__(self, after: int = 0) -> None:
        self.after = after
        self.chance = random.Random(11 + after)
        self.stems = vocabulary()
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.stems))))
        self.names = [self._name(number) for number in range(NAMES)]
        self.name_weights = list(accumulate(1 / (rank + 20) for rank in range(NAMES)))
        self.earlier: list[dict[str, Any]] = []

    def _name(self, number: int) -> tuple[str, str]:
        first, last = self.stems[number % 997].title(), self.stems[-1 - number % len(self.stems)].title()
        kind = ("PER", "PER", "ORG", "LOC")[number % 4]
        return (f"{first} {last}" if kind == "PER" else f"{last} {number}", kind)

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield records as `newsbot export` writes them, without end."""
        for number in count(self.after + 1):
            copied = self.chance.random()
            if self.earlier and copied < NEAR + EXACT:
                yield self._copy(number, is_near=copied < NEAR)
            else:
                record = self._article(number)
                self.earlier.append(record)
                if len(self.earlier) > KEPT:
                    self.earlier.pop(self.chance.randrange(KEPT))
                yield record

    def _article(self, number: int) -> dict[str, Any]:
        named = [
            self.chance.choices(self.names, cum_weights=self.name_weights)[0] for _ in range(MENTIONS - 1)
        ]
        if self.chance.random() < 0.4:
            named.append(EVERYWHERE)
        length = max(60, int(self.chance.gauss(WORDS, 150)))
        drawn = self.chance.choices(self.stems, cum_weights=self.weights, k=length)
        words = [stem + self.chance.choice(SUFFIXES["en"]) for stem in drawn]
        for name, _ in named:
            words[self.chance.randrange(len(words))] = name
        for place in range(0, len(words), 70):
            words[place] = f"\n\n{words[place]}" if place else words[place]
        body = " ".join(words).replace(" \n\n", "\n\n") + "."
        return self._record(number, " ".join(words[:9]).replace("\n\n", ""), body, dict(named))

    def _copy(self, number: int, *, is_near: bool) -> dict[str, Any]:
        origin = self.chance.choice(self.earlier)
        body = origin["body"] + (f"\n\nAdded by desk {number}." if is_near else "")
        names = {entity["name"]: entity["type"] for entity in origin["entities"]}
        return self._record(number, origin["title"], body, names)

    def _record(self, number: int, title: str, body: str, names: dict[str, str]) -> dict[str, Any]:
        source = number % SOURCES
        seen = (DAY + timedelta(seconds=20 * number)).isoformat()
        return {
            "url": f"https://outlet{source}.example/story-{number}",
            "source": f"outlet{source}",
            "title": title,
            "authors": [f"Author {number % 900}"],
            "published_at": seen,
            "language": "en",
            "section": f"section {number % 8}",
            "topics": [f"topic {number % 300}"],
            "body": body,
            "entities": [_entity(name, kind, body) for name, kind in names.items() if name in body],
            "provenance": {"entity_engine": "made up", "retrieved_at": seen},
        }


def _entity(name: str, kind: str, body: str) -> dict[str, Any]:
    start = body.index(name)
    mention = {"start": start, "end": start + len(name), "text": name}
    return {"name": name, "type": kind, "count": 1, "mentions": [mention]}


def lines(records: Iterator[dict[str, Any]]) -> Iterator[Line]:
    """Yield records as an import reads them."""
    for number, record in enumerate(records, 1):
        yield Line(f"line {number}", Capture(body=json.dumps(record).encode(), media="record"))


class Meter:
    """CPU time of this process and of the servers of PostgreSQL that work for it, since the last reading."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.before = self._read()

    def _read(self) -> tuple[float, float]:
        return time.process_time(), self._server_s()

    def _server_s(self) -> float:
        if self.database.has_one_writer:
            return 0.0
        question = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = current_setting('application_name')"
        )
        with self.database.read() as session:
            pids = session.scalars(text(question)).all()
        files = [Path(f"/proc/{pid}/schedstat") for pid in pids]
        return sum(int(path.read_text().split()[0]) for path in files if path.exists()) / 1e9

    def since(self) -> tuple[float, float]:
        """Return the seconds of this process and of the servers since the last call."""
        before, self.before = self.before, self._read()
        return self.before[0] - before[0], self.before[1] - before[1]


def database_bytes(database: Database) -> int:
    """Return the size of a database."""
    sizes = (
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind IN ('r', 'm') "
        "AND relnamespace = current_schema()::regnamespace",
    )
    with database.read() as session:
        return int(session.scalar(text(sizes[0 if database.has_one_writer else 1])) or 0)


def analyze(database: Database) -> None:
    """Let PostgreSQL count its rows, as its autovacuum does unless somebody has switched it off."""
    if not database.has_one_writer:
        with database.write() as session:
            session.execute(text("ANALYZE"))


def clock_ms(database: Database, work: Callable[[Session], object], requests: int = REQUESTS) -> list[float]:
    """Return how long calls took by the clock, in milliseconds, after one that is not counted."""
    took = []
    for _ in range(requests + 1):
        begun = time.perf_counter()
        with database.read() as session:
            work(session)
        took.append((time.perf_counter() - begun) * 1000)
    return took[1:]


def requests_of(wire: Newswire, articles: int) -> dict[str, Callable[[Session], object]]:
    """Return what readers ask of a database with so many articles of a wire; every call asks for something else."""
    chance = random.Random(3)
    filters = Filters(limit=10)

    def words(number: int) -> str:
        return " ".join(chance.choice(wire.stems[20:400]) for _ in range(number))

    def look_up(session: Session) -> None:
        number = wire.after + chance.randrange(1, articles + 1)
        found = find_article(session, f"https://outlet{number % SOURCES}.example/story-{number}")
        assert found is not None

    return {
        "search": lambda session: search(session, words(2), filters),
        "count": lambda session: count_articles(session, words(1), filters),
        "look-up": look_up,
    }


HEADINGS = (
    "articles",
    "CPU ms an article",
    "of PostgreSQL",
    "bytes an article",
    "search p95",
    "count p95",
    "look-up p99",
)


def newest_id(database: Database) -> int:
    """Return the number of articles that were ever stored."""
    with database.read() as session:
        return int(session.scalar(text("SELECT max(id) FROM articles")) or 0)


def load(url: str, articles: int, every: int, after: int) -> None:
    """Import articles, and print a row each time so many have been stored."""
    settings = configuration(database_url=url, entity_engine="none")
    processor = Processor.with_database(settings)
    database = processor.database
    assert database
    database.open()
    wire, done = Newswire(after), 0
    size, stored = database_bytes(database), newest_id(database)
    arriving = lines(wire.records())
    print("| " + " | ".join(HEADINGS) + " |\n|" + "---|" * len(HEADINGS), flush=True)
    while done < articles:
        step = min(every, articles - done)
        made = list(islice(arriving, step))
        meter = Meter(database)
        import_lines(processor, made)
        here, there = meter.since()
        analyze(database)
        done += step
        size_before, size = size, database_bytes(database)
        stored_before, stored = stored, newest_id(database)
        asked = requests_of(wire, done)
        took = {name: clock_ms(database, work) for name, work in asked.items()}
        cells = (
            f"{stored:,}",
            f"{here / step * 1000:.2f}",
            f"{there / step * 1000:.2f}",
            f"{(size - size_before) / (stored - stored_before):,.0f}",
            f"{quantiles(took['search'], n=20)[18]:.1f}",
            f"{quantiles(took['count'], n=20)[18]:.1f}",
            f"{quantiles(took['look-up'], n=100)[98]:.1f}",
        )
        print("| " + " | ".join(cells) + " |", flush=True)
    processor.close()


def ask(url: str) -> None:
    """Print how long the questions of docs/sql.md, counts and changes take, the best of two, in milliseconds."""
    database = Database(url).open(migrate=False)
    week = Filters(since=(DAY + timedelta(days=30)).date())
    wire = Newswire()
    pair = [wire.stems[30], wire.stems[60]]
    works: dict[str, Callable[[Session], object]] = {
        f"docs/sql.md {question.number}: {question.title}": partial(_rows, sql=question.sql)
        for question in questions()
    }
    works |= {
        "count of two words by week": lambda session: attention(session, pair, week, by="week"),
        "count of a word by source": lambda session: attention(session, pair[:1], week, by="source"),
        "count by entity": lambda session: attention(session, pair[:1], Filters(), by="entity"),
        "1,000 changes from the middle": lambda session: list_changes(
            session, after=last_number(session) // 2, limit=1000
        ),
        "most mentioned names": lambda session: list_entities(session, limit=50),
    }
    for name, work in works.items():
        print(f"| {name} | {min(clock_ms(database, work, requests=1)):,.0f} |", flush=True)
    database.close()


def _rows(session: Session, sql: str) -> None:
    for statement in filter(str.strip, sql.split(";")):
        session.execute(text(statement)).fetchall()


def main() -> None:
    """Parse the arguments and do what they ask for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=["load", "make", "ask"])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--every", type=int, default=20_000)
    parser.add_argument("--after", type=int, default=0, help="number of articles that are there already")
    parser.add_argument("--database", default="sqlite:///growth.db")
    options = parser.parse_args()
    if options.task == "load":
        load(options.database, options.articles, options.every, options.after)
    elif options.task == "ask":
        ask(options.database)
    else:
        for record in islice(Newswire().records(), options.articles):
            sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
