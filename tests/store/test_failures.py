"""A database that fails while it is used: lost connections, full disks, locks, values that it refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from newsbot.errors import ConnectionLostError, DatabaseError
from newsbot.store.database import Database
from newsbot.store.schema import migrations
from newsbot.store.sql import engines
from newsbot.store.sql.patience import Patience

TERMINATE = text(
    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE pid = :pid AND pid <> pg_backend_pid()"
)
PID = text("SELECT pg_backend_pid()")
LOST = ConnectionLostError("The database news cannot be used: it is away")


def lose(session: Session) -> None:
    """End the connection of a session, as a server that restarts does."""
    other = Database(session.connection().engine.url.render_as_string(hide_password=False))
    pid = session.scalar(PID)
    with other.write() as second:
        second.execute(TERMINATE, {"pid": pid})
    other.close()


def add_author(session: Session, name: str) -> None:
    session.execute(text("INSERT INTO authors (name) VALUES (:name)"), {"name": name})


def authors(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT name FROM authors ORDER BY name")))


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> Iterator[Database]:
    database = Database(request.getfixturevalue("postgres_database_url")).open()
    yield database
    database.close()


def test_transaction_whose_connection_is_lost_is_run_again(postgres: Database) -> None:
    losses = [lose, lose]

    def work(session: Session) -> str:
        add_author(session, "Mira Holt")
        if losses:
            losses.pop()(session)
        add_author(session, "Jon Abe")
        return "done"

    assert postgres.transact(work) == "done"
    assert postgres.ask(authors) == ["Jon Abe", "Mira Holt"]


def test_transaction_that_pauses_for_too_long_holds_up_nobody_and_is_run_again(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As that of a process that is frozen in the middle of it."""
    postgres.transact(lambda session: add_author(session, "Mira Holt"))
    rename = text("UPDATE authors SET name = name || :more")
    pauses = [True]

    def work(session: Session) -> None:
        session.execute(rename, {"more": " (first)"})
        if pauses:
            pauses.clear()
            other.transact(lambda session: session.execute(rename, {"more": " (second)"}))

    other = Database(postgres._parsed.render_as_string(hide_password=False))
    monkeypatch.setattr("newsbot.store.database.MAX_PAUSE_S", 0.2)
    postgres.transact(work)
    other.close()
    assert postgres.ask(authors) == ["Mira Holt (second) (first)"]


def test_reading_whose_connection_is_lost_is_run_again(postgres: Database) -> None:
    losses = [lose]

    def work(session: Session) -> list[str]:
        if losses:
            losses.pop()(session)
        return authors(session)

    assert postgres.ask(work) == []


def test_connection_that_is_lost_inside_a_block_is_one_line(postgres: Database) -> None:
    def work() -> None:
        with postgres.write() as session:
            lose(session)
            add_author(session, "Mira Holt")

    with pytest.raises(ConnectionLostError, match="cannot be used") as error:
        work()
    assert "\n" not in str(error.value)
    assert postgres.ask(authors) == []


def test_value_that_is_too_great_for_an_index_is_no_failure_of_the_database(postgres: Database) -> None:
    name = Random(1).randbytes(20_000).hex()
    with pytest.raises(DBAPIError):
        postgres.transact(lambda session: add_author(session, name))
    assert postgres.ask(authors) == []


def test_server_that_comes_back_is_waited_for() -> None:
    losses = [LOST, LOST]

    def work() -> str:
        if losses:
            raise losses.pop()
        return "done"

    assert Patience(60).run(work) == "done"


def test_server_that_stays_away_is_waited_for_once() -> None:
    patience = Patience(0.15)
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        raise LOST

    for _ in range(2):
        with pytest.raises(ConnectionLostError):
            patience.run(work)
    assert len(calls) in {3, 4}, "the second work does not wait again"


def test_program_that_ends_does_not_wait_for_the_server() -> None:
    patience = Patience(3600)
    patience.end()

    def work() -> None:
        raise LOST

    with pytest.raises(ConnectionLostError):
        patience.run(work)


def test_full_disk_is_one_line_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'newsbot.db'}").open()
    with database.write() as session:
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages}"))

    def fill(session: Session) -> None:
        for number in range(10_000):
            add_author(session, f"Author {number}")

    with pytest.raises(DatabaseError, match="the disk is full"):
        database.transact(fill)
    assert database.ask(authors) == []
    database.close()


def test_file_that_another_program_locks_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "LOCK_TIMEOUT_S", 0)
    path = tmp_path / "newsbot.db"
    database = Database(f"sqlite:///{path}").open()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="another program has locked it"):
            database.transact(lambda session: add_author(session, "Mira Holt"))
    database.transact(lambda session: add_author(session, "Mira Holt"))
    assert database.ask(authors) == ["Mira Holt"]
    database.close()


@pytest.fixture
def of_version(database: Database) -> Iterator[Callable[[str], None]]:
    """Returns a function that makes the tables those of a version; at the end of the test they are those of this one."""
    engine = create_engine(database.ask(lambda session: session.connection().engine.url))
    change = text("UPDATE newsbot_version SET version_num = :version")

    def make(version: str) -> None:
        with engine.begin() as connection:
            connection.execute(change, {"version": version})

    yield make
    make(migrations.HEAD)
    engine.dispose()


@pytest.mark.parametrize("addition", [1, 12])
def test_process_goes_on_when_a_newer_version_only_adds_to_the_tables(
    database: Database, of_version: Callable[[str], None], addition: int
) -> None:
    of_version(f"{migrations.HEAD.partition('.')[0]}.{addition}")
    database.transact(lambda session: add_author(session, "Mira Holt"))
    assert database.open().ask(authors) == ["Mira Holt"]
    assert database.open(migrate=False).ask(authors) == ["Mira Holt"]


def test_process_that_another_version_overtakes_stops_writing(
    database: Database, of_version: Callable[[str], None]
) -> None:
    of_version("9999")
    with pytest.raises(DatabaseError, match="newer version of newsbot; upgrade newsbot"):
        database.transact(lambda session: add_author(session, "Mira Holt"))
    with pytest.raises(DatabaseError, match="newer version"), database.read(limit_s=5) as session:
        authors(session)
    assert database.ask(authors) == []
