"""Databases for tests: every test that asks for one runs on SQLite and on PostgreSQL, each time on an empty one.

PostgreSQL is expected at `NEWSBOT_TEST_POSTGRES`. Where it cannot be reached its tests are skipped, or fail if
`NEWSBOT_REQUIRE_SERVICES=1`.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from newsbot.configuration.origins import OF_TESTS
from newsbot.store.database import Database
from newsbot.store.schema.models import Base

KINDS = ["sqlite", "postgresql"]
ON_SQLITE = [
    Path(__file__).parent / name
    for name in ("web", "cli", "spiders", "commands", "extensions", "middlewares", "jobs", "docs", "api")
]
"""Tests of what stores and reads through `newsbot.store`, whose own tests run on both databases: quick on SQLite only."""
POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/test"

# A run finds what the last one has found, on machines of any speed. `--hypothesis-profile=default` tries what is new.
hypothesis.settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")


def pytest_configure() -> None:
    """Have processes that tests start listen to SIGINT: a suite that runs in the background ignores it, and so would they."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep settings out of the tests that the environment or the config folder of whoever runs them has."""
    for name in [
        name for name in os.environ if name.startswith("NEWSBOT_") and not name.startswith(OF_TESTS)
    ]:
        del os.environ[name]
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests marked slow, unless one is named or `NEWSBOT_SLOW_TESTS=1`."""
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in ON_SQLITE):
            item.add_marker("slow_on_postgresql")
    is_named = any("::" in argument for argument in config.args)
    if is_named or os.environ.get("NEWSBOT_SLOW_TESTS") == "1":
        return
    slow = [item for item in items if _is_slow(item)]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]


def _is_slow(item: pytest.Item) -> bool:
    on_postgresql = "postgresql" in item.name and item.get_closest_marker("slow_on_postgresql")
    return bool(on_postgresql or item.get_closest_marker("slow"))


@pytest.fixture(scope="session", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Have processes that tests start compile modules once, not each on its own, which takes most of their time."""
    if sys.dont_write_bytecode:
        os.environ["PYTHONPYCACHEPREFIX"] = str(tmp_path_factory.mktemp("compiled"))
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own: its tables are up to date and empty, and not to be altered."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "newsbot.db")
        yield f"sqlite:///{path}"
    else:
        yield request.getfixturevalue("postgres_database_url")


@pytest.fixture
def postgres_database_url(migrated_schema: URL) -> str:
    """The URL of a database of the test's own on PostgreSQL, for what concerns servers only."""
    _execute(migrated_schema, EMPTY)
    return migrated_schema.render_as_string(hide_password=False)


@pytest.fixture(params=KINDS)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own without any tables."""
    with _bare(request, tmp_path) as url:
        yield url


@pytest.fixture(scope="module", params=KINDS)
def module_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of an empty database that the tests of one module share, to fill once and read often."""
    with _migrated(request, tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture(scope="session", params=KINDS)
def session_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of an empty database that the tests of several modules share, to fill once and read often."""
    with _migrated(request, tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database without articles."""
    opened = Database(database_url).open()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database to copy: to make one takes ten times longer."""
    path = tmp_path_factory.mktemp("migrated") / "newsbot.db"
    Database(f"sqlite:///{path}").open().close()
    return path


@pytest.fixture(scope="session")
def migrated_schema(postgres_url: URL) -> Iterator[URL]:
    """A schema to empty again and again: to make one takes ten times longer."""
    with _schema(postgres_url) as url:
        Database(url.render_as_string(hide_password=False)).open().close()
        _execute(url, NO_VACUUM)
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> URL:
    """The URL of a PostgreSQL server that can be reached."""
    url = make_url(os.environ.get("NEWSBOT_TEST_POSTGRES", POSTGRES))
    try:
        _execute(url.update_query_dict({"connect_timeout": "60"}), "SELECT 1")
    except (OperationalError, ModuleNotFoundError) as error:
        reason = f"PostgreSQL cannot be used ({url!r}): {str(error).splitlines()[0]}"
        if os.environ.get("NEWSBOT_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return url


@pytest.fixture(scope="session")
def object_server() -> Iterator[str]:
    """The URL of an object store in this process, as of S3."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(object_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty bucket of the test's own, which this process and those that it starts can use."""
    import boto3

    for name, value in {
        "AWS_ENDPOINT_URL": object_server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    name = f"newsbot-test-{uuid4().hex}"
    boto3.client("s3").create_bucket(Bucket=name)
    return f"s3://{name}"


EMPTY = ";".join(
    [
        # What a test has left behind, killed processes too, neither adds rows nor waits for locks any longer.
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
        " WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()",
        *(
            f"DELETE FROM {name}"
            for name in [
                "article_search",
                "article_search_words",
                *(table.name for table in reversed(Base.metadata.sorted_tables)),
            ]
            if name != "site"  # the identity of the database stays
        ),
        "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace",
    ]
)


# The server would look at the tables at times of its own, and then plan queries anew and store rows in other places.
NO_VACUUM = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = false)', name);
  END LOOP;
END $$
"""


@contextmanager
def _migrated(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    with _bare(request, folder) as url:
        Database(url).open().close()
        if request.param == "postgresql":
            _execute(make_url(url), NO_VACUUM)
        yield url


@contextmanager
def _bare(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'newsbot.db'}"
    else:
        with _schema(request.getfixturevalue("postgres_url")) as url:
            yield url.render_as_string(hide_password=False)


@contextmanager
def _schema(server: URL) -> Iterator[URL]:
    name = f"newsbot_test_{uuid4().hex}"
    _execute(server, f"CREATE SCHEMA {name}")
    # Not waiting for the disk halves the time of the tests; what is stored is the same.
    options = f"-csearch_path={name} -csynchronous_commit=off -capplication_name={name}"
    yield server.update_query_dict({"options": options})
    # A connection that a test has left inside a transaction must not hang the others.
    _execute(server, f"SET lock_timeout = '60s'; DROP SCHEMA {name} CASCADE")


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
