"""How a page of docs/howto/ is written, so that a test can follow it as a reader would.

A code block is a step. The line before it says what to do with it:

    New file `PATH`:                          the block is the whole file
    In `PATH`, above the line `TEXT`:         the block goes above the only line that begins with TEXT
    In `PATH`, below the line `TEXT`:         ... below it
    In `PATH`, replace the line `TEXT`:       ... in place of it; also: the line that begins with `TEXT`

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

NEWLINE = "\n"
BLOCK = re.compile(
    r"^(?P<before>[^\n]*)\n+```(?P<language>[\w-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
NEW_FILE = re.compile(r"New file `(?P<path>[^`]+)`.*:$")
EDIT = re.compile(
    r"In `(?P<path>[^`]+)`, (?P<place>above|below|replace) the line (?:that begins with )?`(?P<line>[^`]+)`.*:$"
)


@dataclass(frozen=True)
class File:
    """A step that creates a file."""

    path: str
    text: str
    origin: str = ""
    """Page and line of the block, for messages."""

    def apply(self, folder: Path) -> None:
        target = folder / self.path
        assert not target.exists(), (
            f"{self.origin}: {self.path} exists already; name another file on the page"
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.text, "utf-8")


@dataclass(frozen=True)
class Edit:
    """A step that adds lines to a file."""

    path: str
    place: str
    line: str
    text: str
    origin: str = ""
    """Page and line of the block, for messages."""

    def apply(self, folder: Path) -> None:
        target = folder / self.path
        lines = target.read_text("utf-8").splitlines(keepends=True)
        places = [number for number, line in enumerate(lines) if line.strip().startswith(self.line)]
        assert len(places) == 1, (
            f"{self.origin}: {len(places)} lines of {self.path} begin with {self.line!r}, but the page needs one; "
            f"name another line of {self.path} there"
        )
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
    origin: str = ""
    """Page and line of the command, for messages."""


Step = File | Edit | Command


def steps(page: Path) -> list[Step]:
    """Return the steps of a page in their order.

    Raises ValueError for a block without a known instruction in the line before it."""
    text = page.read_text("utf-8")
    return [step for block in BLOCK.finditer(text) for step in _steps(block, page.name)]


def _steps(block: re.Match[str], page: str) -> Iterator[Step]:
    before, text = block["before"], block["text"]
    origin = f"{page}:{block.string.count(NEWLINE, 0, block.start()) + 1}"
    if block["language"] == "console":
        yield from _commands(text, page, block.string.count(NEWLINE, 0, block.start("text")) + 1)
    elif found := NEW_FILE.search(before):
        yield File(found["path"], text, origin)
    elif found := EDIT.search(before):
        yield Edit(found["path"], found["place"], found["line"], text, origin)
    else:
        raise ValueError(f"the line before a block does not say what to do with it: {before!r}")


def _commands(text: str, page: str, line: int) -> Iterator[Command]:
    """Yield the commands of a block whose text begins at a line of the page."""
    before, *parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    line += before.count(NEWLINE)
    for part in parts:
        command, _, output = part.partition(NEWLINE)
        yield Command(command, output, f"{page}:{line}")
        line += part.count(NEWLINE)
