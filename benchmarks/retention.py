"""What rows of crawls take on the disk, and what it costs to delete old ones, on both databases.

    python -m benchmarks.retention [--postgres URL] [--rows 200000]

Rows of polls over eight weeks, rows of the frontier and rejects are made up in the shape of real ones, in a schema and a file
that are removed afterwards. Prints bytes a row with indexes; then everything older than 30 days is deleted, while another
connection stores a fetch again and again and notes how long it waited. Figures: benchmarks/retention.md.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, insert, make_url, text

from newsbot.items import Fetched
from newsbot.jobs.prune import prune_rows
from newsbot.store.crawl.fetches import find_kept, save_fetch
from newsbot.store.database import Database
from newsbot.store.schema.fetch_partitions import make_weeks
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import Base, Fetch, FrontierRow, PastUrl, RejectRow

NOW = datetime.now(UTC)
DAYS = 56
CHUNK = 5_000
WARC = "newsbot-crawler-1-4711-20261130070000-00001.warc.gz"


def main() -> None:
    """Parse the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default="postgresql+psycopg://postgres@127.0.0.1:5432/test")
    parser.add_argument("--rows", type=int, default=200_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _measure(f"sqlite:///{Path(folder) / 'newsbot.db'}", asked.rows)
    with _schema(asked.postgres) as url:
        _measure(url, asked.rows)


@contextmanager
def _schema(server: str) -> Iterator[str]:
    name = f"newsbot_benchmark_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
        try:
            given = make_url(server).update_query_dict({"options": f"-csearch_path={name}"})
            yield given.render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


def _measure(url: str, rows: int) -> None:
    database = Database(url).open()
    kind = "SQLite" if database.has_one_writer else "PostgreSQL"
    if not database.has_one_writer:
        for week in range(DAYS // 7 + 1):
            with database.write() as session:
                make_weeks(session.connection(), NOW - timedelta(weeks=week))
    size = _size(database)
    for model, make in ((Fetch, _poll), (FrontierRow, _page), (RejectRow, _reject), (PastUrl, _past)):
        _fill(database, model, make, rows)
        grown = _size(database)
        print(f"{kind}: {model.__tablename__}: {(grown - size) / rows:.0f} bytes a row")
        size = grown
    print(f"{kind}: find_kept: {_look_ups(database):.2f} ms")
    _prune(database, kind)
    database.close()


def _fill(database: Database, model: type[Base], make: Any, rows: int) -> None:
    for start in range(0, rows, CHUNK):
        with database.write() as session:
            session.execute(insert(model), [make(number, rows) for number in range(start, start + CHUNK)])


def _at(number: int, rows: int) -> datetime:
    return NOW - timedelta(days=DAYS) * (1 - number / rows)


def _url(number: int) -> str:
    return f"https://www.harbour-{number % 997}.example/news/2026/11/story-of-the-day-{number}"


def _poll(number: int, rows: int) -> dict[str, Any]:
    feed = f"https://www.harbour-{number % 997}.example/feeds/rss-{number % 3}.xml"
    return {
        "url_hash": url_hash(feed),
        "url": feed,
        "source": f"harbour-{number % 997}",
        "fetched_at": _at(number, rows),
        "outcome": "feed",
        "status": 200,
        "size_bytes": 41_000,
        "latency_ms": 140,
        "etag": f'"{number:032x}"',
        "last_modified": "Mon, 30 Nov 2026 07:28:00 GMT",
        "warc_file": WARC,
        "warc_offset": number * 9_000,
        "warc_record_id": f"<urn:uuid:{number:08x}-0000-4000-8000-000000000000>",
        "payload_digest": f"sha1:{number:032X}",
    }


def _page(number: int, rows: int) -> dict[str, Any]:
    at = _at(number, rows)
    return {
        "url_hash": url_hash(_url(number)),
        "url": _url(number),
        "host": f"www.harbour-{number % 997}.example",
        "source": f"harbour-{number % 997}",
        "guid_key": number.to_bytes(16),
        "entry": {"title": "Harbour opens after ten years of work", "published_at": at.isoformat()},
        "entry_key": number.to_bytes(16),
        "state": "done",
        "discovered_at": at,
        "etag": f'"{number:032x}"',
        "done_at": at,
    }


def _reject(number: int, rows: int) -> dict[str, Any]:
    at = _at(number, rows)
    return {
        "url_hash": number.to_bytes(16),
        "url": _url(number),
        "stage": "validate",
        "reason": ("list", "paywall", "empty", "shop")[number % 4],
        "detail": "most of its text is in links",
        "source": f"harbour-{number % 997}",
        "first_seen_at": at,
        "last_seen_at": at,
    }


def _past(number: int, rows: int) -> dict[str, Any]:
    return {"url_hash": url_hash(f"{_url(number)}/past"), "done_at": _at(number, rows)}


def _size(database: Database) -> int:
    query = (
        "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    )
    if database.has_one_writer:
        query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    with database.read() as session:
        return int(session.scalar(text(query)) or 0)


def _look_ups(database: Database) -> float:
    """Return the milliseconds in which the archived record of a body is looked for, as for every answer."""
    with database.read() as session:
        started = time.perf_counter()
        for number in range(300):
            find_kept(session, _url(number), f"sha1:{number:032X}")
        return (time.perf_counter() - started) / 300 * 1000


def _prune(database: Database, kind: str) -> None:
    waits: list[float] = []
    done = Event()

    def store() -> None:
        while not done.is_set():
            started = time.perf_counter()
            with database.write() as session:
                fetched = Fetched(url="https://www.harbour-1.example/feeds/rss-1.xml", status=304)
                save_fetch(session, fetched, outcome="feed", source=None, run_id=None, now=NOW)
            waits.append(time.perf_counter() - started)
            time.sleep(0.01)

    writer = Thread(target=store)
    writer.start()
    for table in ("fetches", "frontier", "rejects"):
        waits.clear()
        removed: Counter[str] = Counter()
        started, used = time.perf_counter(), time.process_time()
        for batch in prune_rows(database, {table: NOW - timedelta(days=30)}, now=NOW):
            removed[batch.table] += batch.rows
        took, used = time.perf_counter() - started, time.process_time() - used
        slow = sorted(waits) or [0.0]
        print(
            f"{kind}: {table}: {removed[table]} rows in {took:.1f} s, {used:.1f} CPU s of the client;"
            f" a writer waited {slow[len(slow) // 2] * 1000:.0f} ms (median), {slow[-1] * 1000:.0f} ms (longest)"
        )
    done.set()
    writer.join()


if __name__ == "__main__":
    main()
