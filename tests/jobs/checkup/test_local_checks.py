import shutil
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import insert

from newsbot.configuration.table import Configuration
from newsbot.jobs.checkup import local_checks
from newsbot.jobs.checkup.local_checks import check_deliveries, check_disk, check_extras, check_retention
from newsbot.store.database import Database
from newsbot.store.schema.models import Fetch


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(("free", "verdict"), [(50 * 2**30, "ok"), (2**30, "warning"), (2**20, "problem")])
def test_a_full_disk_is_reported_before_it_is_full(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, verdict: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free, 0, free))
    [found] = check_disk(Configuration(archive_dir=str(tmp_path / "not yet" / "made")))
    assert found.verdict == verdict
    assert str(tmp_path) in found.detail


def test_an_extra_that_a_source_needs_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(local_checks, "find_spec", lambda _: None)
    path = tmp_path / "sources.toml"
    path.write_text('[[source]]\nkey = "a"\nhomepage = "https://a.example/"\nrender = true\n')
    settings = Configuration(sources=str(path), embeddings=True, archive_url="s3://bucket")
    found = list(check_extras(settings))
    assert [finding.advice for finding in found] == [
        "",
        "pip install 'newsbot[languages]'",
        "pip install 'newsbot[s3]'",
        "pip install 'newsbot[render]'",
    ]


def test_all_extras_of_the_package_are_listed() -> None:
    package = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    assert local_checks.EXTRAS.keys() == package["optional-dependencies"].keys() - {
        "bench",
        "docs",
        "scrapyd",
        "test",
    }


def test_tables_that_a_crawl_or_an_output_would_refuse_are_problems() -> None:
    given: Any = {"watch": ({"name": "a", "notfy": []},), "output": ({"name": "b", "kind": "fils"},)}
    found = list(check_deliveries(Configuration(**given)))
    assert [finding.verdict for finding in found] == ["problem", "problem"]
    assert "notfy" in found[0].detail
    assert "fils" in found[1].detail


def test_tables_that_grow_without_an_end_are_named(database: Database, database_url: str) -> None:
    now = datetime.now(UTC)
    fetch = {"url": "https://news.example/feed", "url_hash": b"f" * 16, "outcome": "feed"}
    rows = [fetch | {"id": 1, "fetched_at": now - timedelta(days=43)}]
    with database.write() as session:
        session.execute(insert(Fetch), rows)

    def found(days: int) -> list[tuple[str, str]]:
        settings = Configuration(database_url=database_url, keep_fetches_days=days)
        return [(finding.verdict, finding.detail) for finding in check_retention(settings, now)]

    assert found(30) == [("ok", "nothing is older than the settings keep it")]
    assert found(28) == [("warning", "fetches: rows are older than the settings keep them")]
    assert found(0)[0][0] == "ok"
    with database.write() as session:
        session.execute(insert(Fetch), [rows[0] | {"id": 9_000_000}])
    assert found(0) == [("warning", "fetches: about 9,000,000 rows, kept for ever")]
