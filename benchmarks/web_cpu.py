"""CPU time of the pages: `python -m benchmarks.web_cpu --articles 200000 --database URL`, filled by `benchmarks.web`.

Asks the application in this process, so that nothing is measured but one reader, and prints for each kind of page the CPU time of
a request in milliseconds, p50, p95 and most, with that of the server of PostgreSQL (on Linux, if it runs on this machine), and
the wall time. Other work on the machine changes wall times most, and CPU times less.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from sqlalchemy import text
from starlette.testclient import TestClient

from benchmarks.web import pages
from newsbot.store.database import Database
from newsbot.web.app import create_app
from tests.web import newsroom

_BACKENDS = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Took(NamedTuple):
    """What a request took, in milliseconds."""

    cpu: float
    wall: float


def servers(database: Database) -> list[Path]:
    """Return the files with the CPU times of the processes that serve a PostgreSQL; none for SQLite."""
    if database.has_one_writer:
        return []
    with database.read() as session:
        pids = session.scalars(_BACKENDS).all()
    return [path for pid in pids if (path := Path(f"/proc/{pid}/schedstat")).exists()]


def served(processes: Sequence[Path]) -> float:
    """Return the CPU time that processes have taken, in seconds."""
    return sum(int(path.read_text().split()[0]) for path in processes) / 1e9


def measure(client: TestClient, watch: Callable[[], Sequence[Path]], addresses: Sequence[str]) -> list[Took]:
    """Ask for pages one after the other."""
    for address in addresses[:3]:
        client.get(address)
    processes = watch()
    found = []
    for address in addresses:
        server, cpu, wall = served(processes), time.process_time(), time.perf_counter()
        answer = client.get(address)
        spent = time.process_time() - cpu + served(processes) - server
        found.append(Took(1000 * spent, 1000 * (time.perf_counter() - wall)))
        assert answer.status_code == 200, f"{address}: {answer.text[:300]}"
    return found


def main() -> None:
    """Ask for every kind of page, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--database", required=True)
    parser.add_argument("--only", default="", help="part of the names of the pages")
    options = parser.parse_args()
    database, watching = Database(options.database).open(), Database(options.database).open()
    client = TestClient(create_app(database, now=lambda: newsroom.NOW))
    print(f"{'ms':24} {'CPU p50':>8} {'p95':>8} {'most':>8} {'wall p50':>9} {'p95':>8}")
    for name, address in pages(options.articles).items():
        if options.only not in name:
            continue
        chance = random.Random(1)
        took = measure(client, lambda: servers(watching), [address(chance) for _ in range(options.requests)])
        cpu, wall = (quantiles(figures, n=20) for figures in zip(*took, strict=True))
        most = max(each.cpu for each in took)
        print(
            f"{name:24} {cpu[9]:8.1f} {cpu[18]:8.1f} {most:8.1f} {wall[9]:9.1f} {wall[18]:8.1f}", flush=True
        )
    database.close()
    watching.close()


if __name__ == "__main__":
    main()
