"""A database is copied whole, also to the other kind of database, and goes on from there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, inspect, select

from newsbot.errors import UsageError
from newsbot.store.copying import copy_database
from newsbot.store.database import Database
from newsbot.store.queries import Filters, count_articles
from newsbot.store.schema.fetch_partitions import PARTITIONS
from newsbot.store.schema.models import Base, ChangeRow, SiteRow
from tests.store.samples import LATER, article, dump, save, save_all


@pytest.fixture
def filled(database: Database) -> Database:
    """A database with a story, a duplicate that has the smaller id, and a revision."""
    text = article(1).body
    save_all(database, [article(2, body=text, source="copier"), article(1), article(3, title="Flood")])
    save(database, article(3, title="Flood in the port", body="Another text of the same page."), now=LATER)
    return database


@pytest.fixture
def target(bare_database_url: str) -> Iterator[Database]:
    opened = Database(bare_database_url.replace("newsbot.db", "copy.db")).open()
    yield opened
    opened.close()


def identity(database: Database) -> object:
    with database.read() as session:
        return session.scalar(select(SiteRow.uuid))


def test_copy_has_every_row_with_its_id(filled: Database, target: Database) -> None:
    copied = copy_database(filled, target)
    before = dump(filled)
    assert any(row["duplicate_of"] for row in before["articles"])
    assert before["revisions"]
    assert dump(target) == before
    assert identity(target) == identity(filled)
    assert copied == sum(map(len, before.values())) + 1  # the row of `site`, which `dump` leaves out


def test_copy_is_searched_and_written_like_the_original(filled: Database, target: Database) -> None:
    copy_database(filled, target)
    target.open()  # makes the index
    with target.read() as session:
        assert count_articles(session, "floods port", Filters()) == 1
        last = session.scalar(select(func.max(ChangeRow.number)))
    saved = save(target, article(4, title="Storm"))
    assert saved.article_id == 4
    with target.read() as session:
        assert count_articles(session, "storm", Filters()) == 1
        assert session.scalar(select(func.max(ChangeRow.number))) == (last or 0) + 1


def test_copy_to_a_database_with_articles_is_refused(filled: Database, target: Database) -> None:
    save(target, article(9))
    before = dump(target)
    with pytest.raises(UsageError, match="is not empty; accepted: a database in which nothing is stored yet"):
        copy_database(filled, target)
    assert dump(target) == before


def test_copy_of_nothing_is_empty(database: Database, target: Database) -> None:
    copy_database(database, target)
    target.open(migrate=False)
    assert {name for name, rows in dump(target).items() if rows} == set()


def test_every_table_is_copied(database: Database) -> None:
    """What is not a model is made anew: partitions, the full-text index, and the number of the version."""
    with database.read() as session:
        names = set(inspect(session.connection()).get_table_names())
    made_anew = ("article_search", PARTITIONS)
    others = {name for name in names - Base.metadata.tables.keys() if not name.startswith(made_anew)}
    assert others == {"newsbot_version"}
