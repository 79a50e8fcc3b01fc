"""`newsbot db prune`: what it prints, which settings it follows, and what is accepted."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select

from newsbot.cli import newsbot, run
from newsbot.store.database import Database
from newsbot.store.schema.models import Fetch, RejectRow, Run

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", database_url)
    monkeypatch.setenv("NEWSBOT_ARCHIVE_DIR", "")


@pytest.fixture
def filled(database: Database) -> Database:
    fetch = {"url": "https://news.example/feed", "url_hash": b"f" * 16, "outcome": "feed"}
    reject = {"url": "https://news.example/1", "url_hash": b"r" * 16, "stage": "validate", "reason": "list"}
    moments = [NOW - timedelta(days=days) for days in (400, 100, 20, 1)]
    with database.write() as session:
        session.execute(insert(Fetch), [fetch | {"fetched_at": at} for at in moments])
        session.execute(
            insert(RejectRow),
            [
                reject | {"detail": "", "reason": f"list-{at.day}", "first_seen_at": at, "last_seen_at": at}
                for at in moments
            ],
        )
    return database


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(newsbot, ["db", "prune", *arguments])


def test_settings_say_how_long_rows_are_kept(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBOT_KEEP_FETCHES_DAYS", "50")
    monkeypatch.setenv("NEWSBOT_KEEP_REJECTS_DAYS", "")
    expected = {"dry_run": True, "fetches": 2, "frontier": 0, "rejects": 0, "skipped": []}
    assert json.loads(invoke("--dry-run", "--json").stdout) == expected
    assert json.loads(invoke("--json").stdout) == expected | {"dry_run": False}
    assert json.loads(invoke("--json").stdout)["fetches"] == 0
    with filled.read() as session:
        assert len(session.scalars(select(Fetch.id)).all()) == 2
        assert len(session.scalars(select(RejectRow.id)).all()) == 4
        run = session.scalars(select(Run).order_by(Run.id)).first()
    assert run
    assert (run.spider, run.finish_reason, run.counts) == (
        "db prune",
        "finished",
        {"fetches": 2, "frontier": 0, "rejects": 0},
    )


def test_tables_that_are_kept_for_ever_are_counted_as_0(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for table in ("FETCHES", "FRONTIER", "REJECTS"):
        monkeypatch.setenv(f"NEWSBOT_KEEP_{table}_DAYS", "0")
    counts = {"fetches": 0, "frontier": 0, "rejects": 0}
    assert json.loads(invoke("--json").stdout) == {"dry_run": False, **counts, "skipped": []}


def test_numbers_are_printed_as_a_table(filled: Database) -> None:
    printed = invoke().stdout.split()
    assert printed[printed.index("fetches") + 1] == "2"
    assert printed[printed.index("rejects") + 1] == "1"


@pytest.mark.parametrize("days", ["13", "-1", "two"])
def test_too_few_days_are_refused_in_one_line(
    days: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSBOT_KEEP_FETCHES_DAYS", days)
    assert run(newsbot, ["db", "prune"]) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "NEWSBOT_KEEP_FETCHES_DAYS" in message
    assert "0 or empty: for ever" in message


def test_a_database_that_does_not_exist_is_not_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(newsbot, ["db", "prune", "--database", "sqlite:///missing.db"]) == 1
    assert "nothing" in capsys.readouterr().err
