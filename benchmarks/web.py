"""How fast the web page answers: `python -m benchmarks.web --articles 200000 --database URL`.

Fills an empty database with a made-up newsroom, in bulk and without the crawler's care; starts `newsbot serve`, one
worker, and asks it for pages over kept connections. Prints p50 and p95 in milliseconds, for one reader and for four at
a time; with `--writing` while another process stores articles one by one. The goals, at 200,000 articles: search p95 below 150 ms, an article 50 ms, home 200 ms.
"""

from __future__ import annotations

import argparse
import http.client
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from multiprocessing import Process, Value
from statistics import quantiles
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from newsbot.dedupe.admissions import Evidence
from newsbot.entities.keys import entity_key
from newsbot.items import Article
from newsbot.store.articles import children
from newsbot.store.articles.writer import save_article
from newsbot.store.crawl.feed_rows import sync_sources
from newsbot.store.database import Database
from newsbot.store.index.index_entries import index_words
from newsbot.store.schema import models
from newsbot.store.schema.identity import article_keys
from newsbot.store.sql import dialect
from tests.web import newsroom

BATCH = 1_000
REQUESTS = 100
READERS = 4
EDITED = 10
"""Every tenth article has been edited once."""
STORY_ARTICLES = 3
"""Every tenth run of so many articles is a story."""
WORDS = (
    "tram",
    "harbour",
    "museum",
    "divers from Lima",
    '"flood barrier"',
    "council",
    "Lisbon -tram",
    "the",
    "survey households",
    "Kovac",
    "insurers",
    '"Central Bank" rent',
    "ferry Oslo",
    "steel Warsaw",
    "nothingatall",
)


