"""The documentation site: it builds without a warning, needs no other host, and describes what the code has."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import Table

from docs.generate.links import site_links
from docs.generate.navigation import expanded
from docs.generate.tables import column_texts
from newsbot.cli import COMMANDS
from newsbot.store.schema.models import Base

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 120


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("mkdocs") is None:
        pytest.skip("the extra `docs` is not installed")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--site-dir", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def page(site: Path, name: str) -> str:
    return (site / f"{name}.html").read_text("utf-8")


@pytest.mark.slow
def test_site_loads_nothing_from_another_host(site: Path) -> None:
    loaded = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["']?(?:https?:)?//""")
    pages = {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")}
    assert {name for name, text in pages.items() if loaded.search(text)} == set()
    assert len(pages) > 30


@pytest.mark.slow
def test_reference_describes_every_command_and_every_table(site: Path) -> None:
    commands, tables = page(site, "reference/commands"), page(site, "reference/tables")
    assert {name for name in COMMANDS if f"newsbot {name}" not in commands} == set()
    assert {name for name in Base.metadata.tables if f"<code>{name}</code>" not in tables} == set()
    assert "GET /api/changes" in page(site, "reference/api")
    assert "newsbot.extraction.extract" in page(site, "reference/python")


def test_every_column_has_a_description() -> None:
    """They are docstrings below the attributes in newsbot/store/schema/models/, and make the data dictionary."""
    missing = [
        f"{table.name}.{column}"
        for mapper in Base.registry.mappers
        for table in mapper.tables
        if isinstance(table, Table)
        for column, text in column_texts(mapper.class_, table).items()
        if not text
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("page", "markdown", "written"),
    [
        pytest.param("tutorial.md", "[a](howto/x.md#y)", "[a](howto/x.md#y)", id="page below"),
        pytest.param("howto/x.md", "[a](../articles.md)", "[a](../articles.md)", id="page above"),
        pytest.param(
            "howto/x.md",
            "[a](../../benchmarks/web.md)",
            "[a](../benchmarks/web.md)",
            id="page of another folder",
        ),
        pytest.param("CONTRIBUTING.md", "[a](docs/articles.md)", "[a](articles.md)", id="page outside docs/"),
        pytest.param(
            "howto/x.md", "see [the licence](../../NOTICE).", "see the licence.", id="file of no page"
        ),
        pytest.param(
            "a.md", "[a](https://news.example/) [b](#c)", "[a](https://news.example/) [b](#c)", id="others"
        ),
        pytest.param("a.md", "```\n[a](../NOTICE)\n```\n", "```\n[a](../NOTICE)\n```\n", id="in code"),
    ],
)
def test_links_hold_in_the_site(page: str, markdown: str, written: str) -> None:
    assert site_links(markdown, page) == written


def test_a_pattern_of_the_navigation_becomes_the_pages_that_no_line_names() -> None:
    nav = [{"Home": "a.md"}, {"How": ["how/b.md", "how/*.md"]}, "*.md"]
    pages = ["a.md", "b.md", "how/a.md", "how/b.md", "how/c.md", "other/how/d.md"]
    home, how, *others = expanded(nav, pages)
    assert home == {"Home": "a.md"}
    assert how == {"How": ["how/b.md", "how/a.md", "how/c.md"]}
    assert others == ["b.md"]
