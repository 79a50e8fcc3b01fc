"""Documents lead to what exists, and nothing that users can name is undocumented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from newsbot.cli import COMMANDS
from newsbot.configuration.table import SETTINGS

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
IN_CODE = re.compile(r"`([^`\n]+)`|^```.*?\n(.*?)^```$|^ {4,}(?![-*0-9])(.+)$", re.MULTILINE | re.DOTALL)
"""Code: inline, in a fenced block, or on an indented line."""
PATH = re.compile(
    r"(?<![\w./:@<*{-])((?:newsbot|tests|docs|fixtures|benchmarks|training|deploy)/[\w./-]*+|[\w/-]*\w\.py\b)(?![\w<*{])"
)
"""A file or folder of the project, or a module: its path may be relative to `newsbot/`, or a name alone."""
DOTTED = re.compile(r"(?<![\w./:@-])newsbot((?:\.[A-Za-z_]\w*)+)")
"""A module, or a name in it, as Python imports it."""
RELATIVE_FOLDER = re.compile(r"`((?:[a-z_]+/)+)`")
"""A folder in a document whose paths are relative to `newsbot/`."""
NO_MODULES = {".db", ".ipynb", ".toml", ".features", ".service", ".timer"}
"""What follows `newsbot` in the names of files and units, and in the key of a model's metadata."""
NAMES_OF_OTHERS = {".engines", ".stages", ".extractors", ".changes.new"}
"""What follows `newsbot` in the names of groups of entry points, and in subjects of brokers."""
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
    assert missing_names(text) == []


def missing_names(text: str) -> list[str]:
    """Return the paths and modules in the code of a document that neither exist nor are added by it."""
    added = re.findall(r"^New file `([^`]+)`", text, re.MULTILINE)
    code = "\n".join("".join(parts) for parts in IN_CODE.findall(text))
    missing = [path for path in PATH.findall(code) if not _exists(path) and not _is_added(path, added)]
    return missing + [f"newsbot{name}" for name in DOTTED.findall(code) if not _resolves(name, added)]


def _exists(path: str) -> bool:
    if "/" not in path:
        return path in module_files()
    return (ROOT / path).exists() or (ROOT / "newsbot" / path).exists()


@cache
def module_files() -> frozenset[str]:
    """Return the file names of the project's modules."""
    folders = ("newsbot", "tests", "benchmarks", "training")
    return frozenset(path.name for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _is_added(path: str, added: list[str]) -> bool:
    """Return whether a page adds a file, a folder of it, or a folder in which its commands write the file."""
    folder = path.rpartition("/")[0]
    return any(
        file.endswith(path)
        or file.startswith(f"{path.rstrip('/')}/")
        or path.startswith(file)
        or (bool(folder) and file.startswith(f"{folder}/") and not _exists(folder))
        for file in added
    )


def _resolves(name: str, added: list[str]) -> bool:
    """Return whether a dotted name leads to a package, a module, or a name that the module has."""
    if name in NO_MODULES | NAMES_OF_OTHERS:
        return True
    place = ROOT / "newsbot"
    for part in name.removeprefix(".").split("."):
        if (place / part).is_dir():
            place /= part
        elif (place / f"{part}.py").exists():
            place /= f"{part}.py"
        elif f"{(place / part).relative_to(ROOT).as_posix()}.py" in added:
            return True
        else:
            module = place / "__init__.py" if place.is_dir() else place
            return re.search(rf"\b{part}\b", module.read_text("utf-8")) is not None
    return True


@pytest.mark.parametrize("document", ["docs/architecture.md", "docs/glossary.md"])
def test_folders_named_relative_to_the_package_exist(document: str) -> None:
    folders = RELATIVE_FOLDER.findall((ROOT / document).read_text("utf-8"))
    assert [folder for folder in folders if not _exists(folder)] == []


TREE_LINE = re.compile(r"^(?P<indent> *)(?P<names>\S+(?: \S+)*?)(?:  |$)", re.MULTILINE)


def tree_paths(tree: str) -> list[str]:
    """Return the files and folders of a drawn tree, in which two more spaces are one folder down."""
    paths: list[str] = []
    above: dict[int, str] = {}
    for line in TREE_LINE.finditer(tree):
        depth = len(line["indent"])
        parent = above.get(depth - 2, "")
        paths += [parent + name for name in line["names"].split()]
        above[depth] = paths[-1]
    return paths


def test_tree_of_the_architecture_is_that_of_the_package() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    found = re.search(r"^```\n(newsbot/\n.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    paths = tree_paths(found[1])
    assert [path for path in paths if not (ROOT / path).exists()] == []
    folders = {f"newsbot/{path.parent.name}/" for path in (ROOT / "newsbot").glob("*/__init__.py")}
    assert sorted(folders - {*paths}) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        pytest.param("`newsbot/errors.py`, `errors.py`, `store/queries/`", [], id="what exists"),
        pytest.param("`newsbot/dates.py`", ["newsbot/dates.py"], id="inline"),
        pytest.param("```\nnewsbot/\n  lost.py    words\n```\n", ["lost.py"], id="name alone in a block"),
        pytest.param("```console\n$ pytest -q tests/gone\n```\n", ["tests/gone"], id="command"),
        pytest.param("Run\n\n    pytest -q tests/gone\n", ["tests/gone"], id="indented command"),
        pytest.param(
            "New file `tests/a/test_b.py`:\n\n```python\n```\n`pytest tests/a/test_b.py`", [], id="added"
        ),
        pytest.param("`newsbot.urls.canonicalize`, `newsbot.db`", [], id="dotted"),
        pytest.param("`newsbot.urls.lost`", ["newsbot.urls.lost"], id="dotted name that a module has not"),
        pytest.param("`newsbot.lost.name`", ["newsbot.lost.name"], id="dotted module"),
        pytest.param("`newsbot/rejected/<stage>/<reason>`", [], id="stat"),
        pytest.param("`https://code.example/newsbot/wiki`", [], id="address"),
    ],
)
def test_missing_names_are_found_in_code(text: str, missing: list[str]) -> None:
    assert missing_names(text) == missing


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_command_is_documented(command: str) -> None:
    assert _mentions(rf"newsbot {command}\b"), f"`newsbot {command}` is in no document for users"


@pytest.mark.parametrize("setting", [setting.name for setting in SETTINGS.values() if not setting.is_table])
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
