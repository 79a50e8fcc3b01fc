"""Several articles in one transaction: the same rows as one by one, and no deadlock between processes."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select, text

from newsbot.items import Article
from newsbot.store.articles.batch_locks import Incoming, add_names, lock_articles
from newsbot.store.articles.precomputed import precompute
from newsbot.store.articles.site_boilerplate import learn, reclean_same, remove_learnt
from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import (
    ArticleRow,
    BoilerplateSite,
    EntityAlias,
    EntityRow,
    Revision,
)
from newsbot.store.sql.locks import LockOrderError
from tests.dedupe.texts import reprint, update
from tests.dedupe.texts import text as made_up
from tests.store.articles.batch_writer import named, write
from tests.store.articles.test_site_boilerplate import SHARE, _article
from tests.store.articles.test_story_placement import _relations
from tests.store.samples import LATER, NOW, article, dump, load, save

ROOT = Path(__file__).parents[3]


def _rows(database: Database) -> dict[str, Any]:
    """Return what two databases must have in common whatever the order in which articles were stored."""
    totals = text(
        "SELECT e.key, t.article_count, t.mention_count"
        " FROM entity_totals AS t JOIN entities AS e ON e.id = t.entity_id"
    )
    forms = select(EntityRow.key, EntityAlias.name).join_from(EntityAlias, EntityRow)
    with database.read() as session:
        rows = {
            "totals": sorted(map(tuple, session.execute(totals))),
            "forms": sorted(map(tuple, session.execute(forms))),
            "names": sorted(
                session.scalars(text("SELECT name FROM authors UNION ALL SELECT name FROM topics"))
            ),
            "articles": session.scalar(select(func.count()).select_from(ArticleRow)),
            "revisions": session.scalar(select(func.count()).select_from(Revision)),
        }
    return rows | {"stories": _relations(database)}


@pytest.mark.slow
def test_processes_that_store_the_same_batches_in_other_orders_never_deadlock(
    database_url: str, tmp_path: Path
) -> None:
    stories, size = 50, 16
    one_by_one = f"sqlite:///{tmp_path / 'one.db'}"
    write(one_by_one, 1, stories, 1)
    command = [sys.executable, "-m", "tests.store.articles.batch_writer", database_url]
    writers = [
        subprocess.Popen(
            [*command, str(seed), str(stories), str(size)], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for seed in range(2)
    ]
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [("", 0)] * 2
    found = []
    for url in (one_by_one, database_url):
        database = Database(url).open()
        found.append(_rows(database))
        database.close()
    assert found[0] == found[1]
    assert found[0]["articles"] == 5 * stories


def _store_batch(database: Database, incoming: list[Incoming], now: Any = NOW) -> list[str]:
    outcomes: list[str] = []
    with database.write() as session:
        lock_articles(session, incoming, now=now)
        for one in incoming:
            reclean_same(session, one.article, one.site_blocks, run_id=None, now=now)
            saved = save_article(
                session,
                one.article,
                keys=article_keys(one.article),
                precomputed=one.precomputed,
                run_id=None,
                now=now,
            )
            if saved.outcome == "new":
                learn(session, saved, one.article, one.site_blocks, now=now)
            outcomes.append(saved.outcome)
    return outcomes


def test_batch_holds_every_outcome(database: Database) -> None:
    for number in (1, 2, 3):
        save(database, article(number))
    batch = [
        article(4),
        article(1),
        article(2, body=article(2).body + "\n\nThe board has met again on Tuesday, and agreed."),
        article(3, url="https://other.example/3", source="other.example"),
        article(5, body=made_up(1, 30)),
        article(6, body=made_up(1, 30) + "\n\nMore."),
    ]
    outcomes = _store_batch(database, [Incoming(one, precompute(one)) for one in batch], LATER)
    assert outcomes == ["new", "unchanged", "changed", "duplicate", "new", "new"]
    assert load(database, 4).article == article(4)
    assert load(database, 3).story_id == load(database, 5).story_id is not None
    assert load(database, 6).story_id == load(database, 7).story_id is not None


@pytest.mark.parametrize("is_first", [True, False], ids=["seen again first", "new one first"])
def test_batch_of_an_article_that_is_seen_again_and_a_reprint(database: Database, is_first: bool) -> None:
    """The new one is placed beside an article that the batch leaves as it is."""
    original = article(1, body=made_up(1))
    reprinted = article(2, body=reprint(original.body), url="https://other.example/2", source="other.example")
    save(database, original)
    batch = [Incoming(original), Incoming(reprinted)][:: 1 if is_first else -1]
    assert sorted(_store_batch(database, batch, LATER)) == ["new", "unchanged"]
    assert load(database, 1).story_id == load(database, 2).story_id is not None


def test_batch_of_an_article_that_is_seen_again_and_a_copy_of_another_source(database: Database) -> None:
    """The copy needs the row of its source, though an article with its content is stored."""
    original = article(1)
    save(database, original)
    copied = replace(original, url="https://other.example/1", canonical_url=None, source="other.example")
    batch = [Incoming(article(2)), Incoming(copied), Incoming(original)]
    assert _store_batch(database, batch, LATER) == ["new", "duplicate", "unchanged"]


def _any_articles(chance: random.Random, count: int) -> list[Incoming]:
    """Return articles, reprints, updates, excerpts and short texts at a few addresses of three sources."""
    found = []
    for _ in range(count):
        number, place = chance.randrange(3), chance.randrange(7)
        body = made_up(number)
        versions = [
            body,
            reprint(body),
            update(body, number + 10_000),
            body[: len(body) // 3],
            made_up(number, 5),
        ]
        page = article(
            number,
            url=f"https://site{place % 3}.example/{number}/{place}",
            source=f"site{place % 3}.example",
            body=chance.choice(versions),
            aliases=[f"https://short.example/{chance.randrange(6)}"] if chance.random() < 0.2 else [],
        )
        found.append(Incoming(named(page, chance.randrange(60))))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_batch_of_any_articles_locks_all_that_it_changes(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    for hour in range(20):
        batch = _any_articles(chance, chance.randrange(2, 7))
        assert len(_store_batch(database, batch, NOW + timedelta(hours=hour))) == len(batch)


@pytest.mark.slow
def test_batches_of_texts_that_share_parts_with_more_than_are_compared(database: Database) -> None:
    chance = random.Random(7)
    parts = [made_up(number, 40) for number in range(12)]
    for step in range(17):
        texts = ["\n\n".join(chance.sample(parts, chance.randrange(4, 11))) for _ in range(8)]
        numbered = [article(step * 8 + place, body=body) for place, body in enumerate(texts)]
        assert len(_store_batch(database, [Incoming(one) for one in numbered])) == 8


def test_batch_of_articles_gives_the_rows_of_single_ones(database: Database, tmp_path: Path) -> None:
    single = Database(f"sqlite:///{tmp_path / 'single.db'}").open()
    articles = [article(number) for number in range(1, 9)]
    for one in articles:
        _store_batch(single, [Incoming(one)])
    _store_batch(database, [Incoming(one) for one in articles])
    left, right = dump(single), dump(database)
    for table in ("authors", "topics", "entities"):  # their ids follow the order in which they were inserted
        assert {row["name"] for row in left[table]} == {row["name"] for row in right[table]}
    for table in ("articles", "article_urls", "article_sketches", "boilerplate_sites", "boilerplate_blocks"):
        assert left[table] == right[table], table
    single.close()


def test_boilerplate_is_removed_from_stored_versions_in_a_batch(database: Database) -> None:
    def page(number: int) -> Incoming:
        return Incoming(_article(number, SHARE))

    for number in range(1, 8):
        _store_batch(database, [page(number)])
    assert _store_batch(database, [page(1), page(2), page(8)], LATER) == ["unchanged", "unchanged", "new"]
    assert SHARE not in load(database, 1).article.body + load(database, 8).article.body
    with database.read() as session:
        assert session.scalars(select(Revision.by_rules)).all() == [True, True]
        assert session.scalar(select(BoilerplateSite.article_count)) == 8


def test_articles_that_were_not_locked_together_cannot_share_a_transaction(database: Database) -> None:
    def store_two() -> None:
        with database.write() as session:
            for number in (1, 2):
                one = article(number)
                save_article(session, one, keys=article_keys(one), run_id=None, now=NOW)

    if database.has_one_writer:
        store_two()
        return
    with pytest.raises(LockOrderError, match="IDENTITY was asked for after one of rank"):
        store_two()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ArticleRow)) == 0


def test_page_that_lost_boilerplate_takes_its_keys_before_the_stories(database: Database) -> None:
    """Recleaning the stored version first, as before, asked for the keys of the page after the stories."""
    for number in range(1, 8):
        _store_batch(database, [Incoming(_article(number, SHARE))])
    edited = _article(1, SHARE, body=made_up(1) + "\n\nLater more.")
    before = replace(edited)

    def store_in_the_old_order() -> None:
        blocks: dict[bytes, str] = {}
        with database.write() as session:
            assert remove_learnt(session, before, blocks)
            reclean_same(session, before, blocks, run_id=None, now=LATER)
            save_article(session, before, keys=article_keys(before), run_id=None, now=LATER)

    if not database.has_one_writer:
        with pytest.raises(LockOrderError, match="IDENTITY was asked for after one of rank"):
            store_in_the_old_order()
    assert _store_batch(database, [Incoming(edited)], LATER) == ["changed"]
    with database.read() as session:
        assert session.scalars(select(Revision.by_rules).order_by(Revision.revision)).all() == [True, False]


def test_new_names_of_open_batches_are_waited_for_by_nobody(database: Database, database_url: str) -> None:
    if database.has_one_writer:
        pytest.skip("SQLite has one writer")
    other = Database(database_url).open()
    batches = [
        [article(number, body=made_up(number), source="same.example", url=f"https://same.example/{number}")]
        for number in (1, 2)
    ]
    for each, names in ((database, batches[0]), (other, batches[1])):
        each.transact(partial(add_names, articles=names, now=NOW))

    def store(each: Database, articles: list[Article]) -> None:
        with each.write() as session:
            lock_articles(session, [Incoming(one) for one in articles], now=NOW)
            for one in articles:
                save_article(session, one, keys=article_keys(one), run_id=None, now=NOW)

    with database.write() as session:
        for one in batches[0]:
            save_article(session, one, keys=article_keys(one), run_id=None, now=NOW)
        session.flush()
        writer = Thread(target=store, args=(other, batches[1]))
        writer.start()
        writer.join(timeout=20)
        assert not writer.is_alive()
    other.close()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ArticleRow)) == 2
