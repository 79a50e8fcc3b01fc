from __future__ import annotations

from threading import Thread

import pytest

from newsbot.store.database import Database
from newsbot.store.sql import locks
from newsbot.store.sql.locks import LockOrderError, Rank


def test_ranks_that_go_up_are_taken(database: Database) -> None:
    with database.write() as session:
        connection = session.connection()
        locks.take(connection, Rank.IDENTITY, [b"url-0001", b"url-0002"])
        locks.take(connection, Rank.STORIES, [b"stories."])
        locks.note(connection, Rank.AUTHORS, ["Mira Holt"])


@pytest.mark.parametrize("rank", [Rank.IDENTITY, Rank.STORIES], ids=["lower", "same"])
def test_rank_that_does_not_go_up_is_refused(database: Database, rank: Rank) -> None:
    if database.has_one_writer:
        pytest.skip("SQLite has one writer, and nothing to lock")
    with database.write() as session:
        connection = session.connection()
        locks.take(connection, Rank.STORIES, [b"stories."])
        with pytest.raises(LockOrderError, match=f"{rank.name} was asked for after one of rank STORIES"):
            locks.take(connection, rank, [b"another."])


def test_locks_that_are_held_may_be_asked_for_again(database: Database) -> None:
    with database.write() as session:
        connection = session.connection()
        locks.take(connection, Rank.IDENTITY, [b"url-0001", b"url-0002"])
        locks.take(connection, Rank.STORIES, [b"stories."])
        assert not locks.take(connection, Rank.IDENTITY, [b"url-0002"])


def test_ranks_begin_anew_with_each_transaction(database: Database) -> None:
    for rank in (Rank.STORIES, Rank.IDENTITY):
        with database.write() as session:
            locks.take(session.connection(), rank, [b"any key."])


def test_shared_lock_keeps_others_from_an_exclusive_one_only(database: Database) -> None:
    if database.has_one_writer:
        pytest.skip("SQLite has one writer, and nothing to lock")

    def take(*, is_shared: bool) -> None:
        with database.write() as other:
            locks.take(other.connection(), Rank.CORRECTIONS, [b"entities"], is_shared=is_shared)

    with database.write() as session:
        locks.take(session.connection(), Rank.CORRECTIONS, [b"entities"], is_shared=True)
        take(is_shared=True)
        waiting = Thread(target=take, kwargs={"is_shared": False})
        waiting.start()
        waiting.join(timeout=0.2)
        assert waiting.is_alive()
    waiting.join()
