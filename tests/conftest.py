"""Databases for tests: every test that asks for one runs on SQLite and on PostgreSQL, each time on an empty one.

PostgreSQL is expected at `NEWSBOT_TEST_POSTGRES`. Where it cannot be reached its tests are skipped, or fail if
`NEWSBOT_REQUIRE_SERVICES=1`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from newsbot.store.database import Database

KINDS = ["sqlite", "postgresql"]
POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    yield from _empty(request, tmp_path)


@pytest.fixture(scope="module", params=KINDS)
def module_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of an empty database that the tests of one module share, to fill once and read often."""
    yield from _empty(request, tmp_path_factory.mktemp("database"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database without articles."""
    opened = Database(database_url).open()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_url() -> URL:
    """The URL of a PostgreSQL server that can be reached."""
    url = make_url(os.environ.get("NEWSBOT_TEST_POSTGRES", POSTGRES))
    try:
        _execute(url.update_query_dict({"connect_timeout": "5"}), "SELECT 1")
    except (OperationalError, ModuleNotFoundError) as error:
        reason = f"PostgreSQL cannot be used ({url!r}): {str(error).splitlines()[0]}"
        if os.environ.get("NEWSBOT_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return url


def _empty(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'newsbot.db'}"
    else:
        yield from _schema(request.getfixturevalue("postgres_url"))


def _schema(server: URL) -> Iterator[str]:
    name = f"newsbot_test_{uuid4().hex}"
    _execute(server, f"CREATE SCHEMA {name}")
    # Not waiting for the disk halves the time of the tests; what is stored is the same.
    url = server.update_query_dict({"options": f"-csearch_path={name} -csynchronous_commit=off"})
    yield url.render_as_string(hide_password=False)
    # A connection that a test has left inside a transaction must not hang the others.
    _execute(server, f"SET lock_timeout = '10s'; DROP SCHEMA {name} CASCADE")


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
