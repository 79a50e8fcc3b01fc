"""Large catalogs: read from an index, source by source, with the same answers as those that are read as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbot.errors import UsageError
from newsbot.sources import catalog, catalog_index
from newsbot.sources.catalog import (
    Catalog,
    catalog_of,
    configured_delay,
    load_sources,
    open_catalog,
    source_for,
)

TABLES = """
[[source]]
key = "paper"
homepage = "https://www.paper.example/"
feeds = ["https://www.paper.example/rss"]
article_urls = ["/[0-9]{4}/"]
timezone = "Europe/Vienna"
checked_on = 2026-05-01
delay_s = 2.5

[source.extract]
title = "h1"
remove = [".ad"]
valid_until = 2026-12-31

[[source]]
key = "sport"
homepage = "https://www.paper.example/sport/"
hosts = ["cdn.example"]
enabled = false
render = true
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for caches of the test's own; every catalog counts as a large one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(catalog, "LARGE_BYTES", 0)
    monkeypatch.setattr(catalog, "_opened", {})
    (tmp_path / "sources.toml").write_text(TABLES)
    return tmp_path


def opened(folder: Path) -> Catalog:
    """Open the catalog as another process would."""
    catalog._opened.clear()
    return open_catalog(str(folder / "sources.toml"))


@pytest.mark.parametrize("times", [1, 2], ids=["made", "found"])
def test_an_indexed_catalog_has_the_same_sources(folder: Path, times: int) -> None:
    for _ in range(times):
        indexed = opened(folder)
    whole = catalog_of(load_sources(str(folder / "sources.toml")))
    assert dict(indexed.sources) == dict(whole.sources)
    assert {host: list(found) for host, found in indexed.hosts.items()} == whole.hosts
    assert (indexed.enabled, indexed.rendering) == (whole.enabled, whole.rendering) == (["paper"], ["sport"])
    assert indexed.definitions == whole.definitions


def test_pages_belong_to_the_same_sources(folder: Path) -> None:
    indexed = opened(folder)
    for url, key in [
        ("https://paper.example/2026/1", "paper"),
        ("https://www.paper.example/sport/1", "sport"),
        ("https://img.cdn.example/1", "sport"),
        ("https://other.example/", None),
    ]:
        found = source_for(url, indexed)
        assert (found.key if found else None) == key
    assert configured_delay("https://www.paper.example/sport/1", indexed) == 2.5
    assert configured_delay("https://other.example/", indexed) == 0.0
    assert indexed.sources["paper"] is indexed.sources["paper"]


def test_a_catalog_that_has_changed_is_read_anew_and_old_ones_are_forgotten(folder: Path) -> None:
    for number in range(5):
        (folder / "sources.toml").write_text(TABLES.replace('"cdn.example"', f'"cdn{number}.example"'))
        assert opened(folder).sources["sport"].hosts == (f"cdn{number}.example",)
    kept = list((folder / "cache/newsbot").iterdir())
    assert len(kept) == 2 * catalog_index.KEPT_CATALOGS


def test_what_is_wrong_is_said_each_time(folder: Path) -> None:
    (folder / "sources.toml").write_text(TABLES.replace('key = "sport"', 'key = "paper"'))
    for _ in range(2):
        with pytest.raises(UsageError, match="key is already used"):
            opened(folder)
    assert list((folder / "cache/newsbot").iterdir()) == []


def test_without_a_folder_for_caches_it_is_read_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "file"))
    assert opened(folder).sources["sport"].hosts == ("cdn.example",)


def test_a_damaged_file_is_made_anew(folder: Path) -> None:
    opened(folder)
    for file in (folder / "cache/newsbot").glob("*.index.json"):
        file.write_text("{")
    assert list(opened(folder).sources) == ["paper", "sport"]


def test_only_the_sources_in_use_are_kept_in_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_index, "KEPT_SOURCES", 1)
    sources = opened(folder).sources
    assert [sources[key].key for key in ("paper", "sport", "paper")] == ["paper", "sport", "paper"]
    assert isinstance(sources, catalog_index.FiledSources)
    assert list(sources._kept) == ["paper"]
