"""Opens the database of a URL, migrates its tables, and runs transactions in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from newsbot.errors import ConflictError, ConnectionLostError, DatabaseError, UsageError
from newsbot.masking import masked_url
from newsbot.store.index import full_text, rebuild, vocabulary
from newsbot.store.schema import fetch_partitions, migrations
from newsbot.store.sql import deferred, dialect, engines, locks, memory, waiting_rows
from newsbot.store.sql.patience import Patience
from newsbot.store.sql.server_connections import MAX_PAUSE_S
from newsbot.store.write_queue import WriteQueue

T = TypeVar("T")

ACCEPTED = "accepted: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"

# Part of a driver's message -> advice for a person.
_ADVICE = (
    ("not a database", "the file is not an SQLite database; name another one"),
    ("readonly", "it cannot be written; check the permissions of the file and its folder"),
    ("read-only", "it cannot be written"),
    ("unable to open", "the file cannot be opened; check the permissions of the file and its folder"),
    ("locked", "another program has locked it; try again when that has ended"),
    ("full", "the disk is full"),
    ("No space left", "the disk of the server is full"),
    ("disk I/O error", "its disk cannot be read or written"),
    ("malformed", "the file is damaged; restore it from a backup"),
)
_FAILURES: Mapping[dialect.Failure, type[DatabaseError]] = {
    "conflict": ConflictError,
    "lost": ConnectionLostError,
    "other": DatabaseError,
}


class Database:
    """A database, given by its URL. Nothing is opened before `open`. It may be used from many threads.

    Raises UsageError for a URL that cannot be read or is of an unsupported database. Every method raises DatabaseError if
    the database fails; an exception of a statement that it refuses is that of SQLAlchemy. A server that goes away is
    waited for (`patience`), except by `open` and by readers with a time limit."""

    def __init__(self, url: str) -> None:
        self.url = masked_url(url)
        """The URL without its password, for messages."""
        self._parsed = _parse(url)
        try:
            self._engines = engines.make_engines(
                self._parsed,
                on_begin=_begin_transaction,
                before_statement=_before_statement,
                before_commit=_finish_transaction,
                on_error=self._failure,
            )
        except ModuleNotFoundError as error:
            raise UsageError(
                f"{self.url}: needs the package {error.name}: pip install 'newsbot[postgres]'"
            ) from error
        self.has_one_writer = engines.is_sqlite_url(self._parsed)
        """Whether the database runs one writing transaction at a time (SQLite)."""
        self._queue = WriteQueue(self._path, limit_s=engines.LOCK_TIMEOUT_S) if self.has_one_writer else None
        self._stored_words = vocabulary.StoredWords()
        self.patience = Patience()
        """Waits for a server that has gone away. Work in it must be such that it can be repeated."""

    def open(
        self,
        *,
        migrate: bool = True,
        create: bool = True,
        on_progress: Callable[[rebuild.Done], object] = lambda _: None,
    ) -> Self:
        """Check the database and return it. Raises DatabaseError, with a message of one line, if it cannot be used.

        With `migrate` missing tables are created, old ones are migrated, and the database must be writable; `on_progress`
        is called while the full-text index is made anew. Without it, the tables must exist and be current. Without `create`,
        they must exist."""
        if engines.is_sqlite_url(self._parsed):
            try:
                self._check_path(may_create=migrate and create)
            except OSError as error:  # a folder that may not be read, a name that is too long
                raise self._error(error.strerror or str(error)) from error
        if migrate:
            if not create:
                self._check_exists()
            self._migrate()
            self._make_partitions()
            self._finish_index(on_progress)
        else:
            with self._engines.reading.connect() as connection:
                self._check(migrations.state(connection))
                if not rebuild.is_finished(connection):
                    raise self._error(migrations.ADVICE["older"])
        return self

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session in a transaction that may write; it is committed at the end, rolled back by an exception.

        Raises DatabaseError too if another version of newsbot has migrated the tables meanwhile."""
        with self._queue or nullcontext(), self._begun(self._engines.writing) as session:
            self._check_version(session.connection(), max_pause_s=MAX_PAUSE_S)
            with vocabulary.remembering(session.connection(), self._stored_words):
                yield session
                session.commit()

    def transact(self, work: Callable[[Session], T]) -> T:
        """Return `work(session)`, run in a transaction.

        It is run again after a conflict with another transaction, once, and if the connection was lost meanwhile."""

        def run() -> T:
            with self.write() as session:
                return work(session)

        try:
            return self.patience.run(run)
        except (ConflictError, IntegrityError):
            return self.patience.run(run)

    @contextmanager
    def read(self, *, limit_s: float | None = None) -> Iterator[Session]:
        """Yield a session that sees one state of the database and cannot change it.

        With `limit_s`, statements that take longer raise DatabaseError (see `engines.time_limit`)."""
        if limit_s is None:
            with self._begun(self._engines.reading) as session:
                yield session
                # With a rollback psycopg would forget all statements that it has prepared, those of writers too. Readers
                # with a time limit end with one: each of their questions is planned for its own values.
                session.commit()
            return
        with Session(self._engines.reading) as session, engines.time_limit(session.connection(), limit_s):
            self._check_version(session.connection())
            yield session

    def ask(self, work: Callable[[Session], T]) -> T:
        """Return `work(session)`, run in a session that reads; run again if the connection was lost meanwhile."""

        def run() -> T:
            with self.read() as session:
                return work(session)

        return self.patience.run(run)

    def check_writable(self) -> None:
        """Raise DatabaseError if the database may only be read."""
        with self._engines.writing.begin() as connection:
            migrations.check_writable(connection)

    def sync(self) -> None:
        """Wait until committed transactions would survive a power cut."""
        with self._driver_errors():
            engines.sync(self._engines.writing)

    def close(self) -> None:
        """Close every connection; the next use opens new ones."""
        for engine in self._engines:
            engine.dispose()
        if self._queue is not None:
            self._queue.close()

    def _begun(self, engine: Engine) -> Session:
        """Return a session that is connected, once the server answers."""

        def begin() -> Session:
            session = Session(engine, expire_on_commit=engine is self._engines.writing)
            try:
                session.connection()
            except BaseException:
                session.close()
                raise
            return session

        return self.patience.run(begin)

    def _failure(self, error: DBAPIError) -> DatabaseError | None:
        """Return the exception to raise for an error of the driver, if the database itself has failed."""
        failure = dialect.failure_of(error)
        return None if failure is None else self._error(_explain(error.orig), _FAILURES[failure])

    @contextmanager
    def _driver_errors(self) -> Iterator[None]:
        """Raise errors of the driver of SQLite, used without SQLAlchemy, as a DatabaseError."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(_explain(error)) from error

    def _migrate(self) -> None:
        with self._engines.writing.begin() as connection:
            locks.take(connection, locks.Rank.MIGRATION, [migrations.LOCK])
            state = migrations.state(connection)
            if state in {"empty", "older"}:
                migrations.upgrade(connection)
            else:
                self._check(state)
                migrations.check_writable(connection)
        with self._driver_errors():
            engines.use_write_ahead_log(self._engines.writing)

    def _make_partitions(self) -> None:
        if self.has_one_writer:
            return
        now = datetime.now(UTC)
        with self._engines.writing.begin() as connection:
            if fetch_partitions.needs_weeks(connection, now):
                locks.take(connection, locks.Rank.MIGRATION, [migrations.LOCK])
                fetch_partitions.make_weeks(connection, now)

    def _finish_index(self, on_progress: Callable[[rebuild.Done], object]) -> None:
        with self.read() as session:
            is_finished = rebuild.is_finished(session.connection())
        while not is_finished:
            with self.write() as session:
                done = rebuild.step(session.connection())
            is_finished = done is None
            if done:
                on_progress(done)

    def _check_version(self, connection: Connection, max_pause_s: float | None = None) -> None:
        if not migrations.is_current(connection, max_pause_s=max_pause_s):
            self._check(migrations.state(connection))

    def _check(self, state: migrations.State) -> None:
        if state != "current":
            raise self._error(migrations.ADVICE[state])

    def _check_exists(self) -> None:
        with self._engines.reading.connect() as connection:
            if migrations.state(connection) == "empty":
                raise self._error(migrations.ADVICE["empty"])

    @property
    def _path(self) -> Path:
        """Path of the file of an SQLite database."""
        return Path((self._parsed.database or "").removeprefix("file:"))

    def _check_path(self, *, may_create: bool) -> None:
        path = self._path
        if path.is_dir():
            raise self._error("that is a folder; name a file")
        if not may_create and not path.exists():
            raise self._error(migrations.ADVICE["empty"])
        if not path.parent.is_dir():
            raise self._error(f"the folder {path.parent} does not exist; create it or name another")

    def _error(self, reason: str, kind: type[DatabaseError] = DatabaseError) -> DatabaseError:
        return kind(f"The database {self.url} cannot be used: {reason}", url=self.url)


def _begin_transaction(connection: Connection) -> None:
    locks.reset(connection)
    deferred.forget(connection)
    waiting_rows.forget(connection)
    memory.forget(connection)
    full_text.forget_pending(connection)


def _before_statement(connection: Connection, statement: str) -> None:
    waiting_rows.send_named(connection, statement)
    memory.see(connection, statement)


def _finish_transaction(connection: Connection) -> None:
    try:
        waiting_rows.send(connection)
        deferred.write(connection)
        waiting_rows.send(connection)
        full_text.write_pending(connection)
    except BaseException:
        # SQLAlchemy takes a commit that fails before it is sent for one that has ended the transaction: the connection
        # would go back to the pool with its locks.
        connection.connection.rollback()
        raise


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        driver = engines.DRIVERS.get(parsed.get_backend_name())
    except (ArgumentError, ValueError) as error:
        raise UsageError(f"The database URL {masked_url(url)!r} cannot be read; {ACCEPTED}") from error
    if driver is None or parsed.drivername not in {parsed.get_backend_name(), driver}:
        raise UsageError(f"The database URL {masked_url(url)!r} is of an unsupported kind; {ACCEPTED}")
    if "@" in (parsed.host or ""):
        raise UsageError(f"The database URL {masked_url(url)!r} has an @ in its password: write it as %40")
    if engines.is_sqlite_url(parsed) and parsed.database in {None, "", ":memory:"}:
        raise UsageError(f"The database URL {masked_url(url)!r} names no file; {ACCEPTED}")
    return parsed.set(drivername=driver)


def _explain(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    for sign, advice in _ADVICE:
        if sign in lines[0]:
            return advice
    return lines[0]
