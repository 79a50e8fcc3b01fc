"""A process that stores its part of made-up chains of texts: `python -m tests.store.articles.chain_writer URL PART PARTS CHAINS SIZE`.

Each text of a chain is a near duplicate of the next one only, so that all of them are a story by links that different processes
store. Some pages first have a text of another chain. An error ends the process with a traceback: no transaction is tried again.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace

from newsbot.items import Article
from newsbot.store.articles.batch_locks import Incoming, lock_articles
from newsbot.store.articles.precomputed import precompute
from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from tests.dedupe.texts import text
from tests.store.samples import LATER, NOW, article

LINKS, LINK_SENTENCES, STEP = 6, 24, 8


def chain(number: int) -> list[str]:
    """Return texts of which each shares two thirds with the next one, and an excerpt of the last one."""
    sentences = [text(number * 1_000 + place, 1) for place in range(LINK_SENTENCES + STEP * (LINKS - 1))]
    links = [sentences[STEP * place : STEP * place + LINK_SENTENCES] for place in range(LINKS)]
    return ["\n\n".join(part) for part in (*links, links[-1][-10:])]


def pages(chains: int) -> list[tuple[Article, Article | None]]:
    """Return the pages of all chains, some with the page that was at their address before."""
    texts = [(number, place, body) for number in range(chains) for place, body in enumerate(chain(number))]
    found: list[tuple[Article, Article | None]] = []
    for count, (number, place, body) in enumerate(texts):
        page = article(
            count,
            url=f"https://site{place}.example/{number}/{place}",
            source=f"site{place}.example",
            title=f"Title {number}",
            body=body,
            authors=[],
            topics=[],
            entities=[],
        )
        other = texts[(count * 5 + 3) % len(texts)][2]
        found.append((page, replace(page, body=other) if count % 4 == 0 and other != body else None))
    return found


def write(url: str, part: int, parts: int, chains: int, size: int) -> None:
    """Store every `parts`-th page, `size` in a transaction; then the pages that have changed."""
    own = pages(chains)[part::parts]
    random.Random(part).shuffle(own)
    database = Database(url).open()
    first = [before or page for page, before in own]
    changed = [page for page, before in own if before]
    for articles, now in ((first, NOW), (changed, LATER)):
        for start in range(0, len(articles), size):
            batch = [Incoming(page, precompute(page)) for page in articles[start : start + size]]
            with database.write() as session:
                lock_articles(session, batch, now=now)
                for one in batch:
                    keys = article_keys(one.article)
                    save_article(
                        session, one.article, keys=keys, precomputed=one.precomputed, run_id=None, now=now
                    )
    database.close()


if __name__ == "__main__":
    write(sys.argv[1], *map(int, sys.argv[2:]))
