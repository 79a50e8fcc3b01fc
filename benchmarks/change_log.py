"""What the log of changes costs where many processes write to one PostgreSQL.

    python -m benchmarks.change_log [--postgres URL] [--writers 8] [--articles 120] [--batch 8] [--runs 3]

Every writer stores articles of its own in batches, once with the log and once without it, in alternating runs, in schemas of
their own that are removed afterwards. Prints articles a second of all writers together, and how long commits take.
Figures: benchmarks/change_log.md.
"""

from __future__ import annotations

import argparse
import time
from multiprocessing import Barrier, Process, Queue
from multiprocessing.synchronize import Barrier as Gate
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from newsbot.store.articles.batch_locks import Incoming, lock_articles
from newsbot.store.articles.precomputed import precompute
from newsbot.store.articles.writer import save_article
from newsbot.store.changes.change_log import _Pending
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from tests.dedupe.texts import text as made_up
from tests.store.samples import NOW, article


def main() -> None:
    """Parse the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default="postgresql+psycopg://postgres@127.0.0.1:5432/test")
    for name, default in (("writers", 8), ("articles", 120), ("batch", 8), ("runs", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    server, name = make_url(asked.postgres), f"newsbot_benchmark_{uuid4().hex}"
    _execute(server, f"CREATE SCHEMA {name}")
    try:
        _measure(
            server.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(False), asked
        )
    finally:
        _execute(server, f"DROP SCHEMA {name} CASCADE")


def _measure(url: str, asked: argparse.Namespace) -> None:
    Database(url).open().close()
    found: dict[bool, list[float]] = {True: [], False: []}
    for run in range(2 * asked.runs):
        found[run % 2 == 0].append(_write_all(url, asked, run, with_log=run % 2 == 0))
    for with_log, rates in found.items():
        print(f"{'with' if with_log else 'without'} the log: {median(rates):.0f} articles a second", rates)


def _write_all(url: str, asked: argparse.Namespace, run: int, *, with_log: bool) -> float:
    gate = Barrier(asked.writers)
    times: Queue[tuple[float, float]] = Queue()
    writers = [
        Process(target=_write, args=(url, run * asked.writers + number, asked, with_log, gate, times))
        for number in range(asked.writers)
    ]
    for writer in writers:
        writer.start()
    spans = [times.get() for _ in writers]
    for writer in writers:
        writer.join()
    seconds = max(end for _, end in spans) - min(start for start, _ in spans)
    return float(asked.writers * asked.articles / seconds)


def _write(url: str, number: int, asked: argparse.Namespace, with_log: bool, gate: Gate, times: Any) -> None:
    first = number * asked.articles + 1
    pages = [article(place, body=made_up(place)) for place in range(first, first + asked.articles)]
    incoming = [Incoming(page, precompute(page)) for page in pages]
    database = Database(url).open()
    gate.wait()
    start = time.time()
    with patch.object(_Pending, "write", _Pending.write if with_log else _write_nothing):
        for place in range(0, len(incoming), asked.batch):
            _store(database, incoming[place : place + asked.batch])
    times.put((start, time.time()))
    database.close()


def _store(database: Database, batch: list[Incoming]) -> None:
    with database.write() as session:
        lock_articles(session, batch, now=NOW)
        for one in batch:
            keys = article_keys(one.article)
            save_article(session, one.article, keys=keys, precomputed=one.precomputed, run_id=None, now=NOW)


def _write_nothing(_pending: _Pending, _connection: object) -> None:
    """Leave the log as it is."""


def _execute(server: Any, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


if __name__ == "__main__":
    main()
