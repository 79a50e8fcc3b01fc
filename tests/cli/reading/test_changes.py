"""`newsbot changes`: lines, cursors, filters, following, errors."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner, Result

from newsbot.cli import newsbot
from newsbot.cli import run as run_newsbot
from newsbot.store.database import Database
from tests.store.samples import LATER, article, save

NOTE = "\n\nThe council will meet again on Thursday to vote on the cranes, a clerk said."


@pytest.fixture
def filled(database: Database, database_url: str) -> str:
    """The URL of a database with two articles, a silent edit, and a copy: five changes."""
    save(database, article(1))
    save(database, article(2, source="other.example", url="https://other.example/2", language="de"))
    save(database, article(1, body=article(1).body + NOTE), now=LATER)
    save(database, article(2, url="https://copies.example/2", source="copies.example"), now=LATER)
    return database_url


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(newsbot, ["changes", "--database", url, *arguments])


def lines(url: str, *arguments: str) -> list[Any]:
    done = run(url, *arguments)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_change_is_a_line(filled: str) -> None:
    found = lines(filled)
    assert [line["number"] for line in found] == [1, 2, 3, 4, 5]
    assert [line["change"] for line in found] == ["new", "new", "revised", "new", "regrouped"]
    assert found[2]["is_silent"] is True
    assert found[4]["article"]["title"] == "Harbour opened, part 2"


def test_every_cursor_goes_on_where_it_ends(filled: str) -> None:
    found = lines(filled)
    for place, line in enumerate(found, 1):
        assert lines(filled, "--cursor", line["cursor"]) == found[place:]
        assert lines(filled, "--cursor", str(line["number"])) == found[place:]
    assert lines(filled, "--cursor", "now") == []


def test_cursor_of_now_is_said(filled: str) -> None:
    said = run(filled, "--cursor", "now").stderr
    assert said == f"newsbot: the last change so far has the cursor {lines(filled)[-1]['cursor']}\n"


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (["--limit", "2"], [1, 2]),
        (["--kind", "revised,regrouped"], [3, 5]),
        (["--kind", "revised", "--kind", "new", "--limit", "3"], [1, 2, 3]),
        (["--silent"], [3]),
        (["--source", "other.example"], [2, 5]),
        (["--language", "de"], [2, 5]),
        (["--source", "other.example,news.example", "--kind", "new"], [1, 2]),
    ],
)
def test_filters(filled: str, arguments: list[str], numbers: list[int]) -> None:
    assert [line["number"] for line in lines(filled, *arguments)] == numbers


def test_full_lines_have_the_whole_article(filled: str) -> None:
    found = lines(filled, "--full", "--limit", "1")[0]["article"]
    assert found["body"] == article(1).body + NOTE
    assert found["gone_at"] is None
    assert {"entities", "provenance", "links"} <= found.keys()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cursor", "6"], "beyond the last change (5)"),
        (["--cursor", "2-00000000"], "does not belong to this log"),
        (["--cursor", "yesterday"], "'yesterday' cannot be read"),
        (["--cursor", "9" * 30], "cannot be read"),
        (["--cursor", "-1"], "cannot be read"),
        (["--kind", "renewed"], "new, revised, corrected, gone, restored, regrouped, deleted"),
        (["--source", "lost.example"], "news.example, other.example"),
        (["--limit", "0"], "--limit"),
        (["--interval", "0"], "--interval"),
    ],
)
def test_mistake_is_one_line_that_says_what_is_accepted(
    filled: str, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run_newsbot(newsbot, ["changes", "--database", filled, *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert said in output.err


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_follow_prints_what_comes_until_it_is_stopped(
    database: Database, filled: str, number: signal.Signals, status: int
) -> None:
    command = [sys.executable, "-m", "newsbot", "changes", "--follow", "--interval", "0.1", "--cursor", "4"]
    follower = subprocess.Popen([*command, "--database", filled], stdout=-1, stderr=-1, text=True)
    assert follower.stdout
    assert json.loads(follower.stdout.readline())["number"] == 5
    for count in (6, 7):
        save(database, article(count))
        assert json.loads(follower.stdout.readline())["number"] == count
    follower.send_signal(number)
    out, error = follower.communicate(timeout=60)
    assert (out, error.strip(), follower.returncode) == ("", "newsbot: stopped", status)
