"""What finding work costs if everything is due: `python -m benchmarks.due_work --database URL`, an empty database or one that was filled so.

Stores 60,000 sources with three feeds each, all due, and 1,000,000 pages of the frontier, all due: four fifths new, the others to
be looked at again. A tenth of the pages is of ten hosts. Then work is taken as by crawls, until 2,000 hosts are claimed: each
time 16 hosts with due work, then pages of two of them; once more after all feeds have been polled. Prints the CPU time of each step, here and in the server: the median, 95 of 100, the longest.
`--plans` prints what PostgreSQL did. Figures: benchmarks/many_sources.md.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from benchmarks.growth import analyze
from newsbot.store.crawl import frontier
from newsbot.store.crawl.sharing import host_claims
from newsbot.store.crawl.sharing.due_work import due_feeds, due_hosts, left_to_others
from newsbot.store.crawl.sharing.wanted_work import Wanted
from newsbot.store.database import Database
from newsbot.store.schema.identity import url_hash
from newsbot.store.schema.models import CatalogRow, CatalogSource, Feed, FrontierRow, Run, Source
from newsbot.store.sql import dialect

FEEDS, LARGE_HOSTS, PAGES = 3, 10, 8
"""Feeds of a source, hosts with a tenth of the pages, and pages that are leased of a host at once."""
HOSTS, RUNS, CLAIMED = 16, 10, 2_000
"""Hosts that are claimed at once, crawls, and hosts that are claimed in the end."""
LEASE = 2 * host_claims.LEASE
"""So long that no claim ends meanwhile."""
ROUND = 2_560
"""Hosts that a round of the scheduler looks for: with 640 slots and as many jobs in the queue as it may hold."""
ROWS = 5_000
NOW = datetime.now(UTC)


def host_of(source: int) -> str:
    """Return the host of a source."""
    return f"www.s{source}.example"


def feeds_of(sources: int) -> Iterator[dict[str, Any]]:
    """Yield the feeds of all sources."""
    for number in range(sources * FEEDS):
        host = host_of(number // FEEDS)
        url = f"https://{host}/{number % FEEDS}.xml"
        late = timedelta(seconds=number % 3_600)
        yield {
            "source": f"s{number // FEEDS}",
            "kind": "feed",
            "url": url,
            "url_hash": url_hash(url),
            "host": host,
            "next_poll_at": NOW - late,
            "last_polled_at": NOW - timedelta(hours=2),
        }


def pages_of(sources: int, pages: int) -> Iterator[dict[str, Any]]:
    """Yield the pages of the frontier, spread over the sources."""
    for number in range(pages):
        source = number % LARGE_HOSTS if number % 10 == 0 else number * 7 % sources
        host, is_new = host_of(source), number % 5 > 0
        url = f"https://{host}/news/{number}"
        yield {
            "url": url,
            "url_hash": url_hash(url),
            "host": host,
            "source": f"s{source}",
            "state": "pending" if is_new else "done",
            "priority": frontier.priority(NOW - timedelta(minutes=number % 10_000), NOW),
            "discovered_at": NOW,
            "next_try_at": None if is_new else NOW - timedelta(seconds=number % 3_600),
        }


def insert(database: Database, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows, some thousands at a time."""
    while part := [row for _, row in zip(range(ROWS), rows, strict=False)]:
        with database.write() as session:
            dialect.new_rows(model).run(session.connection(), part)


def fill(database: Database, sources: int, pages: int) -> int:
    """Store everything; return the id of the catalog."""
    keys = [f"s{number}" for number in range(sources)]
    insert(database, Source, ({"key": key, "tags": [], "first_seen_at": NOW} for key in keys))
    with database.write() as session:
        catalog = CatalogRow(digest=b"1" * 16, used_at=NOW)
        runs = [Run(spider="news", arguments={}, version="1", started_at=NOW, counts={}) for _ in range(RUNS)]
        session.add_all([catalog, *runs])
        session.flush()
        catalog_id = catalog.id
    insert(database, CatalogSource, ({"catalog_id": catalog_id, "source": key} for key in keys))
    insert(database, Feed, feeds_of(sources))
    insert(database, FrontierRow, pages_of(sources, pages))
    return catalog_id


@contextmanager
def explained() -> Iterator[dict[str, list[str]]]:
    """Give the plan of every query that PostgreSQL answers meanwhile, the last one of each."""
    plans: dict[str, list[str]] = {}

    def explain(connection: Any, _cursor: Any, sql: str, given: Any, *_: object) -> None:
        if sql.lstrip().startswith("SELECT"):
            with connection.connection.driver_connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", given)
                plans[sql] = [row[0] for row in cursor]

    event.listen(Engine, "before_cursor_execute", explain)
    yield plans
    event.remove(Engine, "before_cursor_execute", explain)


