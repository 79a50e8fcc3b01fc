"""The database of the queue: where it is, and newsbot's own tables beside those of Procrastinate.

It may be the database of the articles or one of its own. Nothing here imports Procrastinate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from newsbot.errors import DatabaseError, UsageError
from newsbot.masking import masked_url
from newsbot.store.sql.server_connections import connect_arguments

ACCEPTED = "accepted: postgresql+psycopg://USER@HOST/NAME"
TABLES = """
CREATE TABLE IF NOT EXISTS newsbot_workers (
    worker_id bigint PRIMARY KEY REFERENCES procrastinate_workers (id) ON DELETE CASCADE,
    kind text NOT NULL,
    slots integer NOT NULL,
    process text NOT NULL,
    version text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    done bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    memory_bytes bigint NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS newsbot_job_counts (
    minute timestamptz NOT NULL,
    queue text NOT NULL,
    done bigint NOT NULL,
    failed bigint NOT NULL,
    PRIMARY KEY (minute, queue)
);
CREATE TABLE IF NOT EXISTS newsbot_passes (
    kind text PRIMARY KEY,
    version text NOT NULL,
    after_id bigint NOT NULL,
    ended_at timestamptz
);
CREATE TABLE IF NOT EXISTS newsbot_failures (
    job_id bigint PRIMARY KEY REFERENCES procrastinate_jobs (id) ON DELETE CASCADE,
    reason text NOT NULL
);
"""
"""Newsbot's own tables: which workers there are, how many jobs have ended in each minute, how far the passes over all
articles are, and why jobs have failed. Every version of newsbot may add columns with defaults, so that older workers go on."""


class QueueDatabase:
    """The database of the queue. Every use has a connection of its own; several threads may use it.

    Raises UsageError for a URL that is not one of PostgreSQL, DatabaseError if the server fails."""

    def __init__(self, url: str) -> None:
        self.url = masked_url(url)
        """The URL without its password, for messages."""
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise UsageError(f"The queue URL {self.url!r} cannot be read; {ACCEPTED}") from error
        if parsed.get_backend_name() != "postgresql":
            raise UsageError(
                f"many machines: the queue needs PostgreSQL, and NEWSBOT_QUEUE_URL (or NEWSBOT_DATABASE_URL) is {self.url}; {ACCEPTED}"
            )
        parsed = parsed.set(drivername="postgresql+psycopg")
        try:
            self._engine: Engine = create_engine(
                parsed,
                poolclass=NullPool,  # it is asked every few seconds at most
                connect_args=connect_arguments(parsed),
                isolation_level="AUTOCOMMIT",
            )
        except ModuleNotFoundError as error:
            raise UsageError(
                f"{self.url}: needs the package {error.name}: pip install 'newsbot[cluster]'"
            ) from error
        self.connect_arguments: Mapping[str, Any] = {
            **connect_arguments(parsed),
            **self._engine.dialect.create_connect_args(parsed)[1],
        }
        """Arguments with which psycopg connects to the same database."""

    def is_made(self) -> bool:
        """Return whether `newsbot cluster init` has made the tables of the queue."""
        with self.connected() as connection:
            made = text(
                "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AND to_regclass('newsbot_failures') IS NOT NULL"
            )
            return bool(connection.scalar(made))

    def has_queue(self) -> bool:
        """Return whether Procrastinate's own tables exist."""
        with self.connected() as connection:
            return bool(connection.scalar(text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")))

    def check(self) -> None:
        """Raise UsageError if the tables of the queue have not been made."""
        if not self.is_made():
            raise UsageError(f"{self.url} has no queue yet; make it: newsbot cluster init")

    def make_tables(self) -> None:
        """Make newsbot's own tables, those of Procrastinate exist already. Tables that exist are left as they are."""
        with self.connected() as connection:
            connection.execute(text(TABLES))

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Yield a connection of which every statement is committed at once."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            reason = (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0]
            raise DatabaseError(f"The queue {self.url} cannot be used: {reason}", url=self.url) from error


def is_away(error: BaseException | None) -> bool:
    """Return whether psycopg says by an exception that the server cannot be reached now, or has broken off."""
    import psycopg

    return isinstance(error, psycopg.OperationalError)
