from __future__ import annotations

import csv
import errno
import io
import json
import os
import subprocess
import sys
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from newsbot import cli
from newsbot.cli import newsbot
from newsbot.jobs.export_formats import COLUMNS, WRITERS, atomic_file, cell, flat, write_jsonl
from newsbot.store.database import Database
from newsbot.store.queries import Filters, iter_articles, stored_json
from tests.store.samples import article, load, save, save_all

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1"]


def run(*arguments: str) -> int:
    return cli.run(newsbot, list(arguments))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_jsonl_has_every_article_as_show_prints_it(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        save(database, article(number))
    assert run("export", "--database", database_url, "-o", str(tmp_path / "out.jsonl")) == 0
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        stored_json(load(database, number)) for number in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (["--source", "other.example"], [3]),
        (["--section", "Sport"], [2]),
        (["--entity", "ada kovac", "--limit", "1"], [1]),
        (["--since", "2026-02-27"], [1, 2]),
        (["--language", "de"], []),
    ],
    ids=["source", "section", "entity and limit", "since", "none"],
)
def test_filters_are_those_of_search(
    database: Database, database_url: str, tmp_path: Path, filters: list[str], numbers: list[int]
) -> None:
    for sample in (article(1), article(2, section="Sport"), article(3, source="other.example")):
        save(database, sample)
    assert run("export", "--database", database_url, "-o", str(tmp_path / "out"), *filters) == 0
    assert [json.loads(line)["id"] for line in (tmp_path / "out").read_text("utf-8").splitlines()] == numbers


@pytest.mark.parametrize("formula", FORMULAS)
def test_csv_cells_are_not_formulas(
    database: Database, database_url: str, tmp_path: Path, formula: str
) -> None:
    save(database, article(1, title=formula, authors=[formula], section=formula))
    assert run("export", "--database", database_url, "--format", "csv", "-o", str(tmp_path / "out.csv")) == 0
    row = rows_of(tmp_path / "out.csv")[0]
    assert (row["title"], row["authors"], row["section"]) == (f"'{formula}",) * 3


def test_csv_keeps_quotes_line_ends_and_emoji(database: Database, database_url: str, tmp_path: Path) -> None:
    title, body = 'He said "no", twice; 🚢', "One.\n\nTwo, three."
    save(database, article(1, title=title, body=body, entities=[]))
    run("export", "--database", database_url, "--format", "csv", "-o", str(tmp_path / "out.csv"))
    row = rows_of(tmp_path / "out.csv")[0]
    assert tuple(row) == COLUMNS
    assert (row["title"], row["body"], row["topics"]) == (title, body, "harbour; jobs")


