"""`newsbot outputs` and `newsbot watch`, with a newsbot.toml."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsbot.cli import newsbot, run
from newsbot.cli.sending.pace import pause_after
from newsbot.store.database import Database
from tests.outputs.receiver import Receiver, receiving
from tests.store.samples import article, save, save_all


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> Path:
    """A folder with a database of three articles, two outputs and a watch."""
    shutil.copy(migrated_file, tmp_path / "newsbot.db")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "newsbot.toml").write_text(f"""
allowed_networks = ["127.0.0.0/8"]

[[output]]
name = "lines"
kind = "stdout"
query = "harbour"

[[output]]
name = "hook"
kind = "webhook"
url = "{receiver.url}"

[[watch]]
name = "harbour"
query = "harbour"
webhook = "{receiver.url}"
""")
    database = Database("sqlite:///newsbot.db").open()
    save_all(database, [article(number) for number in (1, 2, 3)])
    database.close()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> tuple[str, str]:
    assert run(newsbot, list(arguments)) == status
    captured = capsys.readouterr()
    return captured.out, captured.err


def objects(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said(capsys, *arguments, "--json")[0].splitlines()]


def test_outputs_are_listed_run_and_reset(
    folder: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [(row["name"], row["behind"]) for row in objects(capsys, "outputs", "list")] == [
        ("lines", 3),
        ("hook", 3),
    ]
    out, err = said(capsys, "outputs", "run")
    assert [json.loads(line)["article_id"] for line in out.splitlines()] == [1, 2, 3]
    assert err == "lines: 3 delivered\nhook: 3 delivered\n"
    assert said(capsys, "outputs", "run") == ("", "")
    assert {row["behind"] for row in objects(capsys, "outputs", "list")} == {0}
    said(capsys, "outputs", "reset", "lines", "--cursor", "2")
    assert len(said(capsys, "outputs", "run", "lines")[0].splitlines()) == 1


def test_refused_changes_are_listed_and_sent_again_or_dropped(
    folder: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.answer = lambda _: (422, b"no")
    _, err = said(capsys, "outputs", "run", "hook")
    assert err == "hook: 0 delivered, 3 refused: see `newsbot outputs dead`\n"
    dead = objects(capsys, "outputs", "dead")
    assert [(row["name"], row["numbers"], row["error"]) for row in dead] == [
        ("hook", [number], "HTTP 422: no") for number in (1, 2, 3)
    ]
    receiver.answer = lambda _: (200, b"")
    said(capsys, "outputs", "drop", str(dead[0]["id"]))
    said(capsys, "outputs", "retry", "--all")
    assert said(capsys, "outputs", "run", "hook")[1] == "hook: 2 delivered\n"
    assert objects(capsys, "outputs", "dead") == []
    _, err = said(capsys, "outputs", "retry", "9", status=2)
    assert err == "newsbot: no letter 9 was given up; accepted: none; nothing was given up\n"


def test_output_that_cannot_be_reached_is_a_failure_of_one_line(
    folder: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsbot.outputs.delivery.PAUSES_S", ())
    receiver.answer = lambda _: (500, b"broken\n\x1b[31m")
    _, err = said(capsys, "outputs", "run", "hook", status=1)
    assert err.startswith("newsbot: hook: HTTP 500: broken")
    assert "\x1b" not in err
    assert objects(capsys, "outputs", "list")[1]["failures"] == 1


def test_watch_is_tested_run_and_listed(
    folder: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = said(capsys, "watch", "test", "harbour")
    assert out.startswith("webhook ")
    assert out.endswith("\tsent\n")
    assert said(capsys, "watch", "run") == ("", "")  # it begins here
    database = Database("sqlite:///newsbot.db").open()
    save(database, article(4))
    database.close()
    assert said(capsys, "watch", "run")[1] == "harbour: 1 found, 1 sent\n"
    [row] = objects(capsys, "watch", "list")
    assert (row["found"], row["last"]) == (1, "Harbour opened, part 4")
    receiver.answer = lambda _: (500, b"")
    out, _ = said(capsys, "watch", "test", "harbour", status=1)
    assert out.endswith("\tnot sent: HTTP 500\n")


@pytest.mark.parametrize(
    ("table", "arguments", "message"),
    [
        (
            "[[output]]\nname='a'\nkind='fax'",
            ("outputs", "list"),
            "[[output]] 'a': kind is 'fax'; accepted: stdout, webhook, files",
        ),
        (
            "[[output]]\nname='a'\nkind='no_such:Kind'",
            ("outputs", "list"),
            "kind is 'no_such:Kind', which cannot be used (ModuleNotFoundError: No module named 'no_such'); accepted: stdout,",
        ),
        (
            "[[output]]\nname='a'\nkind='newsbot.items:Article'",
            ("outputs", "run"),
            "which cannot be used (it has no Table, a subclass of OutputTable); accepted: stdout,",
        ),
        (
            "[[output]]\nname='a'\nkind='stdout'\nurl='x'",
            ("outputs", "run"),
            "[[output]] 'a': the key 'url' is no key of this table; accepted: name, query,",
        ),
        (
            "[[output]]\nname='a'\nkind='webhook'",
            ("outputs", "run"),
            "[[output]] 'a': the key 'url' is missing; accepted: name,",
        ),
        (
            "[[output]]\nname='a'\nkind='stdout'\nbatch=0",
            ("outputs", "run"),
            "batch is 0; accepted: a number of changes, 1 to 1000",
        ),
        (
            "[[watch]]\nname='a'\nevery='x'",
            ("watch", "run"),
            "[[watch]] 'a': every is 'x' (is no period); accepted:",
        ),
        (
            "",
            ("outputs", "run", "x"),
            "no output 'x'; accepted: none; make one with an [[output]] table in newsbot.toml",
        ),
        ("", ("watch", "test", "x"), "no watch 'x'; accepted: none; make one"),
        (
            "[[output]]\nname='a'\nkind='stdout'",
            ("outputs", "reset", "a", "--cursor", "99"),
            "the cursor '99' is beyond the last change (3)",
        ),
        (
            "[[output]]\nname='a'\nkind='stdout'",
            ("outputs", "retry"),
            "accepted: the ids that `dead` lists, or --all",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_mistake_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], table: str, arguments: tuple[str, ...], message: str
) -> None:
    (folder / "newsbot.toml").write_text(table)
    _, err = said(capsys, *arguments, status=2)
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("group", ["outputs", "watch"])
def test_follow_goes_on_until_it_is_stopped(
    folder: Path,
    receiver: Receiver,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    group: str,
) -> None:
    pauses: list[float] = []

    def meanwhile(pause_s: float) -> None:
        """Store an article while it waits; press Ctrl-C the second time."""
        pauses.append(pause_s)
        if len(pauses) == 2:
            raise KeyboardInterrupt
        database = Database("sqlite:///newsbot.db").open()
        save(database, article(4))
        database.close()

    monkeypatch.setattr("time.sleep", meanwhile)
    _, err = said(capsys, group, "run", "--follow", status=130)
    assert pauses == [5.0, 5.0]
    assert json.loads(receiver.requests[-1].body)["type"] == ("changes" if group == "outputs" else "watch")
    assert err.endswith("newsbot: stopped\n")


def test_pause_doubles_with_each_failure_up_to_five_minutes() -> None:
    assert [pause_after(failures, 5.0) for failures in (0, 1, 2, 9)] == [5, 10, 20, 300]
