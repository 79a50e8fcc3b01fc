"""How fast articles go through a crawl, side by side with what bounds it, in one run.

    python benchmarks/crawl.py saved     the corpora's pages through `scrapy crawl saved`
    python benchmarks/crawl.py news      pages of a local server through `scrapy crawl news`

Against raw Scrapy over the same pages with an empty callback and no pipelines, and (saved) against the extraction of
news-please and trafilatura alone. Every contestant is a process of its own; they take turns, and the medians of their
user and system CPU seconds are compared: ratios hold on a busy machine, seconds do not. The same crawl also runs bound
to one core without workers, and on two cores with one and with two workers: their seconds by the clock say what a second
core is worth, on a machine that is quiet. Needs the extra
`bench` for the peers; a peer that is missing is left out. Figures: benchmarks/crawl.md.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import platform
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpora import corpora_folder
from benchmarks.processes import adopt, reap

PROJECT = Path(__file__).parents[1]
Contestant = tuple[list[str], dict[str, str]]
"""A command and what it finds in its environment."""

RAW_FILES = """
import sys, pathlib, scrapy
from scrapy.crawler import CrawlerProcess

class Raw(scrapy.Spider):
    name = "raw"
    async def start(self):
        for path in sorted(pathlib.Path(sys.argv[1]).glob("*.html")):
            yield scrapy.Request(path.as_uri(), dont_filter=True)
    def parse(self, response):
        pass

