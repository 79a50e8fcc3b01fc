"""Followers of the log while many processes write: each change once, in order, none missed."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Engine

from newsbot.store.articles.presence import mark_gone, mark_seen
from newsbot.store.articles.writer import apply_rules_to
from newsbot.store.database import Database
from newsbot.store.entities.merging import merge_entities, split_entity
from newsbot.store.queries import list_changes
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import ArticleRow, Revision
from tests.store.articles.story_writer import versions_of
from tests.store.changes.follower import Follower, all_states, numbers
from tests.store.samples import NOW, article, save

ROOT = Path(__file__).parents[3]
WRITERS = {"sqlite": 3, "postgresql": 8}


def _start(url: str, seed: int, stories: int, size: int) -> subprocess.Popen[str]:
    arguments = [url, str(seed), str(stories), str(size)]
    command = [sys.executable, "-m", "tests.store.articles.batch_writer", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def test_follower_sees_each_change_of_many_processes_once(database_url: str) -> None:
    database = Database(database_url).open()
    count = WRITERS["sqlite" if database.has_one_writer else "postgresql"]
    writers = [_start(database_url, seed, 6, 1 + seed % 4) for seed in range(count)]
    follower = Follower(database)
    while any(writer.poll() is None for writer in writers):
        follower.follow()
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [("", 0)] * count
    follower.catch_up()
    seen = [change.number for change in follower.seen]
    assert seen == sorted(set(seen)) == numbers(database)
    assert follower.copy == all_states(database)
    new = Counter(change.article_id for change in follower.seen if change.change == "new")
    assert set(new.values()) == {1}
    revised = Counter(change.change for change in follower.seen)["revised"]
    with database.read() as session:
        assert sum(new.values()) == session.scalar(select(func.count()).select_from(ArticleRow))
        assert revised == session.scalar(select(func.count()).select_from(Revision))
    assert any(change.change == "regrouped" for change in follower.seen)
    database.close()


# ------------------------------------------------------------------ a writer that is slow to commit


@contextmanager
def _held_after_numbering(*, is_committed: bool) -> Iterator[tuple[Event, Event]]:
    """Hold the first writer between drawing its numbers and its commit; give what says that it waits, and what frees it."""
    drawn, free = Event(), Event()

    def hold(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        if "INTO changes" in statement and not drawn.is_set():
            drawn.set()
            assert free.wait(30)
            if not is_committed:
                raise ZeroDivisionError

    event.listen(Engine, "after_cursor_execute", hold)
    try:
        yield drawn, free
    finally:
        free.set()
        event.remove(Engine, "after_cursor_execute", hold)


def _wait_until_someone_waits(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    for _ in range(3000):
        with database.read() as session:
            if session.scalar(waiting):
                return
        Event().wait(0.01)
    pytest.fail("no writer waits for the lock")


@pytest.mark.parametrize("is_committed", [True, False], ids=["committed", "rolled back"])
def test_no_number_below_a_cursor_is_committed_later(postgres_database_url: str, is_committed: bool) -> None:
    database = Database(postgres_database_url).open()
    follower = Follower(database)

    def try_slowly() -> None:
        with suppress(ZeroDivisionError):
            save(database, article(1))

    with _held_after_numbering(is_committed=is_committed) as (drawn, free):
        slow = Thread(target=try_slowly)
        slow.start()
        assert drawn.wait(30)
        quick = Thread(target=save, args=(database, article(2)))
        quick.start()
        _wait_until_someone_waits(database)
        is_quiet = not follower.follow()
        free.set()
        for thread in (slow, quick):
            thread.join()
    assert is_quiet
    follower.catch_up()
    assert [change.number for change in follower.seen] == numbers(database)
    assert len(follower.seen) == (2 if is_committed else 1)
    assert follower.copy == all_states(database)
    database.close()


# ------------------------------------------------------------------ any operations


def _operate(database: Database, chance: random.Random, step: int) -> None:
    now = NOW + timedelta(minutes=step)
    stories = [version for number in range(4) for version in versions_of(number)]
    page = chance.choice(stories)
    with database.read() as session:
        ids = list(session.scalars(select(ArticleRow.id).order_by(ArticleRow.id)))
    known = chance.choice(ids) if ids else None
    operation = chance.randrange(8)
    if operation <= 3 or known is None:
        if chance.random() < 0.4:
            page.body += (
                f"\n\nThe figures were revised upwards by {chance.choice(['two', 'three'])} points later on."
            )
        save(database, page, now=now)
        return
    with database.write() as session:
        if operation == 4:
            mark_gone(session, known, now=now)
        elif operation == 5:
            mark_seen(session, known, now=now)
        elif operation == 6:
            kept = list_changes(session, after=0, limit=1).changes
            assert kept
            apply_rules_to(session, known, page, keys=article_keys(page), run_id=None, now=now)
        else:
            _merge(session, chance)


def _merge(session: Any, chance: random.Random) -> None:
    from newsbot.errors import NewsbotError

    try:
        if chance.random() < 0.7:
            merge_entities(session, "Harbour Board", "Ada Kovac")
        else:
            split_entity(session, "Ada Kovac", "Harbour Board")
    except NewsbotError:  # there is nothing to merge or to split yet
        session.rollback()


@pytest.mark.parametrize("seed", range(4))
def test_follower_of_any_operations_has_what_the_tables_have(database: Database, seed: int) -> None:
    chance, follower = random.Random(seed), Follower(database)
    for step in range(40):
        _operate(database, chance, step)
        if chance.random() < 0.3:
            follower.follow(page=chance.randrange(1, 5))
    follower.catch_up()
    assert follower.copy == all_states(database)
    assert [change.number for change in follower.seen] == numbers(database)
