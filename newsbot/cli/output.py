"""Output of commands: tables and colours on a terminal, plain lines in a pipe, JSON on request."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from newsbot.text import UNPRINTABLE

if TYPE_CHECKING:
    from rich.console import RenderableType

BAR_WIDTH = 24
"""Width of the longest bar of a table, in characters."""
GAP = 2
"""Number of spaces between two columns."""


def print_json(value: Any) -> None:
    """Print one JSON object on one line. Characters that could control a terminal are escapes of JSON."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    click.echo(UNPRINTABLE.sub(_escapes, text))


def _escapes(match: re.Match[str]) -> str:
    """Return characters as JSON escapes; a lone surrogate, which many programs refuse, as U+FFFD."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else f"\\u{ord(char):04x}" for char in match[0])


def printable(value: object) -> str:
    """Return a value on one line, without characters that could control a terminal or reorder its text."""
    return "" if value is None else UNPRINTABLE.sub(" ", str(value))


def say(message: str) -> None:
    """Print one line for people on stderr."""
    click.echo(f"newsbot: {printable(message)}", err=True)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, bars: str | None = None) -> None:
    """Print rows as a table on a terminal, as tab-separated lines in a pipe. Nothing is cut: cells go on in the next line.

    `bars` is a column of numbers that a terminal shows as bars, too."""
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(printable(cell) for cell in row))
        return
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_table(columns, [list(row) for row in rows], bars, console.width))


def _table(columns: Sequence[str], rows: list[list[object]], bars: str | None, width: int) -> RenderableType:
    """Return a table for a terminal of `width`."""
    from rich.bar import Bar
    from rich.table import Table
    from rich.text import Text

    cells = [[printable(cell) for cell in row] for row in rows]
    bar_width = 0 if bars is None else min(BAR_WIDTH, width // 3)
    table = Table(box=None, header_style="bold", show_header=any(columns), padding=(0, GAP, 0, 0))
    for name, size in zip(columns, column_widths([columns, *cells], width - bar_width), strict=True):
        table.add_column(name, overflow="fold", width=size)
    if bars is None:
        for row in cells:
            table.add_row(*map(Text, row))
        return table
    numbers = [float(str(row[columns.index(bars)])) for row in rows]
    table.add_column(width=bar_width)
    for row, number in zip(cells, numbers, strict=True):
        table.add_row(*map(Text, row), Bar(max(numbers) or 1, 0, number, width=bar_width))
    return table


def column_widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return widths of columns with which a table fits a terminal, if there is one character for each.

    The widest columns become narrower, but as long as others can, none becomes narrower than its longest word: keys and
    names of settings stay whole, and text is wrapped beside them."""
    from rich.cells import cell_len

    columns = list(zip(*rows, strict=True))
    widths = [max(map(cell_len, cells)) for cells in columns]
    words = [max((cell_len(word) for cell in cells for word in cell.split()), default=0) for cells in columns]
    room = width - GAP * len(columns)
    widths = [max(min(size, room), 1) for size in widths]
    for floors in (words, [1] * len(columns)):
        while sum(widths) > room:
            spare = [size if size > floor else 0 for size, floor in zip(widths, floors, strict=True)]
            if not any(spare):
                break
            widths[spare.index(max(spare))] -= 1
    return widths


def print_wrapped(line: str, *, indent: int = 0) -> None:
    """Print a line of text, styled or not, that is broken between words on a terminal; in a pipe it stays whole."""
    if not sys.stdout.isatty():
        click.echo(" " * indent + line)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for part in Text.from_ansi(line).wrap(console, max(console.width - indent, 10), overflow="fold"):
        part.rstrip()
        console.print(Text(" " * indent) + part)


def print_heading(text: str) -> None:
    """Print a heading on a terminal; nothing in a pipe."""
    if sys.stdout.isatty():
        click.secho(f"\n{printable(text)}", bold=True)


def highlighted(marked: str, *, is_heading: bool = False) -> str:
    """Return a text with what was found in bold on a terminal, between asterisks in a pipe; a heading is bold as a whole."""
    from newsbot.store.queries import MARK_END, MARK_START

    parts = []
    for i, part in enumerate(marked.replace(MARK_END, MARK_START).split(MARK_START)):
        text = printable(part)
        found = i % 2 == 1
        parts.append(
            click.style(text, bold=found or is_heading, underline=found and is_heading)
            if sys.stdout.isatty()
            else f"*{text}*"
            if found
            else text
        )
    return "".join(parts)


def discard_output() -> None:
    """Redirect what stdout still holds: otherwise Python reports an error when it closes stdout."""
    with suppress(OSError, ValueError):  # no stdout, or none with a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
