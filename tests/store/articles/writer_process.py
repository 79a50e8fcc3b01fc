"""A process that stores made-up articles: `python -m tests.store.articles.writer_process URL FIRST END STEP [kill]`.

With `kill` it is gone, as by a power cut, in the middle of its first transaction.
"""

from __future__ import annotations

import os
import signal
import sys

from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from tests.store.samples import NOW, article, save


def write(url: str, numbers: range) -> None:
    database = Database(url).open()
    for number in numbers:
        save(database, article(number))
        save(database, article(number, url=f"https://copies.example/{number}"))
    database.close()


def write_and_die(url: str) -> None:
    database = Database(url).open()
    with database.write() as session:
        save_article(session, article(1), keys=article_keys(article(1)), run_id=None, now=NOW)
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    url, first, end, step, *kill = sys.argv[1:]
    if kill:
        write_and_die(url)
    write(url, range(int(first), int(end), int(step)))
