"""Pruning: what goes when it is old, what stays because it is needed, kills, and crawls at the same time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from newsbot.configuration.table import Configuration
from newsbot.discovery.links import Link
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article
from newsbot.items import Fetched
from newsbot.jobs.prune import limits, prune_rows
from newsbot.store.articles.reextraction import list_extracted
from newsbot.store.crawl import discovered, frontier
from newsbot.store.database import Database
from newsbot.store.retention import old_rows
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import Fetch, FrontierRow, PastUrl, RejectRow
from tests.store.samples import article

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEPT = {"fetches": NOW - 30 * DAY, "frontier": NOW - 30 * DAY, "rejects": NOW - 30 * DAY}


def prune(database: Database, **given: Any) -> dict[str, int]:
    """Prune what is older than thirty days, and return the numbers of deleted rows."""
    removed: Counter[str] = Counter()
    for batch in prune_rows(database, KEPT, now=NOW, pause=lambda seconds: None, **given):
        removed[batch.table] += batch.rows
    return dict(removed)


def key(number: int) -> bytes:
    return number.to_bytes(16)


def fetches(ages: list[int], outcome: str = "feed") -> list[dict[str, Any]]:
    return [
        {
            "url_hash": key(number),
            "url": f"https://news.example/{number}",
            "source": "news.example",
            "fetched_at": NOW - age * DAY,
            "outcome": outcome,
        }
        for number, age in enumerate(ages)
    ]


def frontier_row(number: int, age: int, **given: Any) -> dict[str, Any]:
    url = f"https://news.example/{number}"
    row = {"url_hash": url_hash(url), "url": url, "source": "news.example", "state": "done"}
    return {**row, "discovered_at": NOW - 400 * DAY, "done_at": NOW - age * DAY, "next_try_at": None, **given}


def reject(number: int, age: int, reason: str = "paywall", **given: Any) -> dict[str, Any]:
    url = f"https://news.example/{number}"
    row = {"url_hash": url_hash(url), "url": url, "stage": "validate", "reason": reason, "detail": ""}
    at = NOW - age * DAY
    return {**row, "first_seen_at": at, "last_seen_at": at, **given}


def add(database: Database, model: Any, rows: list[dict[str, Any]]) -> None:
    with database.write() as session:
        session.execute(insert(model), rows)


def crawled(database: Database, number: int, at: datetime, *, body: str | None = None) -> None:
    """Store an article as a crawl does, with its fetch and its record in the archive."""
    page = article(number, **({"body": body} if body else {}), retrieved_at=at, published_at=None)
    fetched = Fetched(
        url=page.url, status=200, warc_file="newsbot-1.warc.gz", warc_offset=int(at.timestamp())
    )
    with database.write() as session:
        record_article(session, Envelope(article=page, fetched=fetched), run_id=None, now=at)


def left(database: Database, model: Any, column: Any) -> list[Any]:
    with database.read() as session:
        return sorted(session.scalars(select(column)))


def test_old_rows_go_and_young_ones_stay(database: Database) -> None:
    add(database, Fetch, fetches([29, 45, 60, 300, 1]) + fetches([29, 400], "reject"))
    add(database, FrontierRow, [frontier_row(1, 29), frontier_row(2, 31), frontier_row(3, 31, state="gone")])
    add(database, RejectRow, [reject(1, 29), reject(2, 31), reject(3, 31, "list"), reject(4, 99, "list")])
    assert prune(database, dry_run=True) == {"fetches": 4, "frontier": 2, "rejects": 3}
    assert len(left(database, Fetch, Fetch.id)) == 7
    assert prune(database) == {"fetches": 4, "frontier": 2, "rejects": 3}
    assert left(database, Fetch, Fetch.fetched_at) == [NOW - 29 * DAY, NOW - 29 * DAY, NOW - DAY]
    assert left(database, FrontierRow, FrontierRow.url) == ["https://news.example/1"]
    assert left(database, RejectRow, RejectRow.url) == ["https://news.example/1"]
    assert prune(database) == {"fetches": 0, "frontier": 0, "rejects": 0}


def test_many_batches_are_one_after_the_other(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_rows, "BATCH", 3)
    add(database, Fetch, fetches([31] * 7) + fetches([29] * 2) + fetches([40] * 4, "held"))
    add(database, FrontierRow, [frontier_row(number, 40 + number % 3) for number in range(8)])
    add(database, RejectRow, [reject(number, 40, f"reason-{number % 2}") for number in range(9)])
    assert prune(database) == {"fetches": 11, "frontier": 8, "rejects": 9}
    assert len(left(database, Fetch, Fetch.id)) == 2


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(frontier_row(1, 99, state="pending"), id="pending"),
        pytest.param(frontier_row(1, 99, state="leased", next_try_at=NOW), id="leased"),
        pytest.param(frontier_row(1, 99, state="failed", next_try_at=NOW + DAY), id="tried again"),
        pytest.param(frontier_row(1, 99, next_try_at=NOW + DAY), id="looked at again"),
    ],
)
def test_a_url_that_is_fetched_again_stays_with_its_reject(database: Database, row: dict[str, Any]) -> None:
    add(database, FrontierRow, [row])
    add(database, RejectRow, [reject(1, 99), reject(2, 99)])
    assert prune(database) == {"fetches": 0, "frontier": 0, "rejects": 1}
    assert left(database, RejectRow, RejectRow.url) == ["https://news.example/1"]


def test_the_reject_of_a_stored_article_stays(database: Database) -> None:
    crawled(database, 1, NOW - 99 * DAY)
    with database.read() as session:
        article_id = session.scalar(text("SELECT id FROM articles"))
    add(database, RejectRow, [reject(1, 99, article_id=article_id)])
    assert prune(database)["rejects"] == 0


def test_the_page_that_an_article_was_read_from_stays(database: Database) -> None:
    crawled(database, 1, NOW - 99 * DAY)
    crawled(database, 2, NOW - 98 * DAY)
    changed = article(2).body + "\n\nThe harbour master has resigned in the meantime, the board said."
    crawled(database, 2, NOW - 90 * DAY, body=changed)
    crawled(database, 2, NOW - 80 * DAY, body=changed)
    add(database, Fetch, fetches([50] * 3, "article"))
    assert prune(database)["fetches"] == 5
    kept = [NOW - 99 * DAY, NOW - 90 * DAY]
    assert left(database, Fetch, Fetch.fetched_at) == kept
    with database.read() as session:
        found = list_extracted(session, is_stale=False)
    assert [page.warc_offset for page in found] == [int(at.timestamp()) for at in kept]
    add(database, Fetch, fetches([45], "article"))
    assert prune(database)["fetches"] == 1, "rows after the mark are looked at"


def test_a_url_that_left_the_frontier_is_fetched_again_only_if_it_has_changed(database: Database) -> None:
    one, two = "https://news.example/1", "https://news.example/2"

    def listed(at: datetime, *links: Link) -> list[str]:
        with database.write() as session:
            new = discovered.add_links(session, links, source="news.example", feed_id=None, now=at)
            return sorted(link.url for link in new)

    assert listed(NOW - 99 * DAY, Link(url=one), Link(url=two)) == [one, two]
    with database.write() as session:
        frontier.mark_done(session, [one, two], article_id=None, now=NOW - 98 * DAY)
    assert prune(database)["frontier"] == 2
    assert len(left(database, PastUrl, PastUrl.url_hash)) == 2
    assert listed(NOW, Link(url=one), Link(url=f"{two}?utm_source=rss", modified_at=NOW - 98 * DAY)) == []
    assert listed(NOW, Link(url=one, modified_at=NOW + DAY)) == []
    assert listed(NOW, Link(url=one), Link(url=two, modified_at=NOW - 40 * DAY)) == [two]
    with database.write() as session:
        frontier.mark_done(session, [two], article_id=None, now=NOW - 35 * DAY)
    assert prune(database)["frontier"] == 1
    assert listed(NOW, Link(url=two, modified_at=NOW - 40 * DAY)) == []


def test_what_is_kept_for_ever_is_left_out() -> None:
    settings = Configuration(keep_fetches_days=0, keep_frontier_days=20, keep_rejects_days=0)
    assert limits(settings, NOW) == {"frontier": NOW - 20 * DAY}


# ------------------------------------------------------------------ kills, and others at work

PRUNE = """
import sys
from datetime import datetime
from newsbot.jobs.prune import prune_rows
from newsbot.store.database import Database
from newsbot.store.retention import old_rows
old_rows.BATCH = 20
now = datetime.fromisoformat(sys.argv[2])
before = datetime.fromisoformat(sys.argv[3])
database = Database(sys.argv[1]).open()
for batch in prune_rows(database, {name: before for name in ("fetches", "frontier", "rejects")}, now=now):
    print(batch.table, batch.rows, flush=True)
