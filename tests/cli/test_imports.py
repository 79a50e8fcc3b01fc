"""What common commands must not import: each of these costs a command a tenth of a second of its start, or more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsbot.store import queries
from newsbot.store.database import Database
from tests.pages import article_page

READING = frozenset(
    {
        *("aiohttp", "alembic", "asyncpg", "fastapi", "fastwarc", "jinja2", "lxml", "numpy", "onnxruntime"),
        *("pycld2", "pydantic_settings", "requests", "scrapy", "tldextract", "twisted", "uvicorn"),
    }
)
"""What no command needs that reads what is stored."""
CRAWLING = frozenset({"aiohttp", "alembic", "apprise", "fastapi", "jinja2", "pydantic_settings", "uvicorn"})
"""What no crawl needs, into a database that is there."""
PROGRAM = """
import json, sys
from {module} import {main}
try:
    {main}()
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


def imported(module: str, main: str, *arguments: str, url: str, folder: Path) -> set[str]:
    """Return the packages that a command has imported in the end."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module=module, main=main), *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={
            **os.environ,
            "NEWSBOT_DATABASE_URL": url,
            "NEWSBOT_ENTITY_ENGINE": "none",
            "SCRAPY_SETTINGS_MODULE": "newsbot.settings",
        },
    )
    return {*json.loads(done.stdout.splitlines()[-1])}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of an empty database."""
    database = Database(f"sqlite:///{tmp_path / 'newsbot.db'}").open()
    database.close()
    return f"sqlite:///{tmp_path / 'newsbot.db'}"


@pytest.mark.parametrize("arguments", [["search", "x"], ["stats"], ["count", "x"]], ids=" ".join)
def test_command_that_reads_imports_nothing_for_crawls_and_pages(
    arguments: list[str], url: str, tmp_path: Path
) -> None:
    found = imported("newsbot.cli", "main", *arguments, url=url, folder=tmp_path)
    assert "sqlalchemy" in found
    assert READING & found == set()


def test_crawl_imports_no_server_and_no_component_that_is_off(url: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(article_page(1, url="https://news.example/1"))
    crawl = ["crawl", "saved", "-a", f"path={tmp_path / 'page.html'}", "-L", "ERROR"]
    found = imported("scrapy.cmdline", "execute", *crawl, url=url, folder=tmp_path)
    assert "onnxruntime" in found or "numpy" in found
    assert CRAWLING & found == set()


def test_every_name_of_the_queries_is_there() -> None:
    names = {name for name in dir(queries) if not name.startswith("_")}
    assert {"search", "history", "stats", "addresses"} <= names
    assert all(callable(getattr(queries, name)) for name in ("search", "history", "stats", "addresses"))
    with pytest.raises(AttributeError, match="has no attribute 'serch'"):
        _ = queries.serch  # type: ignore[attr-defined]
