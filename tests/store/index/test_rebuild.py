"""The full-text index follows every change of an article, and is made anew by a migration."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from newsbot.errors import DatabaseError
from newsbot.items import Article
from newsbot.store.database import Database
from newsbot.store.index import rebuild
from newsbot.store.queries import Filters, matching_ids
from tests.store.samples import article, save
from tests.store.schema.older_database import make_older


def _found(database: Database, query: str) -> list[int]:
    with database.read() as session:
        return sorted(session.scalars(matching_ids(session, query, Filters())))


def _check_integrity(database: Database) -> None:
    """Let FTS5 compare its index with itself; an entry that was removed otherwise than it was added shows there."""
    with database.write() as session:
        if session.connection().dialect.name == "sqlite":
            session.execute(text("INSERT INTO article_search (article_search) VALUES ('integrity-check')"))


CHANGES: dict[str, tuple[dict[str, Any], str, str]] = {
    "authors": ({"authors": ["Nora Weir"]}, "author:weir", "author:holt"),
    "topics": ({"topics": ["Fishing"]}, "topic:fishing", "topic:jobs"),
    "section": ({"section": "World"}, "section:world", "section:city"),
    "language": ({"language": "de", "title": "Hafen"}, "lang:de", "lang:en"),
    "title": ({"title": "Airport opens"}, "title:airport", "title:harbour"),
}


@pytest.mark.parametrize(("changed", "new", "old"), CHANGES.values(), ids=CHANGES)
def test_index_follows_a_change(database: Database, changed: dict[str, Any], new: str, old: str) -> None:
    save(database, article(1))
    assert (_found(database, new), _found(database, old)) == ([], [1])
    save(database, article(1, **changed))
    assert (_found(database, new), _found(database, old)) == ([1], [])
    _check_integrity(database)


def test_names_of_any_length_and_number_can_be_replaced(database: Database) -> None:
    many = [f"Author {number} " + "x" * 400 for number in range(300)]
    first: Article = article(1, authors=[*many, "Mira Holt", "Mira Holt"], topics=["\ud800 a\0b", *many])
    save(database, first)
    assert _found(database, "author:author") == [1]
    save(database, article(1, authors=["Jon Abe"], topics=[], body="Another text of planes.", entities=[]))
    assert _found(database, "author:author OR topic:author") == []
    assert _found(database, "author:abe planes") == [1]
    _check_integrity(database)


def test_phrase_does_not_go_from_one_name_to_the_next(database: Database) -> None:
    save(database, article(1, authors=["Mira Holt", "Jon Abe"], topics=["harbour", "jobs"]))
    assert _found(database, 'author:"holt jon" OR topic:"harbour jobs" OR topic:(harbour NEAR/1 jobs)') == []
    assert _found(database, 'author:"mira holt" topic:jobs') == [1]


def test_migration_indexes_what_is_stored(bare_database_url: str) -> None:
    make_older(bare_database_url, "0002", 5)
    done: list[rebuild.Done] = []
    database = Database(bare_database_url).open(on_progress=done.append)
    assert done == [(5, 5)]
    assert _found(database, 'title:"title 3"') == [3]
    assert len(_found(database, "-football")) == 5
    _check_integrity(database)
    database.close()


def test_killed_rebuild_goes_on_where_it_was(bare_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_older(bare_database_url, "0002", 7)
    monkeypatch.setattr(rebuild, "BATCH", 3)

    def stop(done: rebuild.Done) -> None:
        raise KeyboardInterrupt

    database = Database(bare_database_url)
    with pytest.raises(KeyboardInterrupt):
        database.open(on_progress=stop)
    with pytest.raises(DatabaseError, match="newsbot db upgrade"):
        database.open(migrate=False)
    done: list[rebuild.Done] = []
    database.open(on_progress=done.append)
    assert done == [(7, 7), (7, 7)]
    assert _found(database, "title:title") == list(range(1, 8))
    _check_integrity(database)
    database.close()


def test_stems_of_other_rules_are_replaced_when_a_database_is_opened(database_url: str) -> None:
    database = Database(database_url).open()
    save(database, article(1, title="Protesting"))
    with database.write() as session:
        session.execute(text("UPDATE article_search_words SET stem = 'other' WHERE word = 'protesting'"))
        session.execute(text("UPDATE article_search_state SET value = '1.0' WHERE name = 'stems'"))
    assert _found(database, "protests") == []
    with pytest.raises(DatabaseError, match="newsbot db upgrade"):
        database.open(migrate=False)
    database.open()
    assert _found(database, "protests") == [1]
    database.close()
