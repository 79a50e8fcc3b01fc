from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Connection, create_engine, text

from newsbot.errors import DatabaseError
from newsbot.store.database import Database
from newsbot.store.schema import migrations
from newsbot.store.schema.models import Base
from tests.store.samples import article, load, save
from tests.store.schema.older_database import make_older, rows_of

OPEN = "import sys; from newsbot.store.database import Database; Database(sys.argv[1]).open().close()"


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_migrated_tables_are_those_of_the_models(bare_database_url: str) -> None:
    database = Database(bare_database_url).open()
    with database.read() as session:
        context = MigrationContext.configure(
            session.connection(),
            opts={
                "include_name": migrations.is_ours,
                "version_table": migrations.VERSION_TABLE,
                "compare_type": True,
                "compare_server_default": _compare_default,
            },
        )
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def _compare_default(
    _context: object, inspected: Column[Any], _model: Column[Any], *defaults: str | None
) -> bool | None:
    """Return whether defaults differ; PostgreSQL cannot compare those of JSON columns."""
    stored, _, in_model = defaults
    if isinstance(inspected.type, JSON):
        return (stored or "").removesuffix("::json").strip("'") != (in_model or "")
    return None  # compared as usual


def test_head_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def changes(source: str) -> list[str]:
    """Return what a migration does beside adding to the tables, as it is written there."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("op.") and not _only_adds(node)
    ]


def _only_adds(call: ast.Call) -> bool:
    if call.func.attr != "add_column":  # type: ignore[attr-defined]
        return ast.unparse(call.func) in {"op.create_table", "op.create_index", "op.get_bind"}
    column = ast.unparse(call.args[1])
    return "nullable=True" in column or "server_default=" in column


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("op.create_table('a', sa.Column('b', sa.Text(), nullable=False))", 0),
        ("op.add_column('a', sa.Column('b', sa.Text(), nullable=True))", 0),
        ("op.add_column('a', sa.Column('b', sa.Text(), nullable=False, server_default=''))", 0),
        ("op.add_column('a', sa.Column('b', sa.Text(), nullable=False))", 1),
        ("op.drop_column('a', 'b')", 1),
        ("op.execute('DELETE FROM a')", 1),
    ],
)
def test_changes_of_a_migration_are_found(source: str, number: int) -> None:
    assert len(changes(source)) == number


def test_migrations_that_older_programs_survive_only_add_to_the_tables() -> None:
    """Those with a number below that of the one before, such as 0008.1."""
    additions = (migrations.FOLDER / "versions").glob("*.*_*.py")
    assert {path.name: found for path in additions if (found := changes(path.read_text()))} == {}


def test_opening_again_keeps_what_is_stored(bare_database_url: str) -> None:
    first = Database(bare_database_url).open()
    save(first, article(1))
    first.close()
    second = Database(bare_database_url).open()
    assert load(second, 1)
    second.close()


def test_processes_that_start_at_once_on_an_empty_database(bare_database_url: str) -> None:
    starts = [
        subprocess.Popen([sys.executable, "-c", OPEN, bare_database_url], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [(process.communicate()[1], process.returncode) for process in starts] == [("", 0)] * 3


@pytest.mark.parametrize(
    ("statements", "migrate", "message"),
    [
        pytest.param(
            [
                "CREATE TABLE newsbot_version (version_num VARCHAR(32))",
                "INSERT INTO newsbot_version VALUES ('9999')",
            ],
            True,
            "made by a newer version of newsbot; upgrade newsbot",
            id="newer",
        ),
        pytest.param(["CREATE TABLE articles (id INTEGER)"], True, "tables of another program", id="foreign"),
        pytest.param(["CREATE TABLE notes (id INTEGER)"], False, "stored nothing there yet", id="empty"),
    ],
)
def test_database_that_is_not_ours_to_use(
    bare_database_url: str, statements: list[str], migrate: bool, message: str
) -> None:
    _execute(bare_database_url, *statements)
    database = Database(bare_database_url)
    with pytest.raises(DatabaseError, match=message) as error:
        database.open(migrate=migrate)
    assert "\n" not in str(error.value)
    database.close()


@pytest.mark.parametrize("version", ["0001", "0002"])
def test_migrating_an_older_database_keeps_every_row(bare_database_url: str, version: str) -> None:
    make_older(bare_database_url, version, 9)
    before = rows_of(bare_database_url)
    Database(bare_database_url).open().close()
    after = rows_of(bare_database_url)
    before["entity_sums"] = before.pop("entity_totals")  # a view now
    for table, rows in before.items():
        assert len(after[table]) == len(rows), table
        for old, new in zip(rows, after[table], strict=True):
            kept = old.keys() & new.keys()
            assert {name: old[name] for name in kept} == {name: new[name] for name in kept}, table


def test_migration_that_fails_changes_nothing(
    bare_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_older(bare_database_url, "0001", 3)
    before = rows_of(bare_database_url)

    def upgrade_and_fail(connection: Connection) -> None:
        upgrade(connection)
        raise KeyError("killed")

    upgrade = migrations.upgrade
    monkeypatch.setattr(migrations, "upgrade", upgrade_and_fail)
    database = Database(bare_database_url)
    with pytest.raises(KeyError):
        database.open()
    database.close()
    assert rows_of(bare_database_url) == before


@pytest.mark.parametrize("bare_database_url", ["postgresql"], indirect=True)
def test_fetches_are_moved_into_partitions(bare_database_url: str) -> None:
    make_older(bare_database_url, "0002", 9)
    _execute(
        bare_database_url,
        "UPDATE fetches SET outcome = 'article' WHERE id < 3",
        "UPDATE fetches SET fetched_at = now() - interval '1 day' * id WHERE id BETWEEN 3 AND 5",
        "UPDATE fetches SET fetched_at = '2001-01-01 00:00:00+00' WHERE id > 7",
    )
    before = rows_of(bare_database_url)["fetches"]
    database = Database(bare_database_url).open()
    after = rows_of(bare_database_url)["fetches"]
    assert [{name: row[name] for name in before[0]} for row in after] == before
    with database.read() as session:
        rows = session.execute(text("SELECT id, tableoid::regclass::text AS place FROM fetches")).all()
        places = {row.id: row.place for row in rows}
    database.close()
    assert places[1] == places[2] == "fetches_articles"
    assert places[8] == places[9] == "fetches_undated"
    assert all(places[number].removeprefix("fetches_").isdigit() for number in (3, 4, 5))