"""


@pytest.fixture
def filled(database: Database) -> Database:
    add(database, Fetch, fetches([99] * 400) + fetches([1] * 50) + fetches([50] * 200, "article"))
    add(database, FrontierRow, [frontier_row(number, 99 if number % 3 else 1) for number in range(600)])
    add(database, RejectRow, [reject(number, 99 if number % 2 else 1) for number in range(400)])
    return database


@pytest.mark.slow_on_postgresql
def test_a_prune_that_is_killed_again_and_again_is_completed_by_the_next(
    filled: Database, database_url: str
) -> None:
    for number in range(1, 6):
        command = [sys.executable, "-c", PRUNE, database_url, NOW.isoformat(), KEPT["fetches"].isoformat()]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        for _ in range(4 * number):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        forgotten = left(filled, FrontierRow, FrontierRow.url_hash) + left(filled, PastUrl, PastUrl.url_hash)
        assert len(set(forgotten)) == len(forgotten) == 600, "every URL is known in one place"
    prune(filled)
    assert len(left(filled, Fetch, Fetch.id)) == 50
    assert len(left(filled, FrontierRow, FrontierRow.id)) == 200
    assert len(left(filled, RejectRow, RejectRow.id)) == 200


def test_crawls_store_while_old_rows_are_deleted(filled: Database, database_url: str) -> None:
    other = Database(database_url).open()
    done = threading.Event()

    def crawl() -> None:
        for number in range(10, 40):
            crawled(other, number, NOW)
        done.set()

    thread = threading.Thread(target=crawl)
    thread.start()
    while not done.is_set():
        prune(filled)
    thread.join()
    prune(filled)
    assert len(left(filled, Fetch, Fetch.id)) == 50 + 30
    other.close()


# ------------------------------------------------------------------ partitions


def weeks(database: Database) -> list[str]:
    query = "SELECT relname FROM pg_class WHERE relname ~ '^fetches_[0-9]{8}$' AND relkind = 'r' ORDER BY 1"
    with database.read() as session:
        return list(session.scalars(text(f"{query.replace('WHERE', 'WHERE pg_table_is_visible(oid) AND')}")))


on_postgresql = pytest.mark.parametrize("bare_database_url", ["postgresql"], indirect=True)


@pytest.fixture
def server(bare_database_url: str) -> Iterator[Database]:
    opened = Database(bare_database_url).open()
    yield opened
    opened.close()


@on_postgresql
def test_weeks_are_made_ahead_and_dropped_whole(server: Database) -> None:
    now = datetime.now(UTC)
    made = weeks(server)
    assert len(made) == 5
    add(
        server,
        Fetch,
        [row | {"fetched_at": now + number * 7 * DAY} for number, row in enumerate(fetches([0] * 4))],
    )
    later = now + 35 * DAY
    found = list(prune_rows(server, {"fetches": later - 14 * DAY}, now=later))
    assert sum(batch.rows for batch in found) == 3
    assert weeks(server)[:2] == made[3:]
    assert len(weeks(server)) == 7
    assert left(server, Fetch, Fetch.fetched_at) == [now + 21 * DAY]


@on_postgresql
def test_a_week_in_use_is_left_for_the_next_time(server: Database) -> None:
    now = datetime.now(UTC)
    add(server, Fetch, [row | {"fetched_at": now} for row in fetches([0])])
    later = now + 60 * DAY
    with server.read() as session:
        assert session.scalars(select(Fetch.id)).all() == [1]
        found = list(prune_rows(server, {"fetches": later - 30 * DAY}, now=later, pause=lambda seconds: None))
        assert [batch.skipped for batch in found if batch.skipped]
    found = list(prune_rows(server, {"fetches": later - 30 * DAY}, now=later))
    assert not [batch.skipped for batch in found if batch.skipped]
    assert left(server, Fetch, Fetch.id) == []


@on_postgresql
def test_rows_of_a_week_without_a_partition_are_kept_and_pruned_too(server: Database) -> None:
    now = datetime.now(UTC)
    far = now + 100 * DAY
    add(server, Fetch, [row | {"fetched_at": far} for row in fetches([0] * 3)])
    list(prune_rows(server, {"fetches": now - 30 * DAY}, now=far))
    assert f"fetches_{far - far.weekday() * DAY:%Y%m%d}" not in weeks(server), "its rows are elsewhere"
    assert len(left(server, Fetch, Fetch.id)) == 3
    list(prune_rows(server, {"fetches": far + DAY}, now=far))
    assert left(server, Fetch, Fetch.id) == []
