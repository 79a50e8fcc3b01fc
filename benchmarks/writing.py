"""What the vocabulary and the log of changes add to storing an article: `python -m benchmarks.writing [--postgres URL]`.

Stores made-up articles, nearly all with new words, in three databases of each kind by turns, a few at a time: with everything,
without the vocabulary, and without the log. Prints the CPU time of this process and the statements for an article, in
transactions of one article and of several. Load changes CPU times too, but all of them alike: compare the ratios.
Figures: benchmarks/search.md and benchmarks/change_log.md. `benchmarks.storing` measures the whole path instead.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from itertools import accumulate
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.engine import Engine

from benchmarks.search import SUFFIXES, vocabulary
from newsbot.items import Article
from newsbot.store.articles.batch_locks import Incoming, lock_articles
from newsbot.store.articles.precomputed import precompute
from newsbot.store.articles.writer import save_article
from newsbot.store.changes.change_log import _Pending
from newsbot.store.database import Database
from newsbot.store.index.vocabulary import _NewWords
from newsbot.store.schema.identity import article_keys
from tests.store.samples import NOW, article, entities_of

WORDS = 300
TURN = 48
"""Number of articles that are stored in one database before the next one has its turn."""


def nothing(*_: object) -> None:
    """Write nothing."""


def modes() -> dict[str, AbstractContextManager[object]]:
    """Return what is left out, by name."""
    return {
        "everything": nullcontext(),
        "without the vocabulary": patch.object(_NewWords, "write", nothing),
        "without the log": patch.object(_Pending, "write", nothing),
    }


def made_up(articles: int) -> list[Incoming]:
    """Return articles of words whose frequencies are those of Zipf's law, in four languages."""
    chance, stems = random.Random(5), vocabulary()
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(stems))))

    def made(number: int) -> Article:
        language = chance.choices(list(SUFFIXES), weights=(6, 2, 2, 1))[0]
        drawn = zip(
            chance.choices(stems, cum_weights=weights, k=WORDS),
            chance.choices(SUFFIXES[language], k=WORDS),
            strict=True,
        )
        body = f"Ada Kovac met Mira Holt in Lisbon. {' '.join(stem + suffix for stem, suffix in drawn)}"
        names = {"authors": [f"Author {number % 40}"], "topics": [f"topic {number % 50}"]}
        return article(number, language=language, body=body, entities=entities_of(body), **names)

    found = [made(number) for number in range(articles)]
    return [Incoming(each, precompute(each)) for each in found]


@contextmanager
def databases(postgres: str | None, names: Sequence[str]) -> Iterator[dict[str, list[Database]]]:
    """Yield new databases of each kind, one for each name."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = {"SQLite": [f"sqlite:///{folder / name}.db" for name in names]}
        if postgres:
            urls["PostgreSQL"] = [stack.enter_context(schema(postgres)) for _ in names]
        opened = {kind: [Database(url).open() for url in each] for kind, each in urls.items()}
        yield opened
        for each in opened.values():
            for database in each:
                database.close()


@contextmanager
def schema(server: str, *, commits_wait: bool = False) -> Iterator[str]:
    """Make a schema, and yield the URL of it; with `commits_wait` transactions end when they are on the disk."""
    name, engine = f"benchmark_{uuid4().hex}", create_engine(server, isolation_level="AUTOCOMMIT")
    synchronous = "on" if commits_wait else "off"
    options = {"options": f"-csearch_path={name} -csynchronous_commit={synchronous}"}
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
        try:
            yield make_url(server).update_query_dict(options).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))


@contextmanager
def counted() -> Iterator[list[str]]:
    """Yield the statements that are sent meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def store(database: Database, articles: Sequence[Incoming], batch: int) -> None:
    """Store articles, `batch` in a transaction."""
    for place in range(0, len(articles), batch):
        part = articles[place : place + batch]
        with database.write() as session:
            lock_articles(session, part, now=NOW)
            for one in part:
                keys = article_keys(one.article)
                save_article(
                    session, one.article, keys=keys, precomputed=one.precomputed, run_id=None, now=NOW
                )


def measure(kind: str, opened: Sequence[Database], articles: Sequence[Incoming], batch: int) -> None:
    """Store the articles in each database, by turns, and print what one takes."""
    names, spent, sent = list(modes()), [0.0] * len(opened), [0] * len(opened)
    for start in range(0, len(articles), TURN):
        for place, (database, left_out) in enumerate(zip(opened, modes().values(), strict=True)):
            begun = time.process_time()
            with left_out, counted() as statements:
                store(database, articles[start : start + TURN], batch)
            if start:  # the first turn prepares statements
                spent[place] += time.process_time() - begun
                sent[place] += len(statements)
    count = len(articles) - TURN
    for name, seconds, number in zip(names, spent, sent, strict=True):
        print(
            f"{kind:10} x{batch:<3} {name:24} {seconds / count * 1000:6.2f} ms {number / count:6.1f} statements",
            flush=True,
        )


def main() -> None:
    """Parse the arguments and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgres")
    parser.add_argument("--articles", type=int, default=960)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    options = parser.parse_args()
    articles = made_up(options.articles)
    for batch in options.batches:
        with databases(options.postgres, list(modes())) as opened:
            for kind, each in opened.items():
                measure(kind, each, articles, batch)


if __name__ == "__main__":
    main()
