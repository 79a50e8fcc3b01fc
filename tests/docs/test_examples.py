"""Every command in the README and in docs/ is one that newsbot has, with options and arguments that it takes.

`tests/test_demo.py` runs those that read a database; `test_howto.py` follows whole pages."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from newsbot import cli
from tests.docs.examples import DOCUMENTS, Example, commands_of, examples

NAMED_FILES = (
    "page.html",
    "articles.jsonl",
    "names.jsonl",
    "aliases.toml",
    "pages/a.html",
    "archive/a.warc.gz",
    "subscriptions.opml",
)
"""Files that examples read."""
ALL = list(dict.fromkeys(example for document in DOCUMENTS for example in examples(document)))


def parse(words: tuple[str, ...]) -> None:
    """Read a command line as newsbot does, without running it. Raises ClickException."""
    command: click.Command = cli.newsbot
    context = click.Context(command, info_name="newsbot")
    arguments = list(words)
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name = arguments.pop(0)
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"no such command: {name}")
        command, context = found, click.Context(found, info_name=name, parent=context)
    if arguments != ["--version"]:
        command.make_context(context.info_name, arguments, parent=context.parent).close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that examples read."""
    made = tmp_path_factory.mktemp("examples")
    for name in NAMED_FILES:
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).touch()
    return made


@pytest.mark.parametrize("example", ALL, ids=lambda example: example.origin)
def test_example_is_a_command_of_newsbot(
    example: Example, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert _refusal(example.words) is None, f"{example.origin}: newsbot {' '.join(example.words)}"


def _refusal(words: tuple[str, ...]) -> str | None:
    """Return why the words of a command are refused; None if they are not."""
    try:
        parse(words)
    except click.ClickException as error:
        return error.format_message()
    return None


def test_there_are_examples() -> None:
    assert len(ALL) > 80
    assert len({example.words[0] for example in ALL}) > 20


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("    newsbot search 'a b' --limit 1   # best first", [("search", "a b", "--limit", "1")]),
        ("    newsbot stats | head -1; newsbot rejects", [("stats",), ("rejects",)]),
        ("    X=1 newsbot serve &", [("serve",)]),
        ("    newsbot changes --full > copy.jsonl", [("changes", "--full")]),
        ("    newsbot: a message", []),
        ("Run newsbot search.", []),
    ],
    ids=str,
)
def test_commands_are_found_in_a_line(line: str, commands: list[tuple[str, ...]]) -> None:
    assert list(commands_of(line)) == commands
