"""A process that stores made-up stories in batches: `python -m tests.store.articles.batch_writer URL SEED STORIES SIZE`.

A deadlock ends it with a traceback: no transaction is tried again."""

from __future__ import annotations

import random
import sys
from dataclasses import replace

from newsbot.items import Article, Entity, Mention
from newsbot.store.articles.batch_locks import Incoming, lock_articles
from newsbot.store.articles.precomputed import precompute
from newsbot.store.articles.site_boilerplate import learn
from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from tests.dedupe.texts import text
from tests.store.articles.story_writer import versions_of
from tests.store.samples import NOW, article


def named(article: Article, number: int) -> Article:
    """Return an article with some of the same authors, topics and entities as many others."""
    chance = random.Random(number)
    names = [f"Name {chance.randrange(60)}" for _ in range(6)]
    entities = [
        Entity(name=name, type="PER", mentions=[Mention(start=at, end=at + 1, text=name[-1], type="PER")])
        for at, name in enumerate(dict.fromkeys(names))
    ]
    return replace(article, entities=entities, authors=names[:2], topics=names[2:])


def issue(number: int) -> Article:
    """Return one of the articles that share a few addresses, and a few URLs of another site that redirect there."""
    return article(
        number,
        url=f"https://news.example/latest/{number % 7}",
        aliases=[f"https://short.example/{number % 5}"],
        title="Morning briefing",
        body=text(10_000 + number, 30),
    )


def articles_of(stories: int) -> list[Article]:
    """Return four articles of three sources for each story, and one at an address that others use too."""
    articles = [version for number in range(stories) for version in (*versions_of(number), issue(number))]
    return [named(article, number) for number, article in enumerate(articles)]


def write(url: str, seed: int, stories: int, size: int) -> None:
    incoming = [Incoming(article, precompute(article)) for article in articles_of(stories)]
    random.Random(seed).shuffle(incoming)
    database = Database(url).open()
    for start in range(0, len(incoming), size):
        batch = incoming[start : start + size]
        with database.write() as session:
            lock_articles(session, batch, now=NOW)
            for page, precomputed, blocks in (
                (one.article, one.precomputed, one.site_blocks) for one in batch
            ):
                keys = article_keys(page)
                saved = save_article(session, page, keys=keys, precomputed=precomputed, run_id=None, now=NOW)
                learn(session, saved, page, blocks, now=NOW)
    database.close()


if __name__ == "__main__":
    write(sys.argv[1], *map(int, sys.argv[2:]))
