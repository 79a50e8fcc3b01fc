"""A process that stores made-up stories in an order of its own: `python -m tests.store.articles.story_writer URL SEED STORIES`."""

from __future__ import annotations

import random
import sys
from datetime import timedelta
from functools import partial

from newsbot.items import Article
from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from tests.dedupe.texts import reprint, text, update
from tests.store.samples import NOW, article


def versions_of(number: int) -> list[Article]:
    """Return an article, two reprints, and an update by its own source."""
    body = text(number)
    versions = [body, reprint(body), body.lower(), update(body, number + 10_000)]
    return [
        article(
            number,
            url=f"https://site{place % 3}.example/{number}/{place}",
            source=f"site{place % 3}.example",
            published_at=NOW + timedelta(minutes=place),
            body=version,
        )
        for place, version in enumerate(versions)
    ]


def write(url: str, seed: int, stories: int) -> None:
    articles = [version for number in range(stories) for version in versions_of(number)]
    random.Random(seed).shuffle(articles)
    database = Database(url).open()
    for version in articles:
        keys = article_keys(version)
        database.transact(partial(save_article, article=version, keys=keys, run_id=None, now=NOW))
    database.close()


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
