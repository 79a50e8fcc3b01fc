"""Documents lead to what exists, and nothing that users can name is undocumented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from newsbot.cli import COMMANDS
from newsbot.settings import NEWSBOT_SETTINGS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path
    for pattern in (
        "*.md",
        ".github/**/*.md",
        "docs/**/*.md",
        "fixtures/**/*.md",
        "benchmarks/*.md",
        "training/*.md",
    )
    for path in ROOT.glob(pattern)
)
USER_DOCUMENTS = [path for path in DOCUMENTS if path.name == "README.md" or "docs" in path.parts]

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
PATH = re.compile(r"`((?:newsbot|tests|docs|fixtures|benchmarks|training|deploy)/[\w./-]*|[\w/-]+/\w+\.py)`")
"""A file or folder of the project, or a module: its path may be relative to `newsbot/`."""
OPEN_QUESTION = "<!-- verify:"


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def prose(path: Path) -> str:
    """Return a document without its code blocks."""
    return FENCE.sub("", path.read_text("utf-8"))


@cache
def anchors(path: Path) -> frozenset[str]:
    """Return the anchors that GitHub gives the headings of a document."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(path)))
    return frozenset(heading.replace(" ", "-") for heading in headings)


def broken_links(path: Path) -> Iterator[str]:
    for target in LINK.findall(CODE.sub("", prose(path))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        if not found.exists() or (anchor and anchor not in anchors(found)):
            yield target


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_relative_links_lead_somewhere(document: Path) -> None:
    assert list(broken_links(document)) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_files_that_a_document_names_exist(document: Path) -> None:
    """A page that adds a file names it before it exists; a document with an open question is not finished."""
    text = document.read_text("utf-8")
    if OPEN_QUESTION in text:
        pytest.skip("the document has an open question")
    added = set(re.findall(r"^New file `([^`]+)`", text, re.MULTILINE))
    missing = [path for path in PATH.findall(prose(document)) if path not in added and not _exists(path)]
    assert missing == []


def _exists(path: str) -> bool:
    return (ROOT / path).exists() or (ROOT / "newsbot" / path).exists()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_command_is_documented(command: str) -> None:
    assert _mentions(rf"newsbot {command}\b"), f"`newsbot {command}` is in no document for users"


@pytest.mark.parametrize("setting", [setting.name for setting in NEWSBOT_SETTINGS])
def test_setting_is_documented(setting: str) -> None:
    assert _mentions(rf"{setting}\b"), f"{setting} is in no document for users"


def _mentions(pattern: str) -> bool:
    return any(re.search(pattern, path.read_text("utf-8")) for path in USER_DOCUMENTS)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [("## Set up", "set-up"), ("### 1. Why `a` (and b)?", "1-why-a-and-b")],
)
def test_anchor_is_that_of_github(tmp_path: Path, heading: str, anchor: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{heading}\n")
    assert anchor in anchors(page)
