"""What storing a new article costs, with its entities, fetch and row of the frontier: `python -m benchmarks.storing [--postgres URL]`.

Stores made-up articles of about 460 words with 16 mentions of some ten entities as a crawl does, in transactions of one article
and of 16. Prints for an article the statements, the CPU time of this process and that of PostgreSQL's, and the bytes of each
table with its indexes. An `executemany` counts as one statement on SQLite and as one for each row on PostgreSQL, which gets
them one by one. Load changes CPU times: compare runs by turns. Figures: benchmarks/writing.md.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import accumulate
from os import sysconf
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from benchmarks.search import vocabulary
from benchmarks.writing import databases
from newsbot.cleaning.boilerplate import block_keys
from newsbot.ingest.batches import write_together
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article
from newsbot.items import Article, Entity, EntityType, Fetched, Link, Mention
from newsbot.store.articles.precomputed import precompute
from newsbot.store.database import Database
from tests.store.samples import NOW

WORDS, SOURCES, NAMES, MENTIONS = 460, 60, 4_000, 16
DRAWS = 11
"""Of names for an article; some come twice."""
TYPES: tuple[EntityType, ...] = ("PER", "ORG", "LOC")
WARM_UP = 64
"""Number of articles before the measurement: statements are prepared, common names stored."""


def made_up(count: int, *, copied_from: int = 50) -> list[Envelope]:
    """Return articles with words and names as unequal as in news (Zipf), a twentieth of them near copies.

    Each is a copy of one of the `copied_from` articles before it."""
    chance, stems = random.Random(7), vocabulary()
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(stems))))
    ranks = list(accumulate(1 / (rank + 8) for rank in range(NAMES)))
    found: list[Envelope] = []
    for number in range(count):
        if found and chance.random() < 0.05:
            body = chance.choice(found[-copied_from:]).article.body + " Updated with further reports."
        else:
            words = chance.choices(stems, cum_weights=weights, k=WORDS)
            names = chance.choices(range(NAMES), cum_weights=ranks, k=DRAWS)
            for place in chance.sample(range(WORDS), MENTIONS):
                words[place] = f"Name{chance.choice(names)}x"
            parts = [" ".join(words[start : start + 60]) for start in range(0, WORDS, 60)]
            body = "\n\n".join([f"By our reporter {number % 7}", *parts])
        found.append(_envelope(number, body, chance))
    return found


def _envelope(number: int, body: str, chance: random.Random) -> Envelope:
    source = f"source{number % SOURCES}.example"
    url = f"https://{source}/news/{number}-report"
    article = Article(
        url=url,
        canonical_url=url,
        source=source,
        title=f"Report {number} on {body.split()[9]} and {body.split()[30]}",
        description=" ".join(body.split()[:25]),
        authors=[f"Author {chance.randrange(300)}"],
        topics=[f"topic {chance.randrange(200)}", f"topic {chance.randrange(200)}"],
        published_at=NOW - timedelta(minutes=number),
        published_offset_min=60,
        language="en",
        section="World",
        image_url=f"{url}.jpg",
        body=body,
        word_count=len(body.split()),
        entities=_entities(body),
        entity_engine="fast 1",
        links=[Link(url=f"https://other.example/{number}", text="other")],
        rules={"title": "json-ld", "body": "model", "published_at": "json-ld", "authors": "json-ld"},
        retrieved_at=NOW,
    )
    paragraphs = body.split("\n\n")
    blocks = {key: paragraphs[place] for place, key in block_keys(paragraphs).items()}
    fetched = Fetched(
        url=url, status=200, size_bytes=60_000, latency_ms=120, payload_digest=f"sha1:{number:032}"
    )
    return Envelope(article=article, fetched=fetched, site_blocks=blocks, precomputed=precompute(article))


def _entities(body: str) -> list[Entity]:
    found: dict[str, Entity] = {}
    for match in re.finditer(r"Name(\d+)x", body):
        name, kind = match.group(), TYPES[int(match.group(1)) % 3]
        entity = found.setdefault(name, Entity(name=name, type=kind, mentions=[]))
        entity.mentions.append(Mention(start=match.start(), end=match.end(), text=name, type=kind))
    return list(found.values())


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count the statements that are sent meanwhile, by their text."""
    statements: Counter[str] = Counter()

    def note(connection: Any, _cursor: object, sql: str, rows: Any, _context: object, is_many: bool) -> None:
        one_by_one = is_many and connection.dialect.name != "sqlite"
        statements[sql] += len(rows) if one_by_one else 1

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def store(database: Database, envelopes: Sequence[Envelope], batch: int) -> None:
    """Store articles as the writer of a crawl does, `batch` in a transaction."""
    for place in range(0, len(envelopes), batch):
        part = envelopes[place : place + batch]
        works = [partial(record_article, envelope=envelope, run_id=None, now=NOW) for envelope in part]
        for saved in write_together(database, works, part):
            assert saved.outcome in {"new", "duplicate"}, saved


def server_cpu_ms(database: Database) -> float:
    """Return the CPU time that the process of PostgreSQL behind a database has taken; 0 on SQLite."""
    if database.has_one_writer:
        return 0.0
    with database.read() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / sysconf("SC_CLK_TCK")


def table_bytes(database: Database) -> Counter[str]:
    """Return the bytes of each table with its indexes and what else belongs to it."""
    sqlite = (
        "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat AS s"
        " LEFT JOIN sqlite_master AS m ON m.name = s.name WHERE s.aggregate = 1 GROUP BY 1"
    )
    postgresql = (
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    )
    with database.read() as session:
        rows = session.execute(text(sqlite if database.has_one_writer else postgresql))
        return Counter({name.partition("_data")[0]: int(size) for name, size in rows})


def measure(database: Database, envelopes: Sequence[Envelope], batch: int, *, texts: bool, kind: str) -> None:
    """Store the articles, and print what one takes."""
    store(database, envelopes[:WARM_UP], batch)
    rest = envelopes[WARM_UP:]
    server, begun = server_cpu_ms(database), time.process_time()
    with counted() as statements:
        store(database, rest, batch)
    spent, server = time.process_time() - begun, server_cpu_ms(database) - server
    count = len(rest)
    print(
        f"{kind:10} x{batch:<3} {statements.total() / count:6.2f} statements"
        f" {spent / count * 1000:6.2f} ms client {server / count:6.2f} ms server",
        flush=True,
    )
    if texts:
        for sql, number in statements.most_common():
            print(f"    {number / count:6.3f} {' '.join(sql.split())[:150]}")


def report_bytes(database: Database, before: Counter[str], count: int, kind: str) -> None:
    """Print the bytes an article, by table."""
    added = table_bytes(database)
    added.subtract(before)
    print(f"{kind:10} {added.total() / count:,.0f} bytes an article")
    for name, size in added.most_common(16):
        print(f"    {size / count:8.1f} {name}")


def main() -> None:
    """Parse the arguments and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgres")
    parser.add_argument("--articles", type=int, default=960)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 16])
    parser.add_argument("--texts", action="store_true", help="list the statements")
    parser.add_argument("--sizes", action="store_true", help="list the bytes of the tables")
    options = parser.parse_args()
    for batch in options.batches:
        with databases(options.postgres, ["one"]) as opened:
            for kind, [database] in opened.items():
                before = table_bytes(database)
                measure(database, made_up(options.articles), batch, texts=options.texts, kind=kind)
                if options.sizes:
                    report_bytes(database, before, options.articles, kind)


if __name__ == "__main__":
    main()