process = CrawlerProcess({"LOG_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False})
process.crawl(Raw)
process.start()
"""
RAW_SITE = RAW_FILES.replace(
    'for path in sorted(pathlib.Path(sys.argv[1]).glob("*.html")):\n            yield scrapy.Request(path.as_uri(), dont_filter=True)',
    "for url in pathlib.Path(sys.argv[1]).read_text().split():\n            yield scrapy.Request(url, dont_filter=True)",
).replace('"LOG_ENABLED": False,', '"LOG_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 16,')
TRAFILATURA = """
import sys, pathlib, trafilatura
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.html")):
    trafilatura.bare_extraction(path.read_text("utf-8", "replace"), with_metadata=True)
"""
NEWS_PLEASE = """
import sys, pathlib, logging
from newsplease import NewsPlease
logging.disable(logging.CRITICAL)
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.html")):
    try:
        NewsPlease.from_html(path.read_text("utf-8", "replace"), url="https://news.example/" + path.stem)
    except Exception:
        pass
"""


class Cost(NamedTuple):
    """What a contestant took."""

    cpu_s: float
    clock_s: float


def cost_of(command: list[str], environment: dict[str, str]) -> Cost:
    """Return the user and system CPU seconds of a process and all below it, and its seconds by the clock."""
    adopt()
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        command,
        check=True,
        cwd=PROJECT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    clock_s = time.monotonic() - begun
    reap()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock_s)


def take_turns(contestants: dict[str, Contestant], rounds: int) -> dict[str, Cost]:
    """Return the median cost of each contestant, after one round that does not count."""
    costs: dict[str, list[Cost]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name, (command, environment) in contestants.items():
            cost = cost_of(command, environment)
            if turn:
                costs[name].append(cost)
    return {name: Cost(*map(statistics.median, zip(*taken, strict=True))) for name, taken in costs.items()}


def on_cores(name: str, contestant: Contestant) -> dict[str, Contestant]:
    """Return a crawl on one core without workers, and on two cores with one and with two workers."""
    command, environment = contestant
    return {
        f"{name}, one core": (["taskset", "-c", "0", *command], environment | {"NEWSBOT_WORKERS": "0"}),
        f"{name}, two cores, 1 worker": (
            ["taskset", "-c", "0,1", *command],
            environment | {"NEWSBOT_WORKERS": "1"},
        ),
        f"{name}, two cores, 2 workers": (
            ["taskset", "-c", "0,1", *command],
            environment | {"NEWSBOT_WORKERS": "2"},
        ),
    }


def start_up(environment: dict[str, str], folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return the crawl of a single page: what a run costs before its first page."""
    (folder / "one").mkdir()
    (folder / "one" / "page.html").write_text("<p>Nothing")
    return saved_crawl(folder / "one", environment)


def saved_crawl(path: Path, environment: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    script = "import pathlib, sys; [p.unlink() for p in pathlib.Path(sys.argv[1]).parent.glob('bench.db*')]"
    database = environment["NEWSBOT_DATABASE_URL"].removeprefix("sqlite:///")
    command = f'{sys.executable} -c "{script}" {database} && {sys.executable} -m scrapy crawl saved -a path={path} -L ERROR'
    return ["sh", "-c", command], environment


def unpack(folder: Path, limit: int) -> int:
    """Write the corpora's pages as plain files; return how many."""
    folder.mkdir()
    pages = sorted(corpora_folder().glob("pages/*/*.html.gz"))[:limit]
    for number, page in enumerate(pages):
        (folder / f"{number:05}.html").write_bytes(gzip.decompress(page.read_bytes()))
    return len(pages)


def bench_saved(arguments: argparse.Namespace, folder: Path) -> dict[str, object]:
    pages = folder / "pages"
    count = unpack(pages, arguments.pages)
    database = {"NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}"}
    without = database | {"NEWSBOT_ENTITY_ENGINE": "none"}
    contestants = {
        "start-up": start_up(without, folder),
        **on_cores("newsbot, no entities", saved_crawl(pages, without)),
        **on_cores("newsbot, fast", saved_crawl(pages, database | {"NEWSBOT_ENTITY_ENGINE": "fast,none"})),
        "raw Scrapy": ([sys.executable, "-c", RAW_FILES, str(pages)], {}),
    }
    for name, module, script in (
        ("trafilatura", "trafilatura", TRAFILATURA),
        ("news-please", "newsplease", NEWS_PLEASE),
    ):
        if find_spec(module):
            contestants[name] = ([sys.executable, "-c", script, str(pages)], {})
    return figures(count, take_turns(contestants, arguments.rounds), "newsbot, no entities, one core")


def bench_news(arguments: argparse.Namespace, folder: Path) -> dict[str, object]:
    with news_site(arguments.pages, folder) as (crawl, environment, raw):
        contestants = {
            **on_cores("newsbot, no entities", (crawl, environment)),
            **on_cores("newsbot, fast", (crawl, environment | {"NEWSBOT_ENTITY_ENGINE": "fast"})),
            "raw Scrapy": (raw, {}),
        }
        costs = take_turns(contestants, arguments.rounds)
    return figures(arguments.pages, costs, "newsbot, no entities, one core")


@contextmanager
def news_site(pages: int, folder: Path) -> Iterator[tuple[list[str], dict[str, str], list[str]]]:
    """Serve made-up pages; give the crawl of them into an empty database with its environment, and raw Scrapy's."""
    sys.path.insert(0, str(PROJECT))
    from tests.pages import article_page, rss

    bodies = {f"/2026/05/story-{n}": article_page(n).encode() for n in range(pages)}
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    urls = [base + path for path in bodies]
    (folder / "urls").write_text("\n".join(urls))
    (folder / "sources.toml").write_text(
        f'[[source]]\nkey = "one"\nhomepage = "{base}/"\nfeeds = ["{base}/rss.xml"]\n'
    )
    environment = {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "NEWSBOT_ARCHIVE_DIR": str(folder / "archive"),
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_SOURCES": str(folder / "sources.toml"),
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    command, _ = saved_crawl(folder, environment)
    fast = "-s DOWNLOAD_DELAY=0 -s AUTOTHROTTLE_ENABLED=0 -s CONCURRENT_REQUESTS_PER_DOMAIN=16"
    crawl = ["sh", "-c", command[2].replace(f"saved -a path={folder}", f"news {fast}")]
    with serve(listener, bodies | {"/rss.xml": rss(*urls).encode()}):
        yield crawl, environment, [sys.executable, "-c", RAW_SITE, str(folder / "urls")]


_HEAD = b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
_MISSING = _HEAD % (b"404 Not Found", 0)


class _Answers(asyncio.Protocol):
    """A connection on which every request is answered at once, with bytes that are ready."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self.answers = answers
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self.received = (self.received + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1].partition(b"?")[0]
            self.transport.write(self.answers.get(path, _MISSING))


@contextmanager
def serve(listener: socket.socket, bodies: dict[str, bytes]) -> Iterator[None]:
    """Serve pages from a thread meanwhile, for so little CPU time that the crawl has both cores."""
    answers = {path.encode(): _HEAD % (b"200 OK", len(body)) + body for path, body in bodies.items()}
    loop = asyncio.new_event_loop()
    loop.run_until_complete(loop.create_server(lambda: _Answers(answers), sock=listener))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        listener.close()


def figures(pages: int, costs: dict[str, Cost], ours: str) -> dict[str, object]:
    """Return what is recorded: pages per CPU second, each contestant's speed beside ours, and what a core is worth."""
    cpu = {name: cost.cpu_s for name, cost in costs.items()}
    clock = {name: cost.clock_s for name, cost in costs.items()}
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "pages": pages,
        "pages per CPU second": {name: round(pages / value, 1) for name, value in cpu.items()},
        "pages per second": {name: round(pages / value, 1) for name, value in clock.items()},
        "speed of newsbot to theirs": {name: round(value / cpu[ours], 2) for name, value in cpu.items()},
        "two cores to one": {
            name: round(clock[f"{name.partition(', two')[0]}, one core"] / value, 2)
            for name, value in clock.items()
            if ", two cores" in name
        },
        "CPU seconds": {name: round(value, 2) for name, value in cpu.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mode", choices=["saved", "news"])
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = bench_saved if arguments.mode == "saved" else bench_news
        result = bench(arguments, Path(name))
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
