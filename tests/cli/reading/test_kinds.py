"""The filter by kind, and what commands say of stubs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from newsbot.cli import newsbot
from newsbot.ingest.record import record_reject
from newsbot.items import Article, Reject
from newsbot.store.database import Database
from tests.store.samples import NOW, article, save

URL = "https://news.example/2026/walled"


@pytest.fixture
def filled(database: Database, database_url: str) -> str:
    """The URL of a database with one article and one stub, whose ids are 1 and 2."""
    save(database, article())
    left = Article(url=URL, source="news.example", title="A walled harbour", kind="stub", published_at=NOW)
    with database.write() as session:
        record_reject(session, Reject(url=URL, reason="http-402", stub=left), run_id=None, now=NOW)
    return database_url


def run(*arguments: str) -> Result:
    return CliRunner().invoke(newsbot, arguments)


def lines(*arguments: str) -> list[Any]:
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], ["article", "stub"]),
        (["--kind", "stub"], ["stub"]),
        (["--kind", "article,live_blog"], ["article"]),
        (["--kind", "article", "--kind", "stub"], ["article", "stub"]),
        (["--kind", "live_blog"], []),
    ],
)
def test_commands_filter_by_kind(filled: str, options: list[str], found: list[str]) -> None:
    for command in (["export"], ["search", "--json"], ["search", "harbour", "--json"]):
        listed = lines(*command, *options, "--database", filled)
        assert sorted(line["kind"] for line in listed) == found, command


@pytest.mark.parametrize("command", ["search", "export"])
def test_unknown_kind_is_an_error_that_says_what_is_accepted(filled: str, command: str) -> None:
    done = run(command, "--kind", "stub,podcast", "--database", filled)
    assert done.exit_code == 2
    assert "no kind 'podcast'; accepted: article, live_blog, stub" in done.stderr


def test_lists_and_show_say_why_there_is_no_text(filled: str) -> None:
    for command in (["search"], ["search", "walled"], ["show", "2"]):
        done = run(*command, "--database", filled)
        assert "not readable here: http-402" in done.stdout, command
    assert URL in run("show", "2", "--database", filled).stdout
    assert "something else now" not in run("show", "2", "--database", filled).stderr


def test_stats_count_stubs_apart(filled: str) -> None:
    [counts] = lines("stats", "--json", "--database", filled)
    assert (counts["articles"], counts["stubs"]) == (1, 1)
    assert (counts["by_source"][0]["article_count"], counts["by_source"][0]["stub_count"]) == (1, 1)
    assert "stubs" in run("stats", "--database", filled).stdout


def test_an_export_with_stubs_can_be_imported(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSBOT_ENTITY_ENGINE", "none")
    file, other = tmp_path / "export.jsonl", f"sqlite:///{tmp_path / 'other.db'}"
    assert run("export", "-o", str(file), "--database", filled).exit_code == 0
    for counted in ("2 new", "2 unchanged"):
        done = run("import", str(file), "--database", other)
        assert done.exit_code == 0, done.output
        assert counted in done.output
    known = ("id", "kind", "title", "body", "first_seen_at", "revision", "story_id")
    exported = [json.loads(line) for line in file.read_text().splitlines()]
    imported = lines("export", "--database", other)
    assert [[line[name] for name in known] for line in imported] == [
        [line[name] for name in known] for line in exported
    ]
    monkeypatch.setenv("NEWSBOT_STUBS", "0")
    without = f"sqlite:///{tmp_path / 'without.db'}"
    run("import", str(file), "--database", without)
    assert [line["kind"] for line in lines("export", "--database", without)] == ["article"]
