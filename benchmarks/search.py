"""How fast searches answer, and what the index takes: `python -m benchmarks.search --articles 200000 --database URL`.

Fills an empty database with articles of made-up words: their frequencies are those of Zipf's law, each word has forms
that Snowball's rules know, and there are four languages. Then prints, for each kind of query, p50 and p95 in milliseconds
of the first page with its total. The goal, at 200,000 articles: p95 below 300 ms on both databases.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import accumulate
from statistics import quantiles
from typing import Any

from sqlalchemy import func, insert, select, text

from newsbot.store.articles import children
from newsbot.store.database import Database
from newsbot.store.index.index_entries import index_words
from newsbot.store.queries import Filters, count_articles, find_articles
from newsbot.store.schema import models
from newsbot.store.sql import dialect

NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
BATCH = 1_000
BODY_WORDS = 150
STEMS = 20_000
SUFFIXES = {
    "en": ("", "", "", "s", "ing", "ed"),
    "de": ("", "", "e", "en", "es"),
    "fr": ("", "", "s", "es", "er"),
    "ko": ("",),
}
SYLLABLES = [
    first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u", "an", "or", "il")
]
ROUNDS = 12


def vocabulary() -> list[str]:
    """Return stems, the most frequent first."""
    chance = random.Random(1)
    stems = dict.fromkeys(
        "".join(chance.choices(SYLLABLES, k=2 + place % 3)) + "t" for place in range(3 * STEMS)
    )
    return list(stems)[:STEMS]


def made_up(articles: int) -> Iterator[dict[str, Any]]:
    """Yield the columns of articles, newest last, with their authors and topics."""
    chance, stems = random.Random(2), vocabulary()
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(stems))))
    for number in range(1, articles + 1):
        language = chance.choices(list(SUFFIXES), weights=(6, 2, 2, 1))[0]
        drawn = chance.choices(stems, cum_weights=weights, k=BODY_WORDS + 8)
        written = [
            word + suffix
            for word, suffix in zip(drawn, chance.choices(SUFFIXES[language], k=len(drawn)), strict=True)
        ]
        at = NOW - timedelta(minutes=5 * (articles - number))
        key = blake2b(str(number).encode(), digest_size=16).digest()
        yield {
            "id": number,
            "url": f"https://news-{number % 60}.example/{number}",
            "source": f"news-{number % 60}.example",
            "title": " ".join(written[:8]),
            "body": " ".join(written[8:]),
            "language": language,
            "section": chance.choice(("City", "World", "Sport", None)),
            "kind": "article",
            "published_at": at,
            "dated_at": at,
            "first_seen_at": at,
            "last_seen_at": at,
            "word_count": BODY_WORDS,
            "rules": {},
            "text_key": key,
            "content_key": key,
            "revision": 1,
            "authors": [f"Ada {stems[number % 500]}"],
            "topics": [stems[number % 300], stems[number % 700]],
        }


def fill(database: Database, articles: int) -> None:
    """Store made-up articles in bulk."""
    batch: list[dict[str, Any]] = []
    for row in made_up(articles):
        batch.append(row)
        if len(batch) == BATCH or row["id"] == articles:
            _store(database, batch)
            batch = []
    with database.write() as session:
        dialect.pass_id(session.connection(), models.ArticleRow, articles)
        session.execute(text("ANALYZE"))


def _store(database: Database, batch: list[dict[str, Any]]) -> None:
    with database.write() as session:
        connection = session.connection()
        rows = [
            {name: value for name, value in row.items() if name not in {"authors", "topics"}} for row in batch
        ]
        children.add_sources(connection, {row["source"] for row in rows}, now=NOW)
        session.execute(insert(models.ArticleRow), rows)
        for row in batch:
            children.add_words(connection, row["id"], row, index_words(row["body"]))


def queries(stems: list[str]) -> dict[str, Callable[[random.Random], tuple[str, Filters]]]:
    """Return a maker of queries for each kind: words of all frequencies, from one in two articles to one in thousands."""

    def word(chance: random.Random) -> str:
        return stems[int(2000 ** chance.random())]

    def plain(
        query: Callable[[random.Random], str], **given: Any
    ) -> Callable[[random.Random], tuple[str, Filters]]:
        return lambda chance: (query(chance), Filters(**given))

    return {
        "a word": plain(word),
        "the most frequent word": plain(lambda chance: stems[chance.randrange(3)]),
        "two words": plain(lambda chance: f"{word(chance)} {word(chance)}"),
        "OR of five": plain(lambda chance: " OR ".join(word(chance) for _ in range(5))),
        "a phrase": plain(lambda chance: f'"{word(chance)} {word(chance)}"'),
        "a prefix": plain(lambda chance: f"{word(chance)[:4]}*"),
        "exact": plain(lambda chance: f"={word(chance)}s"),
        "exclusions only": plain(lambda chance: f"-{word(chance)}"),
        "NEAR/5": plain(lambda chance: f"{word(chance)} NEAR/5 {word(chance)}"),
        "title:": plain(lambda chance: f"title:{word(chance)}"),
        "author:": plain(lambda chance: f"author:{stems[chance.randrange(500)]}"),
        "one source": plain(word, source=("news-7.example",)),
        "one language": plain(word, language=("de",)),
        "the last 30 days": plain(word, since=(NOW - timedelta(days=30)).date()),
        "half of the time": plain(word, since=(NOW - timedelta(days=350)).date()),
        "by date": plain(word, sort="date"),
        "no words": plain(lambda _: "", source=("news-7.example",), sort="date"),
        "a typing error": plain(lambda chance: "x" + word(chance)),
    }


def measure(database: Database, name: str, query: Callable[[random.Random], tuple[str, Filters]]) -> None:
    """Ask for the first page of one kind of query, and print the figures."""
    chance = random.Random(3)
    took, counted = [], []
    for _ in range(ROUNDS):
        asked, filters = query(chance)
        with database.read() as session:
            start = time.perf_counter()
            found = find_articles(session, asked, filters, limit=20)
            took.append((time.perf_counter() - start) * 1000)
        with database.read() as session:
            start = time.perf_counter()
            assert count_articles(session, asked, filters) == found.total
            counted.append((time.perf_counter() - start) * 1000)
    page, count = quantiles(took, n=20), quantiles(counted, n=20)
    print(f"{name:24} {page[9]:8.0f} {page[18]:8.0f} {count[9]:8.0f} {count[18]:8.0f}", flush=True)


def main() -> None:
    """Fill, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--database", required=True, help="filled if it is empty")
    options = parser.parse_args()
    database = Database(options.database).open()
    with database.read() as session:
        is_empty = session.scalar(select(func.max(models.ArticleRow.id))) is None
    if is_empty:
        start, start_cpu = time.monotonic(), time.process_time()
        fill(database, options.articles)
        took, cpu = time.monotonic() - start, time.process_time() - start_cpu
        print(f"{options.articles} articles stored in {took:.0f} s, {cpu:.0f} s of CPU", flush=True)
    print(f"{'ms':24} {'page p50':>8} {'p95':>8} {'total p50':>8} {'p95':>8}")
    for name, query in queries(vocabulary()).items():
        measure(database, name, query)
    database.close()


if __name__ == "__main__":
    main()
