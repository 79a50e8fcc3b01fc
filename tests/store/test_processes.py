from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from newsbot.store.database import Database
from newsbot.store.queries import Filters, iter_articles, search
from newsbot.store.schema.models import Base
from tests.store.samples import article, dump, load, save

ROOT = Path(__file__).parents[2]


def _start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.articles.writer_process", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def test_processes_that_store_the_same_articles_at_once_store_each_once(database_url: str) -> None:
    count = 60
    writers = [_start(database_url, "1", str(count + 1), "1"), _start(database_url, str(count), "0", "-1")]
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [("", 0)] * 2
    database = Database(database_url).open()
    with database.read() as session:
        stored = list(iter_articles(session, Filters()))
        assert len(search(session, "harbour", Filters(limit=1000))) == 2 * count
    originals = {one.id: one for one in stored if one.duplicate_of is None}
    copies = [one for one in stored if one.duplicate_of is not None]
    assert len(originals) == len(copies) == count
    assert {one.article.body for one in originals.values()} == {article(i).body for i in range(1, count + 1)}
    for copy in copies:
        assert copy.article.body == originals[copy.duplicate_of or 0].article.body
    assert {one.revision for one in stored} == {1}
    assert all(one.article.entities and len(one.article.authors) == 2 for one in stored)
    database.close()


def test_killed_process_leaves_no_part_of_an_article(database_url: str) -> None:
    writer = _start(database_url, "1", "1", "1", "kill")
    writer.communicate()
    assert writer.returncode == -9
    database = Database(database_url).open()
    assert all(rows == [] for rows in dump(database).values())
    assert Base.metadata.tables.keys() == {*dump(database), "site"}
    saved = save(database, article(1))
    assert saved.outcome == "new"
    assert load(database, saved.article_id).article == article(1)
    database.close()
