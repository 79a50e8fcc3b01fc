from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsbot.configuration.table import Configuration
from newsbot.jobs.checkup.network_checks import check_clock, check_network
from tests.site import Site, running_site

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def settings(folder: Path, homepage: str) -> Configuration:
    path = folder / "sources.toml"
    path.write_text(f'[[source]]\nkey = "a"\nhomepage = "{homepage}/"\n')
    return Configuration(sources=str(path), contact="me@news.example")


def test_a_site_that_answers_shows_that_there_is_a_network_and_whether_the_clock_is_right(
    site: Site, tmp_path: Path
) -> None:
    ours = settings(tmp_path, site.url)
    assert [(f.check, f.verdict) for f in check_network(ours, datetime.now(UTC))] == [
        ("network", "ok"),
        ("clock", "ok"),
    ]
    late = datetime.now(UTC) + timedelta(hours=2)
    assert [f.verdict for f in check_network(ours, late)] == ["ok", "problem"]


def test_a_site_that_does_not_answer_is_a_problem(tmp_path: Path) -> None:
    [found] = check_network(settings(tmp_path, "http://127.0.0.1:1"), NOON)
    assert (found.check, found.verdict) == ("network", "problem")
    assert "refused" in found.detail


def test_a_name_that_is_not_found_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    [found] = check_network(settings(tmp_path, "https://news.invalid"), NOON)
    assert found.verdict == "problem"
    assert found.detail.startswith("the name news.invalid is not found")


@pytest.mark.parametrize(
    ("date", "verdict"),
    [
        ("Wed, 20 May 2026 12:00:59 GMT", "ok"),
        ("Wed, 20 May 2026 11:55:00 GMT", "warning"),
        ("Wed, 20 May 2026 13:00:00 +0000", "problem"),
        ("Wed, 20 May 2026 12:00:00 -0000", "ok"),
        ("yesterday", "skipped"),
        (None, "skipped"),
        ("Wed, 99 May 99999999999999 13:00:00 GMT", "skipped"),
    ],
)
def test_the_clock_is_compared_with_that_of_the_site(date: str | None, verdict: str) -> None:
    [found] = check_clock(date, "news.example", NOON)
    assert found.verdict == verdict
