"""How a page of docs/howto/ is written, so that a test can follow it as a reader would.

A code block is a step. The line before it says what to do with it:

    New file `PATH`:                          the block is the whole file
    In `PATH`, above the line `TEXT`:         the block goes above the only line that begins with TEXT
    In `PATH`, below the line `TEXT`:         ... below it
    In `PATH`, replace the line `TEXT`:       ... in place of it

A block takes the indentation of the line that it is placed at, and what is placed above a line is followed by as many
blank lines as that line has before it. In a ```console block, lines that begin with `$ ` are
commands; what follows one is its output, in which `...` matches anything.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

BLOCK = re.compile(
    r"^(?P<before>[^\n]*)\n+```(?P<language>[\w-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
NEW_FILE = re.compile(r"New file `(?P<path>[^`]+)`.*:$")
EDIT = re.compile(r"In `(?P<path>[^`]+)`, (?P<place>above|below|replace) the line `(?P<line>[^`]+)`.*:$")


@dataclass(frozen=True)
class File:
    """A step that creates a file."""

    path: str
    text: str

    def apply(self, folder: Path) -> None:
        target = folder / self.path
        assert not target.exists(), f"{self.path} exists already"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.text, "utf-8")


@dataclass(frozen=True)
class Edit:
    """A step that adds lines to a file."""

    path: str
    place: str
    line: str
    text: str

    def apply(self, folder: Path) -> None:
        target = folder / self.path
        lines = target.read_text("utf-8").splitlines(keepends=True)
        places = [number for number, line in enumerate(lines) if line.strip().startswith(self.line)]
        assert len(places) == 1, f"{self.path}: {len(places)} lines begin with {self.line!r}"
        start = places[0] + (self.place == "below")
        end = places[0] + (self.place != "above")
        indentation = lines[places[0]][: -len(lines[places[0]].lstrip())]
        distance = _blank_lines_before(lines, start) if self.place == "above" else 0
        lines[start:end] = [textwrap.indent(self.text, indentation) + "\n" * distance]
        target.write_text("".join(lines), "utf-8")


def _blank_lines_before(lines: Sequence[str], number: int) -> int:
    return len(list(takewhile(lambda line: not line.strip(), reversed(lines[:number]))))


@dataclass(frozen=True)
class Command:
    """A step that runs a command, and the output that the page promises."""

    command: str
    output: str


Step = File | Edit | Command


def steps(page: Path) -> list[Step]:
    """Return the steps of a page in their order.

    Raises ValueError for a block without a known instruction in the line before it."""
    text = page.read_text("utf-8")
    return [step for block in BLOCK.finditer(text) for step in _steps(block)]


def _steps(block: re.Match[str]) -> Iterator[Step]:
    before, text = block["before"], block["text"]
    if block["language"] == "console":
        yield from _commands(text)
    elif found := NEW_FILE.search(before):
        yield File(found["path"], text)
    elif found := EDIT.search(before):
        yield Edit(found["path"], found["place"], found["line"], text)
    else:
        raise ValueError(f"the line before a block does not say what to do with it: {before!r}")


def _commands(text: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield Command(command, output)
