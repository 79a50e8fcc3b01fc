"""Changes as files by day."""

from __future__ import annotations

import io
import json
from pathlib import Path

import fsspec
import pyarrow.parquet as pq
import pytest

from newsbot.errors import UsageError
from newsbot.outputs.output_protocol import Output, UndeliveredError
from newsbot.outputs.output_table import make_output, read_output_tables
from tests.outputs.changed import changed
from tests.outputs.configured import settings

BATCH = [changed(11), changed(12, days=1), changed(13), changed(14, is_deleted=True)]


def output(**table: object) -> Output:
    [found] = read_output_tables([{"name": "copy", "kind": "files", **table}]).values()
    return make_output(found, settings())


def lines(path: Path) -> list[int]:
    return [json.loads(line)["number"] for line in path.read_text("utf-8").splitlines()]


def test_batch_is_a_file_for_each_of_its_days(tmp_path: Path) -> None:
    output(url=str(tmp_path / "copy")).deliver(BATCH)
    first, second = (tmp_path / f"copy/day=2026-03-0{day}/after-000000000010.jsonl" for day in (1, 2))
    assert lines(first) == [11, 13, 14]
    assert lines(second) == [12]
    assert json.loads(first.read_text("utf-8").splitlines()[-1])["article"] is None


def test_batch_that_is_delivered_again_with_more_replaces_its_files(tmp_path: Path) -> None:
    for batch in (BATCH[:2], BATCH):
        output(url=f"file://{tmp_path}").deliver(batch)
    files = sorted(tmp_path.rglob("*.jsonl"))
    assert [lines(file) for file in files] == [[11, 13, 14], [12]]


def test_parquet_has_a_row_for_each_change_in_an_object_store() -> None:
    output(url="memory://news/copy", format="parquet").deliver(BATCH)
    store = fsspec.filesystem("memory")
    [path] = store.glob("/news/copy/day=2026-03-01/*")
    table = pq.read_table(io.BytesIO(store.cat_file(path)))
    assert table["number"].to_pylist() == [11, 13, 14]
    assert table["title"].to_pylist() == ["Harbour opened, part 11", "Harbour opened, part 13", None]
    assert json.loads(table["authors"][0].as_py()) == ["A", "B"]
    store.rm("/news", recursive=True)


def test_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("a file")
    with pytest.raises(UndeliveredError, match=r"^file: "):
        output(url=f"file://{tmp_path}/copy").deliver(BATCH)


def test_unknown_kind_of_store_is_an_error() -> None:
    with pytest.raises(
        UsageError, match=r"url \(is of an unknown kind\); accepted: a folder, or a URL of fsspec"
    ):
        output(url="floppy://a")