def fill(database: Database, articles: int) -> None:
    """Store a newsroom in bulk; its days are those before `newsroom.NOW`."""
    told = newsroom.made_up_articles(newsroom.Newsroom(articles=articles, days=max(30, articles // 500)))
    with database.write() as session:
        sync_sources(session, newsroom.sources(), now=newsroom.NOW)
    entities: dict[str, int] = {}
    batch: list[tuple[int, Article]] = []
    for number, article in enumerate(told, 1):
        batch.append((number, article))
        if len(batch) == BATCH:
            _store(database, batch, entities)
            batch = []
    _store(database, batch, entities)
    with database.write() as session:
        connection = session.connection()
        for model in (models.ArticleRow, models.Story, models.EntityRow):
            dialect.pass_id(connection, model, session.scalar(select(func.max(model.id))) or 1)
        connection.exec_driver_sql(
            "INSERT INTO entity_sums (entity_id, country, article_count, mention_count) "
            "SELECT entity_id, '', count(*), sum(mention_count) FROM article_entities GROUP BY entity_id"
        )
    follow(database)
    with database.write() as session:
        session.connection().exec_driver_sql("ANALYZE")


_FETCHED = (
    "INSERT INTO fetches (url_hash, url, source, fetched_at, outcome, status)"
    " SELECT u.url_hash, u.url, a.source, a.first_seen_at, 'article', 200"
    " FROM article_urls AS u JOIN articles AS a ON a.id = u.article_id ORDER BY a.id",
    "INSERT INTO frontier (url_hash, url, host, source, state, discovered_at, article_id, done_at)"
    " SELECT u.url_hash, u.url, a.source || '.example', a.source, 'done', a.first_seen_at, a.id, a.first_seen_at"
    " FROM article_urls AS u JOIN articles AS a ON a.id = u.article_id ORDER BY a.id",
    "INSERT INTO changes (article_id, change, changed_at, revision)"
    " SELECT id, 'new', first_seen_at, 1 FROM articles ORDER BY first_seen_at, id",
)


def follow(database: Database) -> None:
    """Store what a crawl leaves beside articles: fetches, the frontier, edits of every `EDITED`-th article, the log of changes."""
    with database.write() as session:
        for statement in _FETCHED:
            session.connection().exec_driver_sql(statement)
        columns = (models.ArticleRow.id, models.ArticleRow.title, models.ArticleRow.first_seen_at)
        edited = session.execute(select(*columns).where(models.ArticleRow.id % EDITED == 0)).all()
        edits = [_edit(row[0], row[1] or "", row[2]) for row in edited]
        for start in range(0, len(edits), BATCH):
            part = edits[start : start + BATCH]
            session.execute(insert(models.Revision), part)
            session.execute(insert(models.ChangeRow), [_change(edit) for edit in part])
        session.execute(
            update(models.ArticleRow).where(models.ArticleRow.id % EDITED == 0).values(revision=2)
        )


def _edit(number: int, title: str | None, at: datetime) -> dict[str, Any]:
    """Return the only revision of an article; every third one has changed the headline, every second one is silent."""
    evidence = Evidence("nothing-found" if number // EDITED % 2 else "note", "Updated at noon.")
    headline = {"title": f"Earlier: {title}"} if number // EDITED % 3 == 0 else {}
    return {
        "article_id": number,
        "revision": 1,
        "replaced_at": at + timedelta(hours=2),
        "title_changed": bool(headline),
        "body_changed": True,
        "content_key": _key(f"{number} before"),
        "changes": headline | {"body": [[0, 0, "An earlier first sentence. "]]},
        "is_silent": evidence.is_silent,
        "evidence": evidence.to_json(),
    }


def _change(edit: dict[str, Any]) -> dict[str, Any]:
    of_article = {"article_id": edit["article_id"], "change": "revised", "revision": 2}
    return of_article | {"changed_at": edit["replaced_at"], "fields": list(edit["changes"])}


def _store(database: Database, batch: list[tuple[int, Article]], entities: dict[str, int]) -> None:
    rows: dict[type[Any], list[dict[str, Any]]] = defaultdict(list)
    for number, article in batch:
        story = number // STORY_ARTICLES if number // STORY_ARTICLES % 10 == 1 else None
        if story and not any(row["id"] == story for row in rows[models.Story][-1:]):
            at = article.published_at
            rows[models.Story].append(
                {"id": story, "created_at": at, "updated_at": at, "member_count": STORY_ARTICLES}
            )
        rows[models.ArticleRow].append(_article_row(number, article) | {"story_id": story})
        rows[models.ArticleUrl].append(
            {"url_hash": _key(article.url), "article_id": number, "url": article.url}
        )
        for entity in article.entities:
            key = entity_key(entity.name, entity.type)
            if key not in entities:
                entities[key] = len(entities) + 1
                rows[models.EntityRow].append(
                    {"id": entities[key], "type": entity.type, "key": key, "name": entity.name}
                )
            each = {"article_id": number, "entity_id": entities[key]}
            count = len(entity.mentions)
            rows[models.ArticleEntity].append(
                each | {"dated_at": article.published_at, "mention_count": count, "role": None}
            )
            rows[models.MentionRow] += [
                each | {"start_offset": m.start, "end_offset": m.end, "text": m.text} for m in entity.mentions
            ]
    with database.write() as session:
        for model in (
            models.Story,
            models.ArticleRow,
            models.ArticleUrl,
            models.EntityRow,
            models.ArticleEntity,
            models.MentionRow,
        ):
            if rows[model]:
                session.execute(insert(model), rows[model])
        for number, article in batch:
            row = _article_row(number, article) | {"authors": article.authors, "topics": article.topics}
            children.add_words(session.connection(), number, row, index_words(article.body))


def _article_row(number: int, article: Article) -> dict[str, Any]:
    said = (
        "url",
        "source",
        "title",
        "description",
        "published_at",
        "language",
        "section",
        "image_url",
        "body",
        "word_count",
        "kind",
    )
    key = _key(article.url)
    return {name: getattr(article, name) for name in said} | {
        "id": number,
        "dated_at": article.published_at,
        "rules": {},
        "text_key": key,
        "content_key": key,
        "revision": 1,
        "first_seen_at": article.published_at,
        "last_seen_at": article.published_at,
    }


def _key(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


@contextmanager
def serving(url: str) -> Iterator[tuple[str, int]]:
    """Run `newsbot serve`, and give its host and port."""
    command = [sys.executable, "-m", "newsbot", "serve", "--port", "0", "--database", url]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://([\d.]+):(\d+)/", process.stderr.readline())
        assert found
        try:
            yield found[1], int(found[2])
        finally:
            process.terminate()


@contextmanager
def writing(url: str) -> Iterator[None]:
    """Let another process store articles meanwhile, and tell how many it has stored."""
    stored = Value("i", 0)
    writer = Process(target=_write, args=(url, stored), daemon=True)
    start = time.monotonic()
    writer.start()
    try:
        yield
    finally:
        writer.terminate()
        writer.join()
        print(f"{stored.value / (time.monotonic() - start):.0f} articles a second stored meanwhile")


def _write(url: str, stored: Any) -> None:
    database = Database(url).open()
    run = time.time_ns()
    for article in newsroom.made_up_articles(newsroom.Newsroom(articles=100_000, days=1, seed=run)):
        new = replace(article, url=f"{article.url}-{run}")

        def save(session: Session, new: Article = new) -> None:
            save_article(session, new, keys=article_keys(new), run_id=None, now=newsroom.NOW)

        database.transact(save)
        stored.value += 1


def ask(server: tuple[str, int], addresses: list[str]) -> list[float]:
    """Return how long each answer took, in milliseconds, over one connection."""
    connection = http.client.HTTPConnection(*server)
    took = []
    for address in addresses:
        start = time.perf_counter()
        connection.request("GET", address)
        answer = connection.getresponse()
        answer.read()
        took.append((time.perf_counter() - start) * 1000)
        assert answer.status == 200, address
    return took


def measure(server: tuple[str, int], name: str, address: Callable[[random.Random], str]) -> None:
    """Ask for one kind of page, and print its figures."""
    chance = random.Random(1)
    addresses = [address(chance) for _ in range(REQUESTS)]
    ask(server, addresses[:5])
    alone = quantiles(ask(server, addresses), n=20)
    with ThreadPoolExecutor(READERS) as readers:
        shares = [addresses[place::READERS] for place in range(READERS)]
        together = quantiles(
            [each for part in readers.map(lambda share: ask(server, share), shares) for each in part], n=20
        )
    print(f"{name:22} {alone[9]:8.1f} {alone[18]:8.1f} {together[9]:8.1f} {together[18]:8.1f}", flush=True)


def _day(chance: random.Random) -> str:
    return f"{newsroom.NOW - timedelta(days=chance.randint(1, 1000), hours=chance.randint(0, 23)):%Y-%m-%dT%H:00:00Z}"


def _source(chance: random.Random) -> str:
    return chance.choice(list(newsroom.SOURCES))


def pages(articles: int) -> dict[str, Callable[[random.Random], str]]:
    """Return a maker of addresses for each kind of page of a database with so many articles."""
    return {
        "home": lambda _: "/",
        "article": lambda chance: f"/articles/{chance.randint(1, articles)}",
        "search": lambda chance: f"/search?q={quote(chance.choice(WORDS))}",
        "search, one source": lambda chance: f"/search?q={quote(chance.choice(WORDS))}&source=market-day",
        "search, one entity": lambda chance: f"/search?q={quote(chance.choice(WORDS))}&entity=Ada+Kovac",
        "search, by date": lambda chance: f"/search?q={quote(chance.choice(WORDS))}&sort=date",
        "search, no words": lambda chance: f"/search?source={_source(chance)}",
        "entity": lambda chance: f"/entities/{chance.randint(1, 100)}",
        "source": lambda chance: f"/sources/{_source(chance)}",
        "api search": lambda chance: f"/api/search?q={quote(chance.choice(WORDS))}",
        "api articles": lambda _: "/api/articles?limit=20",
        # Counts are kept for a minute: another day makes each of these requests count anew.
        "search since a day": lambda chance: f"/search?q={quote(chance.choice(WORDS))}&since={_day(chance)}",
        "api count by week": lambda chance: (
            f"/api/count?q={quote(chance.choice(WORDS))}&by=week&share=1&since={_day(chance)}"
        ),
        "api count by source": lambda chance: (
            f"/api/count?q={quote(chance.choice(WORDS))}&by=source&since={_day(chance)}"
        ),
        "api changes": lambda chance: f"/api/changes?cursor={chance.randint(0, articles)}&limit=50",
        "api changes, source": lambda chance: (
            f"/api/changes?cursor={chance.randint(0, articles)}&source={_source(chance)}"
        ),
        "api changes, kind": lambda chance: f"/api/changes?cursor={chance.randint(0, articles)}&kind=revised",
        "api count, total": lambda chance: f"/api/count?q={quote(chance.choice(WORDS))}&since={_day(chance)}",
        "api count by entity": lambda chance: (
            f"/api/count?q={quote(chance.choice(WORDS))}&by=entity&since={_day(chance)}"
        ),
        "search, compared": lambda chance: (
            f"/search?q={quote(chance.choice(WORDS))}&q2=tram&q3=council&q4=rent&share=1&since={_day(chance)}"
        ),
        "edits": lambda _: "/edits",
        "edits, one source": lambda chance: f"/edits?source={_source(chance)}&silent=true",
        "edits, headlines": lambda _: "/edits?part=headline&silent=true",
        "entity, compared": lambda chance: (
            f"/entities/{chance.randint(1, 50)}?with=Lisbon&since={_day(chance)}"
        ),
        "feed, no words": lambda chance: f"/feed.atom?source={_source(chance)}",
        "feed, later page": lambda chance: f"/feed.json?q={quote(chance.choice(WORDS))}&language=de",
        "feed": lambda chance: f"/feed.atom?q={quote(chance.choice(WORDS))}",
        "sources": lambda _: "/sources",
    }


def main() -> None:
    """Fill, serve, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--writing", action="store_true", help="store articles meanwhile")
    parser.add_argument("--database", required=True, help="filled if it is empty")
    options = parser.parse_args()
    database = Database(options.database).open()
    with database.read() as session:
        is_empty = session.scalar(select(models.ArticleRow.id).limit(1)) is None
    if is_empty:
        start = time.monotonic()
        fill(database, options.articles)
        print(f"{options.articles} articles stored in {time.monotonic() - start:.0f} s", flush=True)
    database.close()
    with serving(options.database) as server, writing(options.database) if options.writing else nullcontext():
        print(f"{'ms':22} {'p50':>8} {'p95':>8} {f'p50 x{READERS}':>8} {f'p95 x{READERS}':>8}")
        for name, address in pages(options.articles).items():
            measure(server, name, address)


if __name__ == "__main__":
    main()
