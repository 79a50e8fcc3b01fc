"""Output of commands: tables and colours on a terminal, plain lines in a pipe, JSON on request."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from newsbot.store.queries import MARK_END, MARK_START
from newsbot.text import UNPRINTABLE

T = TypeVar("T")


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


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None
) -> None:
    """Print rows as a table on a terminal, as tab-separated lines in a pipe."""
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(printable(cell) for cell in row))
        return
    table = Table(*columns, title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    Console(highlight=False).print(table)


def progress(
    items: Iterable[T], doing: str, *, total: int | None = None, size: Callable[[T], int] = lambda _: 1
) -> Iterator[T]:
    """Yield the items, and show their progress on stderr if that is a terminal.

    `size` is the share of `total` that an item advances the display by."""
    counted = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,.0f}"), TimeElapsedColumn())
    columns = Progress.get_default_columns() if total else counted
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(doing, total=total)
        for item in items:
            yield item
            bar.advance(task, size(item))


@contextmanager
def progress_bar(doing: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows (done, whole) on stderr, if that is a terminal."""
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
