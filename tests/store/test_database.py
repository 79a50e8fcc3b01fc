from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsbot.errors import DatabaseError, UsageError
from newsbot.store.database import Database
from newsbot.store.schema.models import ArticleRow
from tests.store.samples import NOW, article, load, save


@pytest.mark.parametrize(
    "url",
    [
        "",
        "newsbot.db",
        "mysql://root@localhost/news",
        "sqlite+aiosqlite:///newsbot.db",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql+psycopg://me:hush@localhost:port/news",
        "postgresql+nodriver://localhost/news",
        "postgresql+psycopg:/me:hush@localhost/news",
        "postgresql://me:x@hush@localhost/news",
    ],
)
def test_wrong_url_is_the_users_mistake(url: str) -> None:
    with pytest.raises(UsageError, match=r"accepted: sqlite:///FILE or postgresql|has an @") as error:
        Database(url)
    assert "\n" not in str(error.value)
    assert "hush" not in str(error.value)


def _refused(url: str, *, migrate: bool = True) -> str:
    database = Database(url)
    with pytest.raises(DatabaseError) as error:
        database.open(migrate=migrate)
    database.close()
    message = str(error.value)
    assert "\n" not in message
    assert database.url in message
    return message


def test_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    message = _refused(f"sqlite:///{tmp_path}/absent/newsbot.db")
    assert f"the folder {tmp_path}/absent does not exist" in message


def test_folder_in_place_of_a_file(tmp_path: Path) -> None:
    assert "that is a folder" in _refused(f"sqlite:///{tmp_path}")


def test_name_that_is_too_long(tmp_path: Path) -> None:
    assert "cannot be used: File name too long" in _refused(f"sqlite:///{tmp_path}/{'n' * 5000}.db")


def test_file_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database at all, " * 100)
    assert "not an SQLite database" in _refused(f"sqlite:///{path}")
    assert path.read_text().startswith("no database")


def test_file_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "newsbot.db"
    Database(f"sqlite:///{path}").open().close()
    assert "cannot be written" in _refused(f"sqlite:///file:{path}?mode=ro&uri=true")


def test_server_that_cannot_be_reached() -> None:
    message = _refused("postgresql+psycopg://me:hush@127.0.0.1:1/news")
    assert "me:***@127.0.0.1:1" in message
    assert "hush" not in message


def test_database_that_does_not_exist_on_the_server(postgres_url: object) -> None:
    url = f"{postgres_url}_of_nobody"
    assert "does not exist" in _refused(url)


def test_reading_an_absent_file_does_not_create_it(tmp_path: Path) -> None:
    path = tmp_path / "newsbot.db"
    assert "nothing there yet" in _refused(f"sqlite:///{path}", migrate=False)
    assert not path.exists()


def test_exception_rolls_everything_back(database: Database) -> None:
    def store_and_fail() -> None:
        with database.write() as session:
            session.execute(text("INSERT INTO authors (name) VALUES ('Mira Holt')"))
            raise KeyError("a stage failed")

    with pytest.raises(KeyError):
        store_and_fail()
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM authors")) == 0


def test_reading_session_cannot_write(database: Database) -> None:
    def write() -> None:
        with database.read() as session:
            session.execute(text("INSERT INTO authors (name) VALUES ('Mira Holt')"))

    with pytest.raises(DatabaseError, match="cannot be written"):
        write()


def test_writing_goes_on_after_reading(database: Database) -> None:
    save(database, article(1))
    load(database, 1)
    save(database, article(2))
    assert load(database, 2).article.title == "Harbour opened, part 2"


def test_reader_sees_one_state_while_another_writes(database: Database) -> None:
    save(database, article(1))
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM articles")) == 1
        save(database, article(2))
        assert session.scalar(text("SELECT count(*) FROM articles")) == 1
    assert load(database, 2)


def test_reading_leaves_statements_prepared(postgres_database_url: str) -> None:
    database = Database(postgres_database_url).open()
    for _ in range(8):
        database.transact(lambda session: session.execute(text("SELECT count(*) FROM stories")).all())
        database.ask(lambda session: session.execute(text("SELECT count(*) FROM topics")).all())
    with database.read() as session:
        prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    database.close()
    assert {"SELECT count(*) FROM stories", "SELECT count(*) FROM topics"} <= set(prepared)


def test_rows_that_were_read_outlive_their_session(database: Database) -> None:
    saved = save(database, article())
    with database.read() as session:
        row = session.get_one(ArticleRow, saved.article_id)
    assert row.title == article().title


def test_many_threads_write_at_once(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        saved = list(threads.map(lambda number: save(database, article(number % 10)), range(40)))
    assert sorted(result.outcome for result in saved) == ["new"] * 10 + ["unchanged"] * 30


def test_times_without_a_zone_are_refused(database: Database) -> None:
    with pytest.raises(Exception, match="without a zone"):
        save(database, article(1), now=NOW.replace(tzinfo=None))


def test_sqlite_file_uses_the_write_ahead_log(tmp_path: Path) -> None:
    path = tmp_path / "newsbot.db"
    Database(f"sqlite:///{path}").open().close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_transaction_is_tried_again_when_another_got_in_its_way(database: Database) -> None:
    names = ["Mira Holt", "Jon Abe"]

    def insert_next(session: Session) -> str:
        name = names.pop(0)
        session.execute(text("INSERT INTO authors (name) VALUES (:name)"), {"name": name})
        return name

    assert database.transact(insert_next) == "Mira Holt"
    names.insert(0, "Mira Holt")
    assert database.transact(insert_next) == "Jon Abe"


def test_transaction_that_fails_twice_raises(database: Database) -> None:
    def insert_twice(session: Session) -> None:
        session.execute(text("INSERT INTO authors (name) VALUES ('Mira Holt'), ('Mira Holt')"))

    with pytest.raises(IntegrityError):
        database.transact(insert_twice)