def test_parquet_has_the_same_values_with_times_and_lists(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    save(database, article(1))
    path = tmp_path / "out.parquet"
    assert run("export", "--database", database_url, "--format", "parquet", "-o", str(path)) == 0
    found: dict[str, Any] = parquet.read_table(path).to_pylist()[0]
    expected = flat(stored_json(load(database, 1)))
    expected["rules"] = json.dumps(expected["rules"])
    expected["published_day"] = date.fromisoformat(expected["published_day"])
    del expected["provenance"], expected["warc"]
    times = {
        name: datetime.fromisoformat(value)
        for name, value in expected.items()
        if name.endswith("_at") and value
    }
    assert found == expected | times
    assert found["published_at"].tzinfo is not None
    assert found["first_seen_at"] == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_csv_has_provenance_and_local_day(database: Database, database_url: str, tmp_path: Path) -> None:
    known = {"rules": {"title": "json-ld headline"}, "extractor_version": "extraction-1 cleaning-1"}
    at = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    save(database, article(1, published_at=at, published_offset_min=-300, is_free=True, **known))
    run("export", "--database", database_url, "--format", "csv", "-o", str(tmp_path / "out.csv"))
    row = rows_of(tmp_path / "out.csv")[0]
    assert (row["published_at"], row["published_day"]) == ("2026-03-01T01:30:00Z", "2026-02-28")
    assert (row["published_offset_min"], row["is_free"]) == ("-300", "True")
    assert json.loads(row["rules"]) == known["rules"]
    assert (row["extractor_version"], row["entity_engine"]) == (known["extractor_version"], "rules 1")
    assert (row["warc_file"], row["retrieved_at"]) == ("", "")


@pytest.mark.parametrize(
    "arguments", [["export"], ["search", "word", "--json", "--limit", "200"]], ids=" ".join
)
def test_a_reader_that_stops_early_is_no_error(
    database: Database, database_url: str, arguments: list[str]
) -> None:
    for number in range(120):
        save(
            database,
            article(number + 1, title="A title " * 200, body=f"{number} " + "word " * 2_000, entities=[]),
        )
    command = [sys.executable, "-m", "newsbot", *arguments, "--database", database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"id": ')
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_file_that_fails_half_way_is_not_left_under_its_name(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(database, article(1))

    def broken(file: Any, articles: Any) -> None:
        write_jsonl(file, articles)
        raise KeyboardInterrupt

    monkeypatch.setitem(WRITERS, "jsonl", lambda: broken)
    (tmp_path / "out.jsonl").write_text("of yesterday")
    assert run("export", "--database", database_url, "-o", str(tmp_path / "out.jsonl")) == 130
    assert (tmp_path / "out.jsonl").read_text() == "of yesterday"
    assert list(tmp_path.glob(".*.part")) == []


def test_a_full_disk_is_told_in_one_line(
    database: Database,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(_file: Any, _articles: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setitem(WRITERS, "jsonl", lambda: full)
    output = tmp_path / "out.jsonl"
    assert run("export", "--database", database_url, "-o", str(output)) == 1
    assert capsys.readouterr().err == f"newsbot: {output}: cannot be written: No space left on device\n"
    assert list(tmp_path.glob("*out*")) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
@pytest.mark.parametrize(
    "arguments", [["export"], ["search", "harbour", "--json"], ["export", "-o", "/dev/full"]]
)
def test_a_full_stdout_is_told_in_one_line(
    database: Database, database_url: str, arguments: list[str]
) -> None:
    save(database, article(1))
    command = [sys.executable, "-m", "newsbot", *arguments, "--database", database_url]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "No space left on device" in ended.stderr


def test_what_a_killed_export_has_left_is_removed_by_the_next_one_but_not_what_is_being_written(
    tmp_path: Path,
) -> None:
    left = tmp_path / ".out.jsonl.1.part"
    left.touch()
    (tmp_path / ".other.jsonl.1.part").touch()
    with atomic_file(tmp_path / "out.jsonl") as first:
        assert not left.exists()
        part = next(tmp_path.glob(".out.jsonl.*.part"))
        another = part.rename(tmp_path / ".out.jsonl.2.part")  # as if another process wrote it
        with atomic_file(tmp_path / "out.jsonl") as second:
            second.write(b"second")
        assert another.exists()
        another.rename(part)
        first.write(b"first")
    assert {path.name for path in tmp_path.iterdir()} == {"out.jsonl", ".other.jsonl.1.part"}
    assert (tmp_path / "out.jsonl").read_bytes() == b"first"


def test_hostile_characters_reach_no_terminal() -> None:
    hostile = {"source": "e\x1b[5m", "authors": ["a\x9b", "=\ud800"], "title": "\x07=1", "body": "a\n\nb"}
    assert cell(hostile["source"]) == "e[5m"
    assert cell(hostile["title"]) == "'=1"
    assert cell(hostile["body"]) == "a\n\nb"
    assert cell(hostile["authors"]) == "a; ="
    file = io.BytesIO()
    write_jsonl(file, [hostile])
    assert json.loads(file.getvalue())["authors"] == ["a\x9b", "=?"]


def test_a_pipe_is_written_to_and_a_link_stays_a_link(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    save(database, article(1))
    (tmp_path / "link").symlink_to("kept")
    assert run("export", "--database", database_url, "-o", str(tmp_path / "link")) == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "kept").read_text().startswith('{"id": 1')
    os.mkfifo(tmp_path / "pipe")
    command = [
        sys.executable,
        "-m",
        "newsbot",
        "export",
        "--database",
        database_url,
        "-o",
        str(tmp_path / "pipe"),
    ]
    with subprocess.Popen(command) as process:
        assert (tmp_path / "pipe").read_text().startswith('{"id": 1')
    assert process.returncode == 0
    assert (tmp_path / "pipe").is_fifo()


def test_output_dash_is_stdout(
    database: Database, database_url: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    save(database, article(1))
    assert run("export", "--database", database_url, "-o", "-") == 0
    assert capfdbinary.readouterr().out.startswith(b'{"id": 1')


def test_file_that_cannot_be_written_prints_one_line(
    database: Database, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", "--database", database_url, "-o", str(tmp_path / "no" / "out")) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_articles(database: Database, tmp_path: Path) -> None:
    articles = [article(number, body=f"{number} " + "word " * 400, entities=[]) for number in range(1, 1_201)]
    for start in range(0, 1_200, 100):
        save_all(database, articles[start : start + 100])
    peaks = []
    for limit in (400, 1_200):
        tracemalloc.start()
        with database.read() as session, (tmp_path / "out").open("wb") as file:
            write_jsonl(
                file,
                (stored_json(stored) for stored in iter_articles(session, Filters(limit=limit, sort="id"))),
            )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.3
