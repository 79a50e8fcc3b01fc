"""Write articles in the formats of `newsbot export`: JSON lines, CSV, Parquet."""

from __future__ import annotations

import csv
import fcntl
import glob
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from newsbot.errors import NewsbotError, UsageError

FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""Start of a cell that spreadsheet programs would run as a formula (CWE-1236); the last four characters are the
full-width forms of `=+-@`."""
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters except tabs and line ends, and lone surrogates."""
ROW_GROUP = 1_000
"""Number of articles that are held in memory at a time for Parquet."""

TIMES = ("published_at", "modified_at", "first_seen_at", "last_seen_at", "retrieved_at")
WARC = ("file", "offset", "record_id", "digest")
COLUMNS = (
    *(
        "id",
        "url",
        "canonical_url",
        "source",
        "title",
        "description",
        "authors",
        "published_at",
        "published_offset_min",
        "published_day",
        "modified_at",
    ),
    *(
        "language",
        "section",
        "topics",
        "image_url",
        "body",
        "body_markdown",
        "images",
        "links",
        "word_count",
        "kind",
        "is_free",
    ),
    *("story_id", "duplicate_of", "duplicate_kind", "first_seen_at", "last_seen_at", "revision", "agency"),
    *("entities", "rules", "extractor_version", "entity_engine", "retrieved_at"),
    *(f"warc_{name}" for name in WARC),
)
"""Columns of CSV and Parquet, in their order. Those of the provenance come last."""

Writer = Callable[[BinaryIO, Iterable[dict[str, Any]]], None]
"""A function that writes articles, in their public JSON form, to a file."""


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write; it appears as `path` only when it is complete.

    A symbolic link is kept, and the file that it points to is replaced. A pipe or device is written to directly, as
    it cannot be replaced. What a killed process has left behind of the same file is removed. Raises UsageError if the
    file cannot be opened, NewsbotError if it cannot be written to its end."""
    try:
        if path.exists() and not path.is_file():
            with _open(path, path) as file:
                yield file
            return
        with _part(path.resolve(), path) as file:
            yield file
    except BrokenPipeError:  # the reader of a pipe wants no more
        raise
    except OSError as error:
        raise NewsbotError(f"{path}: cannot be written: {error.strerror or error}", path=str(path)) from error


@contextmanager
def _part(target: Path, shown_path: Path) -> Iterator[BinaryIO]:
    """Give a file beside `target` that takes its place at the end, or is removed if writing fails.

    The file is locked while its process lives, so that others can tell it from one that a killed process has left."""
    for orphan in target.parent.glob(f".{glob.escape(target.name)}.*.part"):
        _remove_orphan(orphan)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _locked(part, shown_path) as file:
            yield file
            file.flush()
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _remove_orphan(part: Path) -> None:
    """Remove a file that no living process is writing."""
    with suppress(OSError), part.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.unlink()


def _locked(part: Path, shown_path: Path) -> BinaryIO:
    """Return a new file with a lock on it. One that was taken for an orphan before it had its lock is made again."""
    while True:
        file = _open(part, shown_path)
        with suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX)
        if part.exists():
            return file
        file.close()


def _open(path: Path, shown_path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise UsageError(
            f"{shown_path}: cannot be written: {error.strerror}", path=str(shown_path)
        ) from error


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
        file.write(json.dumps(article, ensure_ascii=False).encode(errors="replace") + b"\n")


def write_csv(file: BinaryIO, articles: Iterable[dict[str, Any]]) -> None:
    """Write comma-separated values (RFC 4180) with a header; the elements of a list are separated by `; `."""
    with _as_text(file) as text:
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for article in articles:
            row = flat(article)
            writer.writerow([cell(row[name]) for name in COLUMNS])


def flat(article: dict[str, Any]) -> dict[str, Any]:
    """Return an article with its provenance in columns of their own: a WARC record is parted too."""
    provenance = article["provenance"]
    warc = provenance["warc"] or {}
    return {
        **article,
        **provenance,
        **{f"warc_{name}": warc.get(name) for name in WARC},
    }


def cell(value: Any) -> Any:
    """Return a value as a cell that no spreadsheet program reads as a formula, and that no terminal obeys.

    An object becomes text of JSON."""
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        value = "; ".join(_element(element) for element in value)
    if not isinstance(value, str):
        return value
    text = _UNSEEN.sub("", value)
    return f"'{text}" if FORMULA.match(text) else text


def _element(element: str | dict[str, Any]) -> str:
    """Return an element of a list as text: of an entity its name, of a picture or a link its URL."""
    return element if isinstance(element, str) else str(element.get("name") or element.get("url"))


def parquet_writer() -> Writer:
    """Return a function that writes Parquet, with typed times and lists.

    Raises UsageError if PyArrow is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise UsageError(f"--format parquet needs {error.name}: pip install 'newsbot[parquet]'") from error

    schema = _parquet_schema(pa)

    def write(file: BinaryIO, articles: Iterable[dict[str, Any]]) -> None:
        rows = iter(articles)
        with pq.ParquetWriter(file, schema) as writer:
            while group := [_with_times(flat(article)) for article in islice(rows, ROW_GROUP)]:
                writer.write_batch(pa.RecordBatch.from_pylist(group, schema=schema))

    return write


def _parquet_schema(pa: Any) -> Any:
    mention = pa.struct({"start": pa.int32(), "end": pa.int32(), "text": pa.string()})
    entity = pa.struct(
        {
            **dict.fromkeys(("name", "type"), pa.string()),
            "count": pa.int32(),
            **dict.fromkeys(("country", "wikidata"), pa.string()),
            "mentions": pa.list_(mention),
        }
    )
    others = {
        **dict.fromkeys(("id", "word_count", "story_id", "duplicate_of", "revision"), pa.int64()),
        **dict.fromkeys(("published_offset_min", "warc_offset"), pa.int64()),
        "published_day": pa.date32(),
        "is_free": pa.bool_(),
        **dict.fromkeys(TIMES, pa.timestamp("s", tz="UTC")),
        **dict.fromkeys(("authors", "topics"), pa.list_(pa.string())),
        "images": pa.list_(pa.struct(dict.fromkeys(("url", "caption", "credit"), pa.string()))),
        "links": pa.list_(pa.struct(dict.fromkeys(("url", "text"), pa.string()))),
        "entities": pa.list_(entity),
    }
    return pa.schema([(name, others.get(name, pa.string())) for name in COLUMNS])


def _with_times(article: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(value) for name in TIMES if (value := article[name])}
    day = article["published_day"]
    rules = {"rules": json.dumps(article["rules"], ensure_ascii=False)}
    return article | times | rules | {"published_day": day and date.fromisoformat(day)}


WRITERS: dict[str, Callable[[], Writer]] = {
    "jsonl": lambda: write_jsonl,
    "csv": lambda: write_csv,
    "parquet": parquet_writer,
}
"""Format -> function that returns its writer; it is called when the format is chosen, as a package may be missing."""
