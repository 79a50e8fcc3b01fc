"""Output of commands: tables and colours on a terminal, plain lines in a pipe, JSON on request."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from newsbot.text import UNPRINTABLE

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import TaskID

T = TypeVar("T")
BAR_WIDTH = 24
"""Width of the longest bar of a table, in characters."""


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
    """Return a table for a terminal of `width`. Words, and so keys and short addresses, are not broken if there is room."""
    from rich.bar import Bar
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    cells = [[printable(cell) for cell in row] for row in rows]
    for place, name in enumerate(columns):
        words = (word for row in cells for word in row[place].split())
        longest = max(map(len, words), default=0)
        table.add_column(name, overflow="fold", min_width=min(longest, width // 2))
    numbers: list[float] = []
    if bars is not None:
        table.add_column("", min_width=min(BAR_WIDTH, width // 3))
        numbers = [float(str(row[columns.index(bars)])) for row in rows]
    for number, row in enumerate(cells):
        shown: list[RenderableType] = [Text(cell) for cell in row]
        bar = [Bar(max(numbers) or 1, 0, numbers[number], width=BAR_WIDTH)] if numbers else []
        table.add_row(*shown, *bar)
    return table


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


@contextmanager
def progress(
    items: Iterable[T], doing: str, *, total: int | None = None, size: Callable[[T], int] = lambda _: 1
) -> Iterator[Iterator[T]]:
    """Give the items, and show on stderr how many have come, if that is a terminal.

    `size` is the share of `total` that an item advances the display by. It is a context, so that the display ends when
    the work does, also with an exception: a generator would end it when Python collects it."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    counted = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,.0f}"), TimeElapsedColumn())
    columns = Progress.get_default_columns() if total else counted
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(doing, total=total)

        def counted_items() -> Iterator[T]:
            for item in items:
                yield item
                bar.advance(task, size(item))

        yield counted_items()


@contextmanager
def reading(file: BinaryIO, doing: str) -> Iterator[BinaryIO]:
    """Give a file, and show on stderr how much of it has been read, how fast and what is left, if that is a terminal.

    Of what is no regular file only what has been read is known."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    state = os.fstat(file.fileno())
    total = state.st_size if stat.S_ISREG(state.st_mode) else None
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    if not sys.stderr.isatty():
        yield file
        return
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        yield bar.wrap_file(file, total, description=doing)


@contextmanager
def progress_bar(doing: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows (done, whole) on stderr, if that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        tasks: list[TaskID] = []

        def advance(part: int, whole: int) -> None:
            tasks[:] = tasks or [bar.add_task(doing, total=whole)]
            bar.update(tasks[0], completed=part)

        yield advance


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
