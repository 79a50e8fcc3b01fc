"""The commands that documents show in indented blocks. (Blocks with prompts are followed by `test_howto.py`.)"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "howto").glob("*.md")),
)
LINE = re.compile(r"^ {4,}(?P<command>(?:\w+=\S+ +)*newsbot .*)$")
VARIABLE = re.compile(r"\w+=")


class Example(NamedTuple):
    """A command as a document shows it."""

    origin: str
    """Document and line, for messages."""
    words: tuple[str, ...]
    """What follows `newsbot`, up to what a shell does with its output."""


def examples(document: Path) -> Iterator[Example]:
    """Yield the commands of a document, without their comments, in its order."""
    name = document.relative_to(ROOT).as_posix()
    for number, line in enumerate(document.read_text("utf-8").splitlines(), start=1):
        for words in commands_of(line):
            yield Example(f"{name}:{number}", words)


def commands_of(line: str) -> Iterator[tuple[str, ...]]:
    """Yield what follows each `newsbot` in a line of a document."""
    if found := LINE.match(line):
        yield from _commands(found["command"])


def _commands(line: str) -> Iterator[tuple[str, ...]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    rest = list(lexer)
    while rest:
        command = list(takewhile(lambda word: not set(word) <= set("|&;<>"), rest))
        rest = rest[len(command) + 1 :]
        while command and VARIABLE.match(command[0]):
            command.pop(0)
        if command and command[0] == "newsbot":
            yield tuple(command[1:])
