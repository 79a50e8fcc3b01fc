"""The Python in the README does what it says."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import time_machine

from newsbot.sources.model import Source
from newsbot.store.crawl.feed_rows import sync_sources
from newsbot.store.database import Database
from tests.store.samples import NOW, article, save

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "fixtures" / "several-authors" / "page.html").read_bytes()


def parts() -> list[str]:
    """Return what is separated by blank lines: the import, a page, a crawl, a database."""
    text = (ROOT / "README.md").read_text("utf-8")
    [block] = re.findall(r"## Use it from Python\n\n((?: {4}.*\n|\n)+)", text)
    return textwrap.dedent(block).strip().split("\n\n")


def test_python_that_reads_a_page_runs() -> None:
    imports, page, crawl, _ = parts()
    names: dict[str, Any] = {"html": PAGE}
    exec(f"{imports}\n{page}", names)
    assert names["article"].title == "Seven countries sign up to shared night trains"
    compile(crawl, "README.md", "exec")  # needs the network


def test_python_that_reads_a_database_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///newsbot.db").open()
    with database.write() as session:
        source = Source(key="a", name="A", homepage="https://news.example/", tags=("uk",))
        sync_sources(session, [source], now=NOW)
    save(database, article(1, source="a", title="Climate", body="The sea level rises."))
    database.close()
    imports, _, _, reading = parts()
    with time_machine.travel(NOW):
        exec(f"{imports}\n{reading}", {})
    assert capsys.readouterr().out.startswith("1 Climate")
