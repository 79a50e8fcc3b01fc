from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsbot.cli import main
from newsbot.store.database import Database
from tests.dedupe.texts import text
from tests.store.articles.test_site_boilerplate import SHARE, _article, _store
from tests.store.samples import load


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Return a database with eight articles; from the last three, a line was removed."""
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    database = Database(url).open()
    for number in range(1, 9):
        _store(database, _article(number, SHARE))
    database.close()
    return url


@pytest.fixture
def run(database_url: str, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Return a function that runs a command and returns its status, output and messages."""

    def _run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--database", database_url])
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return _run


def _body(url: str, number: int) -> str:
    database = Database(url).open()
    body = load(database, number).article.body
    database.close()
    return body


def test_blocks_of_a_source_are_listed_kept_and_released(run, database_url: str) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("sources", "boilerplate", "news.example", "--json")
    [block] = map(json.loads, out.splitlines())
    assert (status, block["text"], block["is_learnt"], block["removed_count"]) == (0, SHARE, True, 3)
    status, _, err = run("sources", "boilerplate", "news.example", "--keep", block["id"][:6])
    assert (status, err) == (0, f"{block['id']} is kept; 3 articles have it again\n")
    assert _body(database_url, 8) == f"{text(8)}\n\n{SHARE}"
    assert run("sources", "boilerplate", "news.example")[1] == f"{block['id']}\tkept\t0\t{SHARE}\n"
    assert run("sources", "boilerplate")[1] == "news.example\t1\t1\t0\n"
    assert run("sources", "boilerplate", "news.example", "--release", block["id"])[0] == 0
    assert run("reclean")[2] == "8 articles were recleaned\n"
    assert _body(database_url, 8) == text(8)


@pytest.mark.parametrize("block", ["zzzz", "", "abcdefabcdef", "\x1b[2J"])
def test_unknown_block_is_one_line(run, block: str) -> None:  # type: ignore[no-untyped-def]
    status, out, err = run("sources", "boilerplate", "news.example", "--keep", block)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "no block" in err


def test_unknown_source_and_options_without_a_source_are_one_line(run) -> None:  # type: ignore[no-untyped-def]
    assert run("sources", "boilerplate", "nobody.example")[0] == 2
    assert run("sources", "boilerplate", "--keep", "abcd")[0] == 2
    assert run("sources", "boilerplate", "news.example", "--keep", "a", "--release", "b")[0] == 2


def test_show_tells_what_was_removed(run) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = run("show", "8", "--removed", "--json")
    [gone] = json.loads(out)["removed"]
    place = len(text(8).split("\n\n"))
    assert (gone["text"], gone["by"], gone["place"], len(gone["block"])) == (SHARE, "site", place, 12)
    assert "the site repeats it: Like this story?" in run("show", "8", "--removed")[1]
    assert json.loads(run("show", "1", "--removed", "--json")[1])["removed"] == []
    assert "removed" not in json.loads(run("show", "8", "--json")[1])


def test_source_and_health_count_what_was_removed(run) -> None:  # type: ignore[no-untyped-def]
    assert "removed paragraphs: 3, from 3 articles" in run("sources", "show", "news.example")[1]
