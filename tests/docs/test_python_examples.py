"""The Python in the README does what it says."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsbot.store.database import Database
from tests.store.samples import article, save_all

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "fixtures" / "several-authors" / "page.html").read_bytes()
SECTION = re.findall(
    r"^## Use it from Python\n(.*?)^#", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
)
[READING, ASKING] = [
    textwrap.dedent(block) for block in re.findall(r"\n((?: {4}.*\n|\n(?= {4}))+)", SECTION[0])
]


def test_page_is_read_as_the_readme_says() -> None:
    names: dict[str, Any] = {"html": PAGE}
    exec(READING, names)
    newsbot = names["newsbot"]
    assert names["article"].title == "Seven countries sign up to shared night trains"
    assert newsbot.canonicalize("http://www.news.example/story?utm_source=x") == "https://news.example/story"
    found = newsbot.recognize("Angela Merkel spoke in Berlin.")
    assert [mention.type for mention in found] == ["PER", "LOC"]


def test_database_is_asked_as_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///newsbot.db").open()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    body = "The sea level rises with the climate, and ports need higher walls."
    save_all(database, [article(1, title="Walls for ports", body=body, published_at=yesterday)])
    database.close()
    names: dict[str, Any] = {}
    exec(ASKING, names)
    assert names["found"].total == 1
    assert capsys.readouterr().out.endswith("1 Walls for ports\n")
