"""How long a crawl takes to its first request, and what it costs until then, by the number of sources in its catalog.

    python -m benchmarks.many_sources                                      1,000, 10,000, 60,000 and 100,000 sources, SQLite
    python -m benchmarks.many_sources --postgres URL --sizes 60000         on a server on which databases may be made

Every source has three feeds. Those of 200 are due, and all of these are served here; the others were polled a moment ago.
For each size the catalog is stored first, by a crawl that finds nothing due; then the crawl that is measured starts. Times
of the CPU are those of the process of the crawl and its threads; the memory is the greatest until the first request.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from newsbot.store.database import Database

PROJECT = Path(__file__).parents[1]
SIZES = (1_000, 10_000, 60_000, 100_000)
DUE = 200
FEEDS = 3
LIMIT_S = 900.0
EMPTY = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Nothing</title></channel></rss>'


@dataclass
class Start:
    """The start of one crawl."""

    first_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    whole_s: float = 0.0
    requests: int = 0


class Feeds(BaseHTTPRequestHandler):
    """Answers every request with an empty feed, and notes when the first one came."""

    first: float | None = None
    count = 0
    pid = 0
    seen: Start

    def do_GET(self) -> None:
        """Answer a request."""
        cls = type(self)
        cls.count += 1
        if cls.first is None:
            cls.first = time.monotonic()
            if cls.pid:
                cls.seen.cpu_s, cls.seen.peak_mb = usage(cls.pid)
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Length", str(len(EMPTY)))
        self.end_headers()
        self.wfile.write(EMPTY)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def usage(pid: int) -> tuple[float, float]:
    """Return the seconds of CPU that a process has used, and the greatest size of its memory in MB."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    ticks = os.sysconf("SC_CLK_TCK")
    return (int(fields[11]) + int(fields[12])) / ticks, int(peak[1]) / 1024 if peak else 0.0


def write_catalog(path: Path, size: int, port: int) -> None:
    """Write a catalog of `size` sources, of which the first are served here."""
    with path.open("w") as file:
        for number in range(size):
            is_due = number < DUE
            site = (
                f"http://127.1.{number // 250}.{number % 250 + 1}:{port}"
                if is_due
                else f"https://www.s{number}.example"
            )
            feeds = ", ".join(f'"{site}/{part}.xml"' for part in range(FEEDS))
            file.write(
                f'[[source]]\nkey = "source-{number}"\nname = "Source {number}"\nhomepage = "{site}/"\n'
                f'feeds = [{feeds}]\nlanguage = "en"\ncountry = "GB"\n\n'
            )


def crawl(catalog: Path, url: str, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a crawl."""
    settings = {
        "NEWSBOT_DATABASE_URL": url,
        "NEWSBOT_SOURCES": catalog,
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ARCHIVE_DIR": "",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "NEWSBOT_WORKERS": 0,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": 0,
    }
    options = [option for name, value in settings.items() for option in ("-s", f"{name}={value}")]
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "news", *arguments, *options],
        cwd=PROJECT,
        stderr=log.open("ab"),
    )


def plan(url: str, due: bool) -> None:
    """Make the feeds that are served here due, or no feed at all."""
    database = Database(url).open()
    later = datetime.now(UTC) + timedelta(hours=12)
    with database.write() as session:
        session.execute(text("UPDATE feeds SET next_poll_at = :later"), {"later": later})
        if due:
            session.execute(
                text("UPDATE feeds SET next_poll_at = NULL WHERE url LIKE 'http://127.1.%/0.xml'")
            )
    database.close()


def measured(catalog: Path, url: str, log: Path) -> Start:
    """Run a crawl to its end, and return what its start has cost."""
    Feeds.first, Feeds.count, Feeds.seen = None, 0, Start()
    began = time.monotonic()
    with crawl(catalog, url, log) as process:
        Feeds.pid = process.pid
        process.wait(LIMIT_S)
    seen = Feeds.seen
    seen.first_s = (Feeds.first or began) - began
    seen.whole_s, seen.requests = time.monotonic() - began, Feeds.count
    return seen


def run(size: int, url: str, folder: Path, port: int) -> list[Start]:
    """Return the first start after the catalog was stored, and a later one."""
    catalog, log = folder / f"{size}.toml", folder / "log"
    write_catalog(catalog, size, port)
    Database(url).open().close()
    began = time.monotonic()
    with crawl(
        catalog, url, log, "-a", "due=1"
    ) as process:  # stores the catalog, and polls what is new and served here
        while not stored_all(url, size) and process.poll() is None:
            time.sleep(1)
        process.kill()
    print(f"{size}: stored after {time.monotonic() - began:.0f} s", flush=True)
    starts = []
    for _ in range(2):
        plan(url, due=True)
        starts.append(measured(catalog, url, log))
    return starts


def stored_all(url: str, size: int) -> bool:
    """Return whether all feeds of a catalog are stored."""
    engine = create_engine(make_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM feeds"))
    return bool(count == size * FEEDS)


@contextmanager
def databases(postgres: str | None, folder: Path, size: int) -> Iterator[str]:
    """Give the URL of an empty database."""
    if postgres is None:
        yield f"sqlite:///{folder}/{size}.db"
        return
    server = create_engine(make_url(postgres), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    name = f"newsbot_many_{os.getpid()}_{size}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def main() -> None:
    """Measure every size, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgres")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    chosen = parser.parse_args()
    server = ThreadingHTTPServer(("0.0.0.0", 0), Feeds)  # all of 127.0.0.0/8
    Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        for size in map(int, chosen.sizes.split(",")):
            with databases(chosen.postgres, Path(name), size) as url:
                for start in run(size, url, Path(name), server.server_address[1]):
                    print(
                        f"| {size:,} | {start.first_s:.1f} s | {start.cpu_s:.1f} s | {start.peak_mb:.0f} MB"
                        f" | {start.whole_s:.1f} s | {start.requests} |",
                        flush=True,
                    )
    server.shutdown()


if __name__ == "__main__":
    main()
