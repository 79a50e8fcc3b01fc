"""The log of changes of a database that is older than the log."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from newsbot.store.articles.presence import mark_gone
from newsbot.store.database import Database
from newsbot.store.queries import list_changes
from tests.store.changes.follower import kinds
from tests.store.samples import NOW
from tests.store.schema.older_database import make_older

ROWS = 40


def test_log_begins_with_every_article_in_the_order_of_first_sight(bare_database_url: str) -> None:
    make_older(bare_database_url, "0002", ROWS)
    _execute(bare_database_url, "UPDATE articles SET gone_at = NULL WHERE id > 2")
    _execute(bare_database_url, "UPDATE articles SET first_seen_at = '2020-01-01 00:00:00' WHERE id = 7")
    database = Database(bare_database_url).open()
    found = kinds(database)
    assert found[0] == ("new", 7)
    assert sorted(found[:ROWS]) == [("new", number) for number in range(1, ROWS + 1)]
    assert sorted(found[ROWS:]) == [("gone", 1), ("gone", 2)]
    with database.write() as session:
        mark_gone(session, 9, now=NOW)
    with database.read() as session:
        [change] = list_changes(session, after=ROWS + 2, limit=9).changes
    assert (change.number, change.change) == (ROWS + 3, "gone")
    database.close()


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
