"""Commands that list, edit, import and export one's own sources."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from newsbot.cli import newsbot, run
from newsbot.sources.catalog import load_sources

TWO = """# Mine.
[[source]]
key = "courier"
homepage = "https://courier.example/"
feeds = ["https://courier.example/rss.xml"]
language = "en"
country = "GB"
tags = ["uk"]  # by country

[[source]]
key = "bote"
homepage = "https://bote.example/"
language = "de"
country = "AT"
enabled = false
[source.extract]
title = "h1"
"""
LIST = """<opml version="2.0"><body><outline text="Politics">
<outline text="The Courier" xmlUrl="https://courier.example/rss.xml" htmlUrl="https://courier.example/"/>
<outline text="Courier" xmlUrl="https://other.example/rss.xml" htmlUrl="https://other.example/"/>
<outline text="Broken" xmlUrl="javascript:x"/>
</outline></body></opml>"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "two.toml").write_text(TWO)
    monkeypatch.setenv("NEWSBOT_SOURCES", str(folder))
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert run(newsbot, ["sources", *arguments]) == status
    printed = capsys.readouterr()
    return printed.err if status else printed.out


def objects(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told(capsys, *arguments, "--json").splitlines()]


def test_sources_are_enabled_and_disabled_in_their_file(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "enable", "bote") == f"bote: enabled = true in {own / 'two.toml'}\n"
    assert objects(capsys, "disable", "courier", "bote")[0]["enabled"] is False
    assert (own / "two.toml").read_text() == TWO.replace(
        'tags = ["uk"]  # by country\n', 'tags = ["uk"]  # by country\nenabled = false\n'
    )


def test_tags_are_added_and_removed(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "tag", "courier", "bote", "--add", "daily,quality", "--remove", "uk")
    found = load_sources(str(own))
    assert [found[key].tags for key in ("courier", "bote")] == [("daily", "quality")] * 2
    told(capsys, "tag", "courier", "--remove", "daily", "--remove", "quality")
    assert load_sources(str(own))["courier"].tags == ()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["enable", "couriér"], "did you mean courier"),
        (["enable", "courier", "bbc"], "--copy takes it there"),
        (["tag", "courier"], "accepted: --add TAG, --remove TAG"),
        (["tag", "courier", "--add", "Not A Tag"], "lower case"),
        (["list", "--tag", "ukk"], "did you mean uk?"),
        (["list", "--language", "english"], "accepted: de, en"),
        (["list", "--country", "xx"], "accepted: AT, GB"),
        (["show", "curier"], "did you mean courier?"),
    ],
)
def test_mistake_changes_nothing_and_says_what_is_accepted(
    own: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], hint: str
) -> None:
    assert hint in told(capsys, *arguments, status=2)
    assert (own / "two.toml").read_text() == TWO


def test_sources_of_the_catalog_are_edited_in_a_copy_only(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "bbc.toml" in told(capsys, "disable", "bbc", "--copy")
    copy = load_sources(str(own))["bbc"]
    assert (copy.enabled, copy.feeds) == (False, load_sources()["bbc"].feeds)
    assert load_sources()["bbc"].enabled
    monkeypatch.setenv("NEWSBOT_SOURCES", "")
    assert "set NEWSBOT_SOURCES" in told(capsys, "disable", "bbc", "--copy", status=2)


def test_copies_go_into_a_new_folder_or_at_the_end_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSBOT_SOURCES", str(tmp_path / "new"))
    told(capsys, "tag", "bbc", "dw-english", "--add", "mine", "--copy")
    assert sorted(load_sources(str(tmp_path / "new"))) == ["bbc", "dw-english"]
    (tmp_path / "one.toml").write_text(TWO)
    monkeypatch.setenv("NEWSBOT_SOURCES", str(tmp_path / "one.toml"))
    told(capsys, "enable", "bbc", "--copy")
    assert sorted(load_sources(str(tmp_path / "one.toml"))) == ["bbc", "bote", "courier"]


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ([], ["courier", "bote"]),
        (["--tag", "uk"], ["courier"]),
        (["--language", "de,en"], ["courier", "bote"]),
        (["--country", "at"], ["bote"]),
        (["--enabled"], ["courier"]),
        (["--disabled"], ["bote"]),
        (["--disabled", "--tag", "uk"], []),
    ],
)
def test_list_has_filters(
    own: Path, capsys: pytest.CaptureFixture[str], filters: list[str], keys: list[str]
) -> None:
    assert [source["key"] for source in objects(capsys, "list", *filters)] == keys


def test_subscriptions_are_taken_over_once(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.opml"
    file.write_text(LIST)
    said = told(capsys, "import-opml", str(file), status=1).splitlines()
    assert said == [
        "newsbot: The Courier: its feed is already polled for source 'courier'",
        "newsbot: Broken: not taken over: homepage: '' is not accepted; an absolute http or https URL is; "
        "feeds: 'javascript:x' is not accepted; an absolute http or https URL is",
        f"newsbot: 1 sources written to {own}, 1 were there, 1 left out",
    ]
    [source] = tomllib.loads((own / "courier-2.toml").read_text())["source"]
    assert source == {
        "key": "courier-2",
        "name": "Courier",
        "homepage": "https://other.example/",
        "feeds": ["https://other.example/rss.xml"],
        "tags": ["politics"],
    }
    before = sorted(own.iterdir())
    told(capsys, "import-opml", str(file), status=1)
    assert sorted(own.iterdir()) == before


def test_export_and_import_keep_sources(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "export-opml", "-o", str(tmp_path / "out.opml"))
    told(capsys, "import-opml", str(tmp_path / "out.opml"), "--write", str(tmp_path / "copy"))
    [copy] = load_sources(str(tmp_path / "copy")).values()
    original = load_sources(str(own))["courier"]
    assert (copy.key, copy.feeds, copy.tags, copy.language) == ("courier", original.feeds, ("uk",), "en")


def test_subscriptions_need_a_folder_and_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.opml").write_text("<rss/>")
    assert "--write FOLDER" in told(capsys, "import-opml", str(tmp_path / "mine.opml"), status=2)
    arguments = ["import-opml", str(tmp_path / "mine.opml"), "--write", str(tmp_path / "new")]
    assert "no <opml> element" in told(capsys, *arguments, status=1)
    assert not (tmp_path / "new").exists()


def test_check_tells_all_faults_of_all_files(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "bad.toml").write_text(
        '[[source]]\nkey = "bad"\nhomepage = "nowhere"\nfeds = []\ndelay_s = -1\n'
        '[[source]]\nkey = "courier"\nhomepage = "https://c.example/"\n'
    )
    (own / "broken.toml").write_text("[[source]\n")
    faults = told(capsys, "check", status=2).splitlines()
    assert [fault.partition(": source ")[2].partition(":")[0] for fault in faults] == [
        '"bad"',
        '"bad"',
        '"bad"',
        "",
        '"courier"',
    ]
    assert "feds: unknown key; did you mean feeds?" in faults[0]
    assert "broken.toml: not readable as TOML" in faults[3]
