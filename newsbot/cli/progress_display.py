"""What is shown on stderr while a command works, if that is a terminal: how far it is, and how fast."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, TypeVar

if TYPE_CHECKING:
    from rich.progress import TaskID

T = TypeVar("T")


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
