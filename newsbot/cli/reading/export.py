"""`newsbot export`: articles, complete and streaming."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import click

from newsbot.cli.options import database_option, filter_options, reading
from newsbot.cli.output import progress
from newsbot.errors import UsageError
from newsbot.store.queries import Filters, iter_articles, stored_json

FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a cell begins that spreadsheet programs would run (CWE-1236); the last four are the wide forms of `=+-@`."""
ROW_GROUP = 1_000
"""Articles that are held at a time for Parquet."""

TIMES = ("published_at", "modified_at", "first_seen_at", "last_seen_at")
COLUMNS = (
    "id",
    "url",
    "canonical_url",
    "source",
    "title",
    "description",
    "authors",
    "published_at",
    "modified_at",
    "language",
    "section",
    "topics",
    "image_url",
    "body",
    "word_count",
    "story_id",
    "duplicate_of",
    "duplicate_kind",
    "first_seen_at",
    "last_seen_at",
    "revision",
    "entities",
)


@click.command()
@click.option(
    "--format", "format_", type=click.Choice(["jsonl", "csv", "parquet"]), default="jsonl", show_default=True
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="File to write, instead of stdout (-).",
)
@filter_options
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@database_option
def export(format_: str, output: Path | None, database: str | None, **filters: Any) -> None:
    """Write articles to a file or to stdout, oldest row first."""
    write = WRITERS[format_]()
    with reading(database) as session, _opened(output) as file:
        articles = (stored_json(stored) for stored in iter_articles(session, Filters(**filters, sort="id")))
        write(file, articles if _is_stdout(output) else progress(articles, "Exporting"))


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Give the file to write to; it gets its name only when it is whole."""
    if output is None or _is_stdout(output):
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if output.exists() and not output.is_file():  # a pipe or device cannot be replaced
        with _open(output, output) as file:
            yield file
        return
    target = output.resolve()  # where a link leads to, not the link, is replaced
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _open(part, output) as file:
            yield file
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _open(path: Path, named: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise UsageError(f"{named}: cannot be written: {error.strerror}", path=str(named)) from error


def _is_stdout(output: Path | None) -> bool:
    return output is None or output == Path("-")


@contextmanager
def _as_text(file: BinaryIO) -> Iterator[TextIO]:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        yield text
        text.flush()
    finally:
        text.detach()


def write_jsonl(file: BinaryIO, articles: Iterable[dict[str, Any]]) -> None:
    """Write one JSON object a line."""
    for article in articles:
        file.write(json.dumps(article, ensure_ascii=False).encode() + b"\n")


def write_csv(file: BinaryIO, articles: Iterable[dict[str, Any]]) -> None:
    """Write comma-separated values (RFC 4180) with a header; lists are parted by `; `."""
    with _as_text(file) as text:
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for article in articles:
            writer.writerow([_cell(article[name]) for name in COLUMNS])


def _cell(value: Any) -> Any:
    """Return a value as a cell that no spreadsheet program takes for a formula."""
    if isinstance(value, list):
        value = "; ".join(element["name"] if isinstance(element, dict) else element for element in value)
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


Writer = Callable[[BinaryIO, Iterable[dict[str, Any]]], None]


def parquet_writer() -> Writer:
    """Return what writes Parquet, times and lists as such; raise UsageError if PyArrow is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise UsageError(f"--format parquet needs {error.name}: pip install 'newsbot[parquet]'") from error

    schema = _parquet_schema(pa)

    def write(file: BinaryIO, articles: Iterable[dict[str, Any]]) -> None:
        rows = iter(articles)
        with pq.ParquetWriter(file, schema) as writer:
            while group := [_with_times(article) for article in islice(rows, ROW_GROUP)]:
                writer.write_batch(pa.RecordBatch.from_pylist(group, schema=schema))

    return write


def _parquet_schema(pa: Any) -> Any:
    mention = pa.struct({"start": pa.int32(), "end": pa.int32(), "text": pa.string()})
    entity = pa.struct(
        {"name": pa.string(), "type": pa.string(), "count": pa.int32(), "mentions": pa.list_(mention)}
    )
    others = {
        **dict.fromkeys(("id", "word_count", "story_id", "duplicate_of", "revision"), pa.int64()),
        **dict.fromkeys(TIMES, pa.timestamp("s", tz="UTC")),
        **dict.fromkeys(("authors", "topics"), pa.list_(pa.string())),
        "entities": pa.list_(entity),
    }
    return pa.schema([(name, others.get(name, pa.string())) for name in COLUMNS])


def _with_times(article: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(value) for name in TIMES if (value := article[name])}
    return article | times


WRITERS: dict[str, Callable[[], Writer]] = {
    "jsonl": lambda: write_jsonl,
    "csv": lambda: write_csv,
    "parquet": parquet_writer,
}
"""Format -> what gives its writer; that may need a package which is not installed."""
