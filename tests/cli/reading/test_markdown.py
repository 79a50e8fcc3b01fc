"""`--markdown` prints the text of an article with its structure, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbot import cli
from newsbot.cli import newsbot
from newsbot.items import Image, Link
from newsbot.store.database import Database
from tests.store.samples import article, save

PAGE = Path(__file__).parents[3] / "fixtures" / "table-and-pictures" / "page.html"
MARKDOWN = "One [word](https://a.example/).\n\n- Two"


def test_extract_prints_the_markdown_of_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(newsbot, ["extract", str(PAGE), "--markdown"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("![The late boat leaves Dunholme for one of the last times.](https://media.")
    assert "\n| Route | Until March | From April |\n| --- | --- | --- |\n" in printed


def test_show_prints_the_markdown_of_an_article(
    database: Database, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    link = Link(url="https://a.example/", text="word")
    image = Image(url="https://a.example/b.jpg", caption="The harbour", credit="Ada Kovac")
    save(database, article(1, body="One word.\n\nTwo", body_markdown=MARKDOWN, links=[link], images=[image]))
    assert cli.run(newsbot, ["show", "1", "--markdown", "--database", database_url]) == 0
    assert capsys.readouterr().out == MARKDOWN + "\n"
    assert cli.run(newsbot, ["show", "1", "--database", database_url]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "image:             https://a.example/b.jpg: The harbour (picture: Ada Kovac)" in lines
    assert "link:              https://a.example/ word" in lines
