"""What `benchmarks/gate.py` measures: parts of newsbot, each with something that newsbot does not change beside it."""

from __future__ import annotations

import copy
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.crawl import PROJECT, cost_of, news_site

Turn = Callable[[], tuple[float, float]]
"""Measures once: the CPU seconds of newsbot, and of what is beside it."""


@dataclass(frozen=True, slots=True)
class Contest:
    """A part of newsbot and what it is compared with."""

    name: str
    beside: str
    """What is beside it, in words."""
    prepared: Callable[[Path], AbstractContextManager[Turn]]
    """Prepares the turns, in an empty folder."""
    can_run: Callable[[], bool] = lambda: True


def cpu_of(function: Callable[[], object]) -> float:
    """Return the CPU seconds of a call in this process."""
    begun = time.process_time()
    function()
    return time.process_time() - begun


# ------------------------------------------------------------------ extraction

PARSES = 100
"""Times that the peer reads the pages: it is that much faster."""


@contextmanager
def extraction(_folder: Path) -> Iterator[Turn]:
    """The pages of the fixtures: newsbot's article against lxml's tree."""
    from lxml import etree

    from newsbot.extraction import extract

    pages = [path.read_bytes() for path in sorted(PROJECT.glob("fixtures/*/page.html"))]
    pages = [page for page in pages if etree.HTML(page) is not None]  # one is empty

    def read() -> None:
        for page in pages:
            extract(page, "https://news.example/a")

    def parse() -> None:
        for page in pages * PARSES:
            etree.HTML(page)

    yield lambda: (cpu_of(read), cpu_of(parse) / PARSES)


def has_core() -> bool:
    """Return whether pages are read by the compiled core."""
    from newsbot.text.compiled_core import load_core

    return load_core() is not None


# ------------------------------------------------------------------ storing

ARTICLES, BATCH, INSERTS = 96, 16, 50


@contextmanager
def storing(folder: Path) -> Iterator[Turn]:
    """Made-up articles into an empty SQLite file, 16 a transaction, against inserts of the same texts into two tables."""
    from newsbot.capture import Capture
    from newsbot.ingest.batches import write_together
    from newsbot.ingest.envelope import Envelope
    from newsbot.ingest.process import Processor
    from newsbot.ingest.record import record_article
    from newsbot.settings import read_settings
    from newsbot.store.database import Database
    from tests.pages import article_page

    processor = Processor(read_settings({"NEWSBOT_ENTITY_ENGINE": "none"}))
    captures = [
        Capture(body=article_page(n).encode(), url=f"https://news.example/2026/05/story-{n}", media="html")
        for n in range(ARTICLES)
    ]
    prepared = processor.prepare_together([processor.read(capture) for capture in captures])
    ready = [item for item in prepared if isinstance(item, Envelope)]
    texts = [(item.url, item.article.title, item.article.body) for item in ready]
    assert len(ready) == ARTICLES
    database = Database(f"sqlite:///{folder / 'newsbot.db'}")

    def store(items: list[Envelope]) -> None:
        now = datetime.now(UTC)
        for first in range(0, ARTICLES, BATCH):
            batch = items[first : first + BATCH]
            works = [
                partial(lambda session, item: record_article(session, item, run_id=None, now=now), item=item)
                for item in batch
            ]
            write_together(database, works, batch)

    def turn() -> tuple[float, float]:
        database.close()
        for old in folder.glob("newsbot.db*"):
            old.unlink()
        database.open()
        return cpu_of(partial(store, copy.deepcopy(ready))), cpu_of(partial(insert, texts)) / INSERTS

    yield turn
    database.close()


def insert(texts: Sequence[tuple[str, str | None, str | None]]) -> None:
    """Insert texts into a table and a full-text index, many times."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("create table articles (url text unique, title text, body text)")
        connection.execute("create virtual table words using fts5(title, body, content='')")
        for number in range(INSERTS):
            rows = [(f"{url}?{number}", title, body) for url, title, body in texts]
            connection.executemany("insert into articles values (?, ?, ?)", rows)
            connection.executemany("insert into words (title, body) values (?, ?)", [row[1:] for row in rows])
            connection.commit()


# ------------------------------------------------------------------ entities


@contextmanager
def entities(_folder: Path) -> Iterator[Turn]:
    """The engine `fast` against its network alone, which it runs: in one measurement."""
    import onnxruntime  # type: ignore[import-untyped]

    from newsbot.entities.engine import load_engine
    from tests.pages import paragraphs

    engine, run = load_engine("fast"), onnxruntime.InferenceSession.run
    numbers = iter(range(10**6))
    in_network_s = 0.0

    def timed(*arguments: object, **named: object) -> object:
        nonlocal in_network_s
        begun = time.process_time()
        try:
            return run(*arguments, **named)
        finally:
            in_network_s += time.process_time() - begun

    def recognize() -> None:
        for _ in range(60):
            engine.recognize("\n\n".join(paragraphs(next(numbers))))

    def turn() -> tuple[float, float]:
        nonlocal in_network_s
        in_network_s = 0.0
        all_s = cpu_of(recognize)
        return all_s, in_network_s

    onnxruntime.InferenceSession.run = timed
    try:
        yield turn
    finally:
        onnxruntime.InferenceSession.run = run


def has_fast_engine() -> bool:
    """Return whether networks can be run."""
    from newsbot.onnx import has_runtime

    return has_runtime()


# ------------------------------------------------------------------ whole commands


@contextmanager
def start_up(folder: Path) -> Iterator[Turn]:
    """`newsbot search` in an empty database against the import of SQLAlchemy's ORM, which it needs."""
    environment = {"NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'newsbot.db'}"}
    python = [sys.executable, "-m", "newsbot"]
    cost_of([*python, "db", "upgrade"], environment)
    search, peer = [*python, "search", "x"], [sys.executable, "-c", "import sqlalchemy.orm"]
    yield lambda: (cost_of(search, environment).cpu_s, cost_of(peer, {}).cpu_s)


PAGES = 120


@contextmanager
def crawl(folder: Path) -> Iterator[Turn]:
    """`scrapy crawl news` over made-up pages of a local server, without workers, against raw Scrapy."""
    with news_site(PAGES, folder) as (command, environment, raw):
        alone = environment | {"NEWSBOT_WORKERS": "0"}
        yield lambda: (cost_of(command, alone).cpu_s, cost_of(raw, {}).cpu_s)


CONTESTS = (
    Contest("extraction", "lxml for the trees of the same pages", extraction, lambda: not has_core()),
    Contest("extraction, compiled", "lxml for the trees of the same pages", extraction, has_core),
    Contest("storing", "SQLite for inserts of the same texts", storing),
    Contest("entities", "the network of the engine `fast`", entities, has_fast_engine),
    Contest("start-up", "import sqlalchemy.orm", start_up),
    Contest("crawl", "raw Scrapy", crawl),
)
