"""Workers of `newsbot worker crawl` that are killed again and again: what is lost, done twice, asked twice at a time.

    python benchmarks/cluster.py URL [--minutes M] [--workers N] [--kill K] [--hosts H] [--pages P] [--every S]
        [--slots N] [--halfway COMMAND]

URL is a PostgreSQL server on which a database of its own is made and dropped. Once all workers run,
K of the N are killed (SIGKILL) each S seconds and others started in their place; halfway COMMAND is run, such as a restart
of the server. Then the workers go on
until nothing is due. Prints one JSON object. The figures in cluster.md were made with it.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

PROJECT = Path(__file__).parents[1]
PORT = 8913


class Cluster:
    """The database, the site and the workers of one run."""

    def __init__(self, url: str, folder: Path, hosts: int, pages: int, slots: int) -> None:
        self.url, self.folder, self.pages, self.slots = url, folder, pages, slots
        self.hosts = [f"127.7.{n // 250}.{n % 250 + 1}:{PORT}" for n in range(hosts)]
        self.workers: list[subprocess.Popen[bytes]] = []
        catalog = (
            f'[[source]]\nkey = "s{n}"\nhomepage = "http://{host}/"\nfeeds = ["http://{host}/fixed.xml"]\n'
            for n, host in enumerate(self.hosts)
        )
        (folder / "sources.toml").write_text("".join(catalog))

    @property
    def environment(self) -> dict[str, str]:
        """What the processes of the run find in their environment."""
        return os.environ | {
            "NEWSBOT_DATABASE_URL": self.url,
            "NEWSBOT_SOURCES": str(self.folder / "sources.toml"),
            "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
            "NEWSBOT_ENTITY_ENGINE": "none",
            "NEWSBOT_ARCHIVE_DIR": "",
            "NEWSBOT_WORKERS": "0",
            "PYTHONPATH": str(PROJECT),
        }

    def newsbot(self, *arguments: str) -> None:
        """Run a command to its end."""
        subprocess.run(
            [sys.executable, "-m", "newsbot", *arguments],
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def start(self) -> None:
        """Start a worker."""
        command = [
            "worker",
            "crawl",
            "--slots",
            str(self.slots),
            "-s",
            "DOWNLOAD_DELAY=0",
            "-s",
            "AUTOTHROTTLE_ENABLED=0",
        ]
        with (self.folder / "workers.log").open("ab") as log:
            self.workers.append(
                subprocess.Popen(
                    [sys.executable, "-m", "newsbot", *command], env=self.environment, stdout=log, stderr=log
                )
            )

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a statement."""
        engine = create_engine(make_url(self.url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def jobs_of(self, process: int) -> dict[int, int]:
        """Return the jobs that a process does: id -> id of its worker."""
        query = (
            "SELECT jobs.id, jobs.worker_id FROM procrastinate_jobs AS jobs JOIN newsbot_workers USING (worker_id)"
            " WHERE status = 'doing' AND process LIKE :process"
        )
        return {row[0]: row[1] for row in self.rows(query, process=f"%:{process}")}


class CutOff:
    """Jobs that were cut off, and how long it took until they began again."""

    def __init__(self) -> None:
        self.waiting: dict[int, tuple[float, int]] = {}
        self.placed: dict[int, float] = {}
        self.seconds: list[float] = []
        self.placed_seconds: list[float] = []

    def add(self, jobs: dict[int, int]) -> None:
        """Note the jobs of a worker that is killed now."""
        self.waiting |= {job: (time.monotonic(), worker) for job, worker in jobs.items()}

    def look(self, cluster: Cluster) -> None:
        """Note which of them have begun again, or are done."""
        query = "SELECT id, worker_id, status::text FROM procrastinate_jobs WHERE queue_name = 'crawl'"
        now = {row[0]: row[1:] for row in cluster.rows(query)}
        for job, (killed_at, worker) in list(self.waiting.items()):
            other, status = now.get(job, (None, "gone"))
            if (status != "doing" or other not in {worker, None}) and self.placed.get(job) != killed_at:
                self.placed[job] = killed_at
                self.placed_seconds.append(time.monotonic() - killed_at)
            if status == "gone" or (status == "doing" and other not in {worker, None}):
                self.seconds.append(time.monotonic() - killed_at)
                del self.waiting[job]


@contextmanager
def running_site(log: Path, pages: int) -> Iterator[None]:
    """Serve the site in a process of its own."""
    command = [
        sys.executable,
        str(PROJECT / "benchmarks/cluster_site.py"),
        str(PORT),
        str(log),
        str(pages),
        "200",
    ]
    site = subprocess.Popen(command)
    try:
        yield
    finally:
        site.kill()
        site.wait()


def overlaps(log: Path) -> tuple[int, int, int]:
    """Return the numbers of requests for pages, of repeated ones, and of those during which their host was asked otherwise."""
    by_host: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for line in log.read_text().splitlines():
        begun, ended, host, path = line.split("\t")
        by_host[host].append((float(begun), float(ended), path))
    both = 0
    pages: list[str] = []
    for host, requests in by_host.items():
        requests.sort()
        both += sum(later[0] < earlier[1] for earlier, later in pairwise(requests))
        pages += [host + path for _, _, path in requests if "report-" in path]
    return len(pages), len(pages) - len(set(pages)), both


class Run:
    """Kills workers for some minutes, and lets the others finish."""

    def __init__(self, cluster: Cluster, options: argparse.Namespace) -> None:
        self.cluster, self.options = cluster, options
        self.cut_off = CutOff()
        self.kills = 0
        self.missed = 0
        """Number of looks that found no database."""
        self.articles = 0
        self.done_after_s: float | None = None
        self.expected = len(cluster.hosts) * cluster.pages

    def kill(self) -> None:
        """Kill workers, and start others in their place."""
        workers = self.cluster.workers
        for worker in workers[: self.options.kill]:
            self.cut_off.add(self.cluster.jobs_of(worker.pid))
            worker.kill()
            worker.wait()
            self.kills += 1
        del workers[: self.options.kill]
        for _ in range(self.options.kill):
            self.cluster.start()

    def look(self, since_s: float) -> None:
        """Count what is stored."""
        self.cut_off.look(self.cluster)
        [(self.articles,)] = self.cluster.rows("SELECT count(*) FROM articles")
        if self.articles == self.expected and self.done_after_s is None:
            self.done_after_s = since_s

    def run(self) -> dict[str, Any]:
        """Return what has come of it."""
        for _ in range(self.options.workers):
            self.cluster.start()
        while self.cluster.rows("SELECT count(*) FROM newsbot_workers") != [(self.options.workers,)]:
            time.sleep(0.5)
        begun, limit_s, next_kill_s = time.monotonic(), 60 * self.options.minutes, self.options.every
        halfway: list[str] = shlex.split(self.options.halfway)
        since_s = 0.0
        while since_s < limit_s + 300 and (
            since_s < limit_s or self.articles < self.expected or self.cut_off.waiting
        ):
            time.sleep(0.5)
            since_s = time.monotonic() - begun
            with self._missing():
                self.look(since_s)
                if next_kill_s <= since_s < limit_s:
                    next_kill_s += self.options.every
                    self.kill()
            if halfway and since_s > limit_s / 2:
                subprocess.run(halfway, check=True)
                halfway = []
        return self.result(since_s)

    @contextmanager
    def _missing(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError:
            self.missed += 1

    def result(self, since_s: float) -> dict[str, Any]:
        """End the workers, and return the figures."""
        workers, seconds = self.cluster.workers, self.cut_off.seconds
        dead = sum(worker.poll() is not None for worker in workers)
        ended = time.monotonic()
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        statuses = [worker.wait(timeout=60) for worker in workers]
        drained_s = time.monotonic() - ended
        [(twice,)] = self.cluster.rows("SELECT count(*) - count(DISTINCT url) FROM articles")
        [(left,)] = self.cluster.rows("SELECT count(*) FROM frontier WHERE state <> 'done'")
        claims = "SELECT count(*) FROM host_claims WHERE run_id IS NOT NULL AND leased_until > now()"
        [(claimed,)] = self.cluster.rows(claims)
        return {
            "workers": self.options.workers,
            "kills": self.kills,
            "minutes": round(since_s / 60, 1),
            "articles": self.articles,
            "expected": self.expected,
            "stored twice": twice,
            "pages that are not done": left,
            "jobs cut off": len(seconds) + len(self.cut_off.waiting),
            "never begun again": len(self.cut_off.waiting),
            "placed again after, s, greatest": round(max(self.cut_off.placed_seconds, default=0), 1),
            "begun again after, s, median": round(statistics.median(seconds), 1) if seconds else None,
            "begun again after, s, greatest": round(max(seconds), 1) if seconds else None,
            "all stored after, s": self.done_after_s and round(self.done_after_s),
            "workers that ended by themselves": dead,
            "exit statuses after SIGTERM": sorted(set(statuses)),
            "drained in, s": round(drained_s, 1),
            "claims left behind": claimed,
            "jobs failed": self.cluster.rows(
                "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"
            )[0][0],
            "load": [round(load, 1) for load in os.getloadavg()],
            "looks that found no database": self.missed,
        }


def main() -> None:
    """Make the cluster, run it, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--workers", type=int, default=10)
    parser.add_argument("--kill", type=int, default=3)
    parser.add_argument("--hosts", type=int, default=30)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--every", type=float, default=20, metavar="S")
    parser.add_argument("--slots", type=int, default=16, help="of a worker")
    parser.add_argument("--halfway", default="")
    options = parser.parse_args()
    server = make_url(options.url)
    name = f"newsbot_bench_{os.getpid()}"
    admin = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder) / "site.log", options.pages):
        url = server.set(database=name).render_as_string(hide_password=False)
        cluster = Cluster(url, Path(folder), options.hosts, options.pages, options.slots)
        try:
            cluster.newsbot("db", "upgrade")
            cluster.newsbot("cluster", "init")
            found = Run(cluster, options).run()
            pages, repeated, both = overlaps(Path(folder) / "site.log")
            found |= {
                "pages asked": pages,
                "asked again": repeated,
                "requests beside another of their host": both,
            }
            print(json.dumps(found, indent=1))
        finally:
            for worker in cluster.workers:
                with suppress(ProcessLookupError):
                    worker.kill()
            print(Path(folder, "workers.log").read_text(errors="replace")[-3000:], file=sys.stderr)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


if __name__ == "__main__":
    main()
