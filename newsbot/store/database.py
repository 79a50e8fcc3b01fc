"""Opens the database of a URL, migrates its tables, and runs transactions in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Self, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from newsbot.errors import DatabaseError, UsageError
from newsbot.masking import masked_url
from newsbot.store.index import full_text
from newsbot.store.schema import migrations
from newsbot.store.sql import deferred, dialect, engines, locks

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
    ("malformed", "the file is damaged; restore it from a backup"),
)


class Database:
    """A database, given by its URL. Nothing is opened before `open`. It may be used from many threads.

    `turns` is a lock for several processes that write to the same SQLite file: without it, SQLite lets waiting processes
    poll at growing intervals.

    Raises UsageError for a URL that cannot be read or is of an unsupported database."""

    def __init__(self, url: str, *, turns: AbstractContextManager[object] | None = None) -> None:
        self.url = masked_url(url)
        """The URL without its password, for messages."""
        self._parsed = _parse(url)
        try:
            self._engines = engines.make_engines(
                self._parsed, on_begin=_begin_transaction, before_commit=_finish_transaction
            )
        except ModuleNotFoundError as error:
            raise UsageError(
                f"{self.url}: needs the package {error.name}: pip install 'newsbot[postgres]'"
            ) from error
        self.has_one_writer = engines.is_sqlite_url(self._parsed)
        """Whether the database runs one writing transaction at a time (SQLite)."""
        # Threads queue here in their order instead of polling for the lock of the file.
        self._writer = (turns or Lock()) if self.has_one_writer else nullcontext()

    def open(self, *, migrate: bool = True) -> Self:
        """Check the database and return it. Raises DatabaseError, with a message of one line, if it cannot be used.

        With `migrate` missing tables are created, old ones are migrated, and the database must be writable. Without it,
        the tables must exist and be current."""
        if engines.is_sqlite_url(self._parsed):
            self._check_path(migrate)
        try:
            if migrate:
                self._migrate()
            else:
                with self._engines.reading.connect() as connection:
                    self._check(migrations.state(connection))
        except DBAPIError as error:
            raise self._error(_explain(error)) from error
        return self

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session in a transaction that may write; it is committed at the end, rolled back by an exception."""
        with self._writer, Session(self._engines.writing) as session, session.begin():
            yield session

    def transact(self, work: Callable[[Session], T]) -> T:
        """Return `work(session)`, run in a transaction; after a conflict with another one it is run once more."""
        try:
            with self.write() as session:
                return work(session)
        except DBAPIError as error:
            if not dialect.is_conflict(error):
                raise
        with self.write() as session:
            return work(session)

    @contextmanager
    def read(self, *, limit_s: float | None = None) -> Iterator[Session]:
        """Yield a session that sees one state of the database and cannot change it.

        With `limit_s`, statements that take longer raise OperationalError (see `engines.time_limit`)."""
        with Session(self._engines.reading) as session:
            if limit_s is None:
                yield session
                return
            with engines.time_limit(session.connection(), limit_s):
                yield session

    def sync(self) -> None:
        """Wait until committed transactions would survive a power cut."""
        engines.sync(self._engines.writing)

    def close(self) -> None:
        """Close every connection; the next use opens new ones."""
        for engine in self._engines:
            engine.dispose()

    def _migrate(self) -> None:
        with self._engines.writing.begin() as connection:
            locks.take(connection, locks.Rank.MIGRATION, [migrations.LOCK])
            state = migrations.state(connection)
            if state in {"empty", "older"}:
                migrations.upgrade(connection)
            else:
                self._check(state)
                migrations.check_writable(connection)
        engines.use_write_ahead_log(self._engines.writing)

    def _check(self, state: migrations.State) -> None:
        if state != "current":
            raise self._error(migrations.ADVICE[state])

    def _check_path(self, migrate: bool) -> None:
        path = Path((self._parsed.database or "").removeprefix("file:"))
        if path.is_dir():
            raise self._error("that is a folder; name a file")
        if not migrate and not path.exists():
            raise self._error(migrations.ADVICE["empty"])
        if not path.parent.is_dir():
            raise self._error(f"the folder {path.parent} does not exist; create it or name another")

    def _error(self, reason: str) -> DatabaseError:
        return DatabaseError(f"The database {self.url} cannot be used: {reason}", url=self.url)


def _begin_transaction(connection: Connection) -> None:
    locks.reset(connection)
    deferred.forget(connection)
    full_text.forget_pending(connection)


def _finish_transaction(connection: Connection) -> None:
    deferred.write(connection)
    full_text.write_pending(connection)


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


def _explain(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
    for sign, advice in _ADVICE:
        if sign in lines[0]:
            return advice
    return lines[0]
