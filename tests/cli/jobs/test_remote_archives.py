"""`newsbot backfill` and `newsbot archive upload` with archives that are elsewhere."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from newsbot.cli import newsbot, run
from newsbot.jobs.remote.objects import file_system
from newsbot.store.database import Database
from tests.cli.jobs.test_backfill import archives, backfill, counts, done, kill, stored


def without_places(url: str) -> dict[str, Any]:
    """Return the rows of a database, without where archives are and how they are divided."""
    found = stored(url)
    found["fetches"] = sorted((*row[:3], Path(row[3]).name, row[4]) for row in found["fetches"])
    found["parts"] = sorted((Path(path).name, state) for path, state, _ in found["parts"])
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return archives(tmp_path / "past", 3, 60)


@pytest.fixture
def filled(bucket: str, folder: Path) -> str:
    """A bucket with archives."""
    files, path = file_system(bucket)
    for archive in folder.iterdir():
        files.pipe_file(f"{path}/past/{archive.name}", archive.read_bytes())
    return bucket


def test_archives_of_a_store_are_stored_like_those_of_a_folder(
    tmp_path: Path, filled: str, folder: Path
) -> None:
    here, there = (f"sqlite:///{tmp_path / name}.db" for name in ("here", "there"))
    first = counts(backfill(here, str(folder), "--workers", "1", "--json"))
    assert counts(backfill(there, f"{filled}/past/*.warc.gz", "--workers", "2", "--json")) == first
    assert without_places(there) == without_places(here)
    again = backfill(there, f"{filled}/past/", "--json")
    assert counts(again) == first


@pytest.mark.slow
def test_a_backfill_from_a_store_that_is_killed_ends_like_an_undisturbed_one(
    tmp_path: Path, filled: str, folder: Path
) -> None:
    here, there = (f"sqlite:///{tmp_path / name}.db" for name in ("here", "there"))
    assert backfill(here, str(folder), "--workers", "2").returncode == 0
    chance = random.Random(2)
    for articles in (17, 9, 3):
        kill(there, f"{filled}/past/", f"group:{articles}:{chance.random() * 0.02}")
    assert 0 < done(there) < done(here)
    assert backfill(there, f"{filled}/past/", "--workers", "2").returncode == 0
    assert without_places(there) == without_places(here)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("s3://no-such-bucket/past/*.warc.gz", "no archive in it"),
        ("s3://no-such-bucket/past/1.warc.gz", "there is no such object or bucket"),
        ("http://127.0.0.1:9/1.warc.gz", "NEWSBOT_ALLOWED_NETWORKS"),
        ("nonsense://bucket/1.warc.gz", "of an unknown kind"),
        ("@missing.txt", "missing.txt"),
    ],
)
def test_places_that_cannot_be_read_cost_one_line(
    bucket: str, tmp_path: Path, place: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(newsbot, ["backfill", place, "--database", f"sqlite:///{tmp_path / 'newsbot.db'}"])
    said = capsys.readouterr().err
    assert status in {1, 2}
    assert said.count("\n") == 1
    assert message in said


def test_upload_prints_where_files_are(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    Database(url).open().close()
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", url)
    monkeypatch.setenv("NEWSBOT_ARCHIVE_DIR", str(folder))
    (folder / "0.warc.gz").rename(folder / "newsbot-0.warc.gz")
    assert run(newsbot, ["archive", "upload"]) == 2
    assert "NEWSBOT_ARCHIVE_URL is empty" in capsys.readouterr().err
    store = (tmp_path / "store").as_uri()
    monkeypatch.setenv("NEWSBOT_ARCHIVE_URL", store)
    printed = CliRunner().invoke(newsbot, ["archive", "upload", "--json"]).stdout
    assert json.loads(printed)["url"] == f"{store}/newsbot-0.warc.gz"
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["newsbot-0.warc.gz"]
    stats = json.loads(CliRunner().invoke(newsbot, ["archive", "stats", "--json"]).stdout)
    assert stats["files"] == 1
    assert CliRunner().invoke(newsbot, ["archive", "verify"]).exit_code == 0
