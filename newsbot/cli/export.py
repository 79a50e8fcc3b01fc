"""`newsbot export`: articles, complete and streaming."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
from rich.progress import track

from newsbot.cli.options import database_option, filter_options, reading
from newsbot.errors import UsageError
from newsbot.store.queries import Filters, iter_articles, stored_json

FORMULA = re.compile(r"^[=+\-@\t\r]")
"""How a cell begins that spreadsheet programs would run (CWE-1236)."""

CSV_COLUMNS = (
    "id", "url", "canonical_url", "source", "title", "description", "authors", "published_at", "modified_at",
    "language", "section", "topics", "image_url", "body", "word_count", "story_id", "duplicate_of", "duplicate_kind",
    "first_seen_at", "last_seen_at", "revision", "entities",
)  # fmt: skip


@click.command()
@click.option("--format", "format_", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write, instead of stdout.",
)
@filter_options
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@database_option
def export(format_: str, output: Path | None, database: str | None, **filters: Any) -> None:
    """Write articles to a file or to stdout, oldest row first."""
    with reading(database) as session, _opened(output) as file:
        articles = (stored_json(stored) for stored in iter_articles(session, Filters(**filters, sort="id")))
        shown = track(articles, "Exporting", total=None) if output and sys.stderr.isatty() else articles
        WRITERS[format_](file, shown)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Give the file to write to; it gets its name only when it is whole."""
    if output is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        yield sys.stdout
        sys.stdout.flush()
        return
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        file = part.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}", path=str(output)) from error
    try:
        with file:
            yield file
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def write_jsonl(file: TextIO, articles: Iterable[dict[str, Any]]) -> None:
    """Write one JSON object a line."""
    for article in articles:
        file.write(json.dumps(article, ensure_ascii=False) + "\n")


def write_csv(file: TextIO, articles: Iterable[dict[str, Any]]) -> None:
    """Write comma-separated values (RFC 4180) with a header; lists are parted by `; `."""
    writer = csv.writer(file)
    writer.writerow(CSV_COLUMNS)
    for article in articles:
        writer.writerow([_cell(article[name]) for name in CSV_COLUMNS])


def _cell(value: Any) -> Any:
    """Return a value as a cell that no spreadsheet program takes for a formula."""
    if isinstance(value, list):
        value = "; ".join(each["name"] if isinstance(each, dict) else each for each in value)
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


WRITERS: dict[str, Callable[[TextIO, Iterable[dict[str, Any]]], None]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
}
