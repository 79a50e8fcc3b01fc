"""Archives on an object store and workers of `newsbot worker backfill` that are killed: is every record stored once, how fast?

    python -m benchmarks.cluster_archives URL [--archives 500] [--responses 20] [--kills 20] [--every 2] [--rounds 2]

URL is a PostgreSQL server on which databases are made and dropped; the object store is moto, a process of its own on loopback.
`newsbot backfill` takes in the same archives as files of this machine, and workers take them in from the store, by turns: the CPU
seconds of their processes are compared, those of the servers are not counted. Then workers are killed (SIGKILL) in the middle of an
archive, and others started in their place. Prints one JSON object. Figures: benchmarks/cluster.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from benchmarks.archive import PROJECT, records
from benchmarks.processes import adopt, reap
from benchmarks.remote_archives import STORE, started

WORKERS = 2
"""Processes that take in archives at a time, in all runs."""
BUCKET = "bench"
KEPT: set[int] = set()
"""The process of the object store."""


class News:
    """A database of one run."""

    def __init__(self, server: str, name: str) -> None:
        self.url = make_url(server).set(database=name).render_as_string(hide_password=False)
        self.environment = os.environ | {
            "NEWSBOT_DATABASE_URL": self.url,
            "NEWSBOT_ENTITY_ENGINE": "none",
            "NEWSBOT_ARCHIVE_DIR": "",
        }

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own."""
        command = [sys.executable, "-m", "newsbot", *arguments]
        return subprocess.Popen(
            command,
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> None:
        """Run a command to its end."""
        status = self.start(*arguments).wait()
        assert status == 0, arguments

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement."""
        return rows(self.url, statement)

    def works(self, process: int) -> bool:
        """Return whether a worker has a job in work."""
        return bool(
            self.rows(
                "SELECT 1 FROM procrastinate_jobs JOIN newsbot_workers USING (worker_id)"
                f" WHERE status = 'doing' AND process LIKE '%\\:{process}'"
            )
        )

    @property
    def waits(self) -> bool:
        """Whether any archive is not done."""
        return bool(self.rows("SELECT 1 FROM procrastinate_jobs WHERE queue_name = 'backfill' LIMIT 1"))

    def stored(self) -> dict[str, int]:
        """Return what is stored, as numbers that do not depend on the order of the archives."""
        [(articles, fetches, urls)] = self.rows(
            "SELECT (SELECT count(*) FROM articles), count(*), count(DISTINCT url_hash) FROM fetches"
        )
        outcomes: Counter[str] = Counter()
        for (counts,) in self.rows("SELECT counts FROM backfill_parts"):
            outcomes.update(counts)
        [(failed,)] = self.rows("SELECT count(*) FROM backfill_parts WHERE state <> 'done'")
        return {
            "articles": articles,
            "fetches": fetches,
            "URLs fetched": urls,
            "records": outcomes.total(),
            "parts that are not done": failed,
        }


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, which is committed at once."""
    engine = create_engine(make_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


@contextmanager
def news(server: str, name: str) -> Iterator[News]:
    """Give an empty database with a queue, and drop it at the end of the block."""
    name = f"newsbot_bench_{os.getpid()}_{name}"
    rows(server, f"CREATE DATABASE {name}")
    try:
        made = News(server, name)
        made.run("db", "upgrade")
        made.run("cluster", "init")
        yield made
    finally:
        rows(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def counted() -> Iterator[list[float]]:
    """Give a list to which the CPU seconds of all processes are added that were started in the block and have ended."""
    found: list[float] = []
    reap_ended()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    yield found
    reap_ended()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def reap_ended() -> None:
    """Wait for all processes below this one but the object store."""
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    while others := set(map(int, own.read_text().split())) - KEPT:
        os.waitpid(others.pop(), 0)


def make(folder: Path, archives: int, responses: int) -> None:
    """Make archives."""
    made = records(archives * responses, None)
    for number in range(archives):
        (folder / f"CC-NEWS-{number:05}.warc.gz").write_bytes(b"".join(islice(made, responses)))


def on_files(server: str, folder: Path) -> tuple[float, dict[str, int]]:
    """Return the CPU seconds of one machine for the archives in a folder, and what is stored."""
    with news(server, "files") as machine:
        with counted() as cpu_s:
            machine.run("backfill", str(folder), "--workers", str(WORKERS))
        return cpu_s[0], machine.stored()


def on_store(server: str) -> tuple[float, dict[str, int]]:
    """Return the CPU seconds of a worker for the archives in the object store, and what is stored."""
    with news(server, "store") as cluster:
        cluster.run("backfill", "--enqueue", f"s3://{BUCKET}/*.warc.gz")
        with counted() as cpu_s:
            worker = cluster.start("worker", "backfill", "--processes", str(WORKERS))
            while cluster.waits:
                time.sleep(0.5)
            worker.send_signal(signal.SIGTERM)
            worker.wait()
        return cpu_s[0], cluster.stored()


def killed(server: str, kills: int, every_s: float) -> dict[str, Any]:
    """Kill workers again and again; return what has come of it."""
    with news(server, "killed") as cluster:
        cluster.run("backfill", "--enqueue", f"s3://{BUCKET}/*.warc.gz")
        begun, done = time.monotonic(), 0
        command = ("worker", "backfill", "--processes", "1")
        workers = [cluster.start(*command) for _ in range(WORKERS)]
        next_kill = begun + every_s
        while cluster.waits:
            time.sleep(0.2)
            if done < kills and time.monotonic() > next_kill and cluster.works(workers[0].pid):
                dead = workers.pop(0)
                os.killpg(dead.pid, signal.SIGKILL)
                dead.wait()
                workers.append(cluster.start(*command))
                done, next_kill = done + 1, time.monotonic() + every_s
        took_s = time.monotonic() - begun
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        statuses = sorted({worker.wait() for worker in workers})
        return {"kills": done, "s": round(took_s), "exit statuses": statuses, **cluster.stored()}


def compare(server: str, folder: Path, rounds: int) -> dict[str, Any]:
    """Return how fast one machine and a worker are."""
    found: dict[str, list[float]] = {"files": [], "store": []}
    stored: dict[str, dict[str, int]] = {}
    for _ in range(rounds):
        for name, seconds in found.items():
            cpu_s, stored[name] = on_files(server, folder) if name == "files" else on_store(server)
            seconds.append(round(cpu_s, 1))
            print(name, seconds, stored[name], os.getloadavg(), file=sys.stderr, flush=True)
    files_s, store_s = map(statistics.median, found.values())
    return {"CPU s": found, "ratio of the rates": round(files_s / store_s, 3), "stored": stored}


def main() -> None:
    """Parse the arguments, make the archives, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--archives", type=int, default=500)
    parser.add_argument("--responses", type=int, default=20)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--every", type=float, default=2, metavar="S")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    adopt()
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), options.archives, options.responses)
        store, store_url = started(STORE)
        KEPT.add(store.pid)
        os.environ |= {
            "AWS_ENDPOINT_URL": store_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        try:
            put(Path(name))
            done = compare(options.url, Path(name), options.rounds) if options.rounds else {}
            if options.kills:
                done["killed"] = killed(options.url, options.kills, options.every)
            print(json.dumps({**done, "load": os.getloadavg()}, indent=1))
        finally:
            store.kill()
            store.wait()
    reap()


def put(folder: Path) -> None:
    """Copy archives to the object store."""
    import s3fs

    files = s3fs.S3FileSystem()
    files.mkdir(BUCKET)
    for path in sorted(folder.iterdir()):
        files.put_file(str(path), f"{BUCKET}/{path.name}")


if __name__ == "__main__":
    main()
