"""What holds for every command: its help, its examples, its options, and what they cost before they work."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest
from click.shell_completion import ShellComplete

from newsbot.cli import COMMANDS, newsbot, run
from newsbot.cli.groups import LazyGroup, summary_of
from newsbot.cli.reading.changes import KINDS
from newsbot.cli.reading.count import GROUPS
from newsbot.store.queries import BY, ChangeKind

MAX_SUMMARY = 66
"""What a line of help of 80 characters has room for, beside the name of the command."""
HEAVY = (
    "fastapi",
    "lxml",
    "numpy",
    "onnxruntime",
    "pycld2",
    "pydantic",
    "rich",
    "scrapy",
    "sqlalchemy",
    "twisted",
    "uvicorn",
)
"""Packages that take long to import, and that no help needs."""
COMMON = {"--json", "--database", "--config"}
EXEMPT = {"init": {"--json", "--database"}}
"""`init` makes the database that the settings of its folder name, and has nothing to list."""


def commands(
    group: click.Group = newsbot, names: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its name behind `newsbot`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        path = (*names, name)
        if isinstance(command, click.Group):
            yield from commands(command, path)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield " ".join(path), command


ALL = dict(commands())


def lazy_groups() -> Iterator[LazyGroup]:
    for command in (newsbot, *(newsbot.get_command(click.Context(newsbot), name) for name in COMMANDS)):
        if isinstance(command, LazyGroup):
            yield command


@pytest.mark.parametrize("group", list(lazy_groups()), ids=lambda group: group.name)
def test_summaries_of_a_table_are_the_first_lines_of_the_commands(group: LazyGroup) -> None:
    context = click.Context(group)
    own = {name: group.get_command(context, name) for name in group.entries}
    assert {name: entry.summary for name, entry in group.entries.items()} == {
        name: summary_of(command) for name, command in own.items() if command
    }


@pytest.mark.parametrize("command", list(ALL.values()), ids=list(ALL))
def test_summary_is_a_short_sentence(command: click.Command) -> None:
    summary = summary_of(command)
    assert summary.endswith(".")
    assert len(summary) <= MAX_SUMMARY


@pytest.mark.parametrize("name", list(ALL))
def test_command_has_the_common_options(name: str) -> None:
    options = {form for option in ALL[name].params for form in option.opts}
    assert COMMON - options == EXEMPT.get(name, set())


def examples(command: click.Command) -> list[list[str]]:
    """Return the arguments of every `newsbot` in the examples of a command's help."""
    _, _, block = (command.help or "").partition("Examples:\n")
    parts = (re.split(r"[|>]\s", line)[place] for line in block.splitlines() for place in (0, -1))
    lines = dict.fromkeys(part.strip() for part in parts if part.strip().startswith("newsbot "))
    return [shlex.split(line)[1:] for line in lines]


@pytest.mark.parametrize("name", list(ALL))
def test_examples_of_the_help_can_be_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("articles.jsonl", "aliases.toml", "labelled.jsonl", "subscriptions.opml", "crawl.toml"):
        Path(file).touch()
    found = examples(ALL[name])
    assert found
    assert all(" ".join(arguments).startswith(name.split(maxsplit=1)[0]) for arguments in found)
    for arguments in found:
        parse(newsbot, arguments)


def parse(command: click.Command, arguments: list[str], parent: click.Context | None = None) -> None:
    """Read the arguments of a command and of the commands below it, and run nothing. Raises UsageError."""
    with command.make_context(command.name, list(arguments), parent=parent) as context:
        rest = [*context._protected_args, *context.args]
        if isinstance(command, click.Group) and rest:
            name, below, left = command.resolve_command(context, rest)
            assert name
            assert below
            below.name = name
            parse(below, left, context)


def test_help_imports_nothing_heavy() -> None:
    """In one process: the help of all commands, then every module of a command."""
    program = f"""
import json, sys
from newsbot.cli import COMMANDS, newsbot, run
run(newsbot, ["--help"])
first = sorted(name for name in sys.modules if name.startswith("newsbot."))
run(newsbot, ["sources", "--help"])
for name in COMMANDS:
    run(newsbot, [name, "--help"])
for name in newsbot.get_command(None, "sources").entries:
    run(newsbot, ["sources", name, "--help"])
heavy = {HEAVY!r}
print(json.dumps([first, sorted(name for name in sys.modules if name in heavy)]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    first, heavy = json.loads(done.stdout.splitlines()[-1])
    assert heavy == []
    assert not [name for name in first if name.startswith("newsbot.cli.") and name.count(".") > 2]


def test_names_that_are_slow_to_import_are_written_down_rightly() -> None:
    assert GROUPS == BY
    assert get_args(ChangeKind) == KINDS


def test_help_is_in_sections_and_cuts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(newsbot, ["--help"]) == 0
    text = capsys.readouterr().out
    assert all(heading in text for heading in ("Read:", "Follow:", "Sources:", "Archive:", "Look after:"))
    assert all(entry.summary in text for entry in COMMANDS.values())
    assert "..." not in text.split("Options:")[1]


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["serch", "x"], "search"),
        (["sources", "lst"], "list"),
        (["entities", "merg"], "merge"),
        (["search", "x", "--langauge", "de"], "--language"),
        (["sources", "list", "--langage", "de"], "--language"),
    ],
)
def test_mistyped_name_is_told_with_the_one_that_it_resembles(
    capsys: pytest.CaptureFixture[str], arguments: list[str], meant: str
) -> None:
    assert run(newsbot, arguments) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "Did you mean" in line
    assert meant in line


@pytest.mark.parametrize(
    ("words", "some"),
    [
        ("newsbot sea", "search"),
        ("newsbot sources impo", "import-opml"),
        ("newsbot search --source dw-", "dw-english"),
        ("newsbot search --source bbc,dw-", "bbc,dw-english"),
        ("newsbot search --language d", "de"),
        ("newsbot sources show tagess", "tagesschau"),
        ("newsbot count --by mon", "month"),
        ("newsbot search --lang", "--language"),
    ],
)
def test_shell_completes(words: str, some: str) -> None:
    completer = ShellComplete(newsbot, {}, "newsbot", "_NEWSBOT_COMPLETE")
    *before, incomplete = words.split()
    assert some in {item.value for item in completer.get_completions(before[1:], incomplete)}