class Crawls:
    """Several crawls that take work from a database; the milliseconds of CPU of each step, by its name."""

    def __init__(self, database: Database, wanted: Wanted) -> None:
        self.database = database
        self.wanted = wanted
        self.took: dict[str, list[float]] = defaultdict(list)
        self.claimed: set[str] = set()
        question = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        with database.read() as session:
            self.servers = [] if database.has_one_writer else list(session.scalars(text(question)))

    def timed(
        self, step: str, run: Callable[[Callable[[Session], Any]], Any], work: Callable[[Session], Any]
    ) -> Any:
        """Return `run(work)`, and note what it took."""
        begun = self.cpu_ms()
        found = run(work)
        self.took[step].append(self.cpu_ms() - begun)
        return found

    def cpu_ms(self) -> float:
        """Return the milliseconds of CPU that this process and the servers of its connections have used."""
        files = [Path(f"/proc/{pid}/schedstat") for pid in self.servers]
        nanoseconds = sum(int(path.read_text().split()[0]) for path in files if path.exists())
        return time.process_time() * 1000 + nanoseconds / 1e6

    def take(self, run_id: int, *, all_steps: bool) -> None:
        """Claim hosts, and look for their feeds and pages; with `all_steps` also do what is done every few seconds."""
        write, ask = self.database.transact, self.database.ask
        claims = self.timed("claim 16 hosts", write, partial(self._claim, run_id=run_id))
        hosts = [held.host for held in claims]
        assert len(hosts) == HOSTS, "nothing is due any more"
        self.claimed |= set(hosts)
        self.timed("feeds of 16 hosts", ask, lambda session: due_feeds(session, self.wanted, hosts, now=NOW))
        for host in hosts[:2]:
            self.timed("pages of a host", write, partial(self._lease, host=host, run_id=run_id))
        if all_steps:
            self.timed("round of the scheduler", ask, self._round)
            self.timed("hosts left to others", ask, partial(self._left, run_id=run_id))

    def _claim(self, session: Session, run_id: int) -> list[host_claims.Claim]:
        now = host_claims.clock(session)
        hosts = due_hosts(session, self.wanted, limit=HOSTS, now=now)
        return host_claims.claim(session, hosts, run_id=run_id, now=now, lease=LEASE)

    def _lease(self, session: Session, host: str, run_id: int) -> None:
        frontier.lease(session, {host: PAGES}, self.wanted, run_id=run_id, now=datetime.now(UTC))

    def _round(self, session: Session) -> list[str]:
        return due_hosts(session, self.wanted, limit=ROUND, now=host_claims.clock(session))

    def _left(self, session: Session, run_id: int) -> list[str]:
        return left_to_others(session, self.wanted, limit=5, now=NOW, run_id=run_id)


def main() -> None:
    """Parse the arguments and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", required=True)
    parser.add_argument("--sources", type=int, default=60_000)
    parser.add_argument("--pages", type=int, default=1_000_000)
    parser.add_argument("--plans", action="store_true", help="print the plans of PostgreSQL at the end")
    options = parser.parse_args()
    database = Database(options.database).open()
    begun = time.monotonic()
    with database.read() as session:
        known = session.scalar(text("SELECT max(id) FROM catalogs"))
    catalog_id = known or fill(database, options.sources, options.pages)
    print(f"filled in {time.monotonic() - begun:.0f} s", flush=True)
    for polled in (False, True):
        with database.write() as session:
            session.execute(text("DELETE FROM host_claims"))
            due_at = NOW + timedelta(hours=1 if polled else -1)
            session.execute(text("UPDATE feeds SET next_poll_at = :due_at"), {"due_at": due_at})
            session.execute(
                text("UPDATE frontier SET state = 'pending', next_try_at = NULL WHERE state = 'leased'")
            )
        measure(database, catalog_id, "pages are due" if polled else "all is due", plans=options.plans)
    database.close()


def measure(database: Database, catalog_id: int, name: str, *, plans: bool) -> None:
    """Take work until many hosts are claimed, and print what it took."""
    analyze(database)
    crawls = Crawls(database, Wanted(began=datetime.now(UTC), catalog_id=catalog_id))
    for turn in range(CLAIMED // HOSTS):
        crawls.take(1 + turn % RUNS, all_steps=turn % 20 == 0)
    assert len(crawls.claimed) == CLAIMED // HOSTS * HOSTS
    for step, took in crawls.took.items():
        late = quantiles(took, n=20, method="inclusive")[18]
        print(f"| {name}: {step} | {median(took):.1f} ms | {late:.1f} ms | {max(took):.1f} ms |", flush=True)
    if plans:
        for all_steps in (False, True):
            with explained() as found:
                crawls.take(1, all_steps=all_steps)
            for sql, plan in found.items():
                print("", " ".join(sql.split()), *plan, sep="\n")


if __name__ == "__main__":
    main()
