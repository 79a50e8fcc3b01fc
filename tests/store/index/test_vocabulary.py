"""The words of articles are stored once, whatever becomes of the transactions that add them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from newsbot.store.database import Database
from newsbot.store.index import vocabulary
from tests.store.samples import article, save


@contextmanager
def additions() -> Iterator[list[str]]:
    """Yield the statements that add words meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "INTO article_search_words" in statement:
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


def stored(database: Database) -> set[tuple[str, str, str]]:
    with database.read() as session:
        return {tuple(row) for row in session.execute(select(*vocabulary.WORDS.c))}


def test_words_of_each_language_are_stored_with_their_stems(database: Database) -> None:
    save(database, article(1, title="Trams", body="Trams stopped 2026 東京", language="en"))
    save(database, article(2, title="Straßen", body="Häuser", language="de"))
    save(database, article(3, title="Trams", body="Trams", language=None))
    assert stored(database) == {
        ("en", "tram", "trams"),
        ("en", "stop", "stopped"),
        ("de", "strass", "strassen"),
        ("de", "haus", "hauser"),
        ("", "trams", "trams"),
    }


def test_known_words_are_not_sent_again(database: Database) -> None:
    save(database, article(1, body="Ferry and harbour."))
    with additions() as sent:
        save(database, article(2, body="Harbour and ferry."))
    assert sent == []


def test_words_of_a_transaction_that_was_rolled_back_are_added_by_the_next_one(database: Database) -> None:
    def collect_and_fail() -> None:
        with database.write() as session:
            vocabulary.collect_words(session.connection(), "en", ["ferries"])
            raise KeyError("killed")

    with pytest.raises(KeyError):
        collect_and_fail()
    assert stored(database) == set()
    with database.write() as session:
        vocabulary.collect_words(session.connection(), "en", ["ferries"])
    assert stored(database) == {("en", "ferri", "ferries")}


def test_words_of_a_commit_that_failed_are_added_by_the_next_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit_nothing(*_: Any) -> None:
        raise KeyError("the server went away")

    with monkeypatch.context() as patched:
        patched.setattr(vocabulary, "add", commit_nothing)
        with pytest.raises(KeyError), database.write() as session:
            vocabulary.collect_words(session.connection(), "en", ["ferries"])
    with database.write() as session:
        vocabulary.collect_words(session.connection(), "en", ["ferries"])
    assert stored(database) == {("en", "ferri", "ferries")}


def test_two_writers_that_add_the_same_words_store_each_once(database: Database) -> None:
    words = [f"w{letter}{other}" for letter in "abcdefgh" for other in "abcdefgh"]

    def add(others: list[str]) -> None:
        mine = Database(database.url).open()
        with mine.write() as session:
            vocabulary.collect_words(session.connection(), "en", others)
        mine.close()

    writers = [Thread(target=add, args=(part,)) for part in (words, words[::-1], words[10:])]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(word for _, _, word in stored(database)) == sorted(words)


def test_memory_is_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MAX_REMEMBERED", 2)
    known = vocabulary.StoredWords()
    known.remember([("en", word, word) for word in ("one", "two", "three")])
    known.remember([("en", "four", "four")])
    assert known.without("en", {"one", "four"}) == {"one"}
