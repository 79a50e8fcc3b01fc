"""Changes as files by day, in a folder or an object store: JSON lines or Parquet.

A file is `day=2026-11-30/after-000000001234.jsonl`: the changes of one day in the batch that follows change 1234. A batch that
is delivered again begins after the same change, has at least the same changes, and so replaces its files: nothing is there
twice."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import fsspec
from fsspec.core import url_to_fs
from pydantic import AfterValidator, Field

from newsbot.outputs.output_protocol import UndeliveredError, change_line
from newsbot.outputs.output_table import OutputTable
from newsbot.settings import Configuration
from newsbot.store.queries import LoggedChange, change_json


def _known_scheme(url: str) -> str:
    scheme, has_scheme, _ = url.partition("://")
    if has_scheme and scheme not in fsspec.available_protocols():
        raise ValueError("is of an unknown kind")
    return url


class DayFilesTable(OutputTable):
    """An `[[output]]` table of the kind `files`."""

    url: Annotated[
        str,
        AfterValidator(_known_scheme),
        Field(min_length=1, description="a folder, or a URL of fsspec: file:// s3:// gs:// memory://"),
    ]
    format: Annotated[Literal["jsonl", "parquet"], Field(description="jsonl or parquet")] = "jsonl"
    options: Annotated[
        dict[str, Any], Field(description="a table of options of the file system", default_factory=dict)
    ]
    batch: Annotated[int, Field(ge=1, le=10_000, description="a number of changes, 1 to 10000")] = 1_000


class DayFiles:
    """Writes a file for each day of a batch."""

    Table = DayFilesTable

    def __init__(self, table: DayFilesTable, settings: Configuration) -> None:
        del settings
        self._table = table
        if table.format == "parquet":
            import pyarrow.parquet  # noqa: F401 - missing packages are named before anything is delivered

    def deliver(self, batch: Sequence[LoggedChange]) -> None:
        """Write changes; the day is that of `at`, in UTC."""
        by_day: defaultdict[str, list[LoggedChange]] = defaultdict(list)
        for change in batch:
            by_day[f"{change.changed_at:%Y-%m-%d}"].append(change)
        try:
            files, root = url_to_fs(self._table.url, **self._table.options)
            for day, changes in by_day.items():
                folder = f"{root.rstrip('/')}/day={day}"
                files.makedirs(folder, exist_ok=True)
                name = f"after-{batch[0].number - 1:012}.{self._table.format}"
                files.pipe_file(f"{folder}/{name}", self._content(changes))
        except (OSError, ImportError) as error:
            raise UndeliveredError(f"{self._table.url.partition('://')[0]}: {error}") from error

    def _content(self, changes: Sequence[LoggedChange]) -> bytes:
        if self._table.format == "jsonl":
            return b"".join(change_line(change) + b"\n" for change in changes)
        return _parquet([flat(change_json(change)) for change in changes])

    def close(self) -> None:
        """Do nothing: file systems close their connections themselves."""


_TIMES = ("at", "published_at", "modified_at", "first_seen_at", "last_seen_at", "gone_at")
_TEXTS = (
    *(
        "cursor",
        "change",
        "fields",
        "reason",
        "url",
        "canonical_url",
        "source",
        "title",
        "description",
        "authors",
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
        "kind",
        "agency",
    ),
    *("entities", "duplicate_kind", "story_role", "provenance", "published_day"),
)
_NUMBERS = (
    "number",
    "run_id",
    "revision",
    "article_id",
    "word_count",
    "story_id",
    "duplicate_of",
    "published_offset_min",
)
_SWITCHES = ("is_silent", "is_free")


def flat(change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a change and its article as one row; lists and objects are JSON in texts."""
    article = change["article"] or {}
    row = {**article, **{name: value for name, value in change.items() if name not in {"article", "title"}}}
    return {
        name: json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value
        for name, value in row.items()
    }


def _parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        **dict.fromkeys(_NUMBERS, pa.int64()),
        **dict.fromkeys(_TEXTS, pa.string()),
        **dict.fromkeys(_TIMES, pa.string()),
        **dict.fromkeys(_SWITCHES, pa.bool_()),
    }
    schema = pa.schema(list(types.items()))
    columns = {name: [row.get(name) for row in rows] for name in types}
    file = io.BytesIO()
    pq.write_table(pa.table(columns, schema=schema), file, compression="zstd")
    return file.getvalue()
