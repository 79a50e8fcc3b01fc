"""The tutorial and every page of docs/howto/, followed step by step in a copy of the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

import pytest

from tests.docs.pages import Command, Edit, steps
from tests.plugin_packages import register

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "howto").glob("*.md"))]
COPIED = ("newsbot", "tests", "fixtures", "pyproject.toml", "scrapy.cfg")
LARGE_BYTES = 1_000_000
"""Larger files (the trained models) are linked instead of copied."""
COMMAND_TIMEOUT_S = 120
INSTALL = "pip install -e "
"""Begins a command that is not run, because it would change the environment of the tests: `register` does what it does."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each page's copy goes: always the same folder, so that Python compiles its modules once."""
    return tmp_path_factory.mktemp("howto") / "checkout"


@pytest.fixture
def checkout(place: Path) -> Iterator[Path]:
    """A copy of what a contributor edits."""
    place.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, copy_function=_copy)
        else:
            shutil.copy2(ROOT / name, place / name)
    yield place
    shutil.rmtree(place)


def _copy(source: str, target: str) -> None:
    if Path(source).stat().st_size > LARGE_BYTES:
        Path(target).symlink_to(source)
    else:
        shutil.copy2(source, target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
@pytest.mark.slow
def test_page_does_what_it_promises(page: Path, checkout: Path) -> None:
    shell: list[str] = []  # what a shell remembers: variables, and the folder that it is in
    for step in steps(page):
        if not isinstance(step, Command):
            step.apply(checkout)
        elif step.command.startswith(("export ", "cd ")):
            shell.append(step.command)
        elif step.command.startswith(INSTALL):
            project = checkout / step.command.removeprefix(INSTALL)
            register(project)
            shell.append(f"export PYTHONPATH={project}{os.pathsep}$PYTHONPATH")
        else:
            output = run("; ".join([*shell, step.command]), checkout)
            assert matches(step.output, output), f"{step.origin}: $ {step.command}\n{output}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_ends_with_a_command_that_shows_the_result(page: Path) -> None:
    last = steps(page)[-1]
    assert isinstance(last, Command)
    assert last.output


def run(command: str, folder: Path) -> str:
    """Return what a command prints, run in `folder` as in a shell with the virtual environment activated."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBOT_")}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(folder),  # the copy, not the installed package
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COMMAND_TIMEOUT_S,
        check=False,
    )
    return done.stdout


def matches(expected: str, output: str) -> bool:
    """Return whether `output` is as expected; `...` matches anything, white space counts as one space."""
    return OutputChecker().check_output(expected, output, ELLIPSIS | NORMALIZE_WHITESPACE)


def test_block_is_indented_as_the_line_that_it_is_placed_at(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = {\n    1,\n}\n")
    Edit("a.py", "below", "1,", "2,\n").apply(tmp_path)
    Edit("a.py", "above", "1,", "0,\n").apply(tmp_path)
    Edit("a.py", "replace", "}", "}  # end\n").apply(tmp_path)
    assert (tmp_path / "a.py").read_text() == "x = {\n    0,\n    1,\n    2,\n}  # end\n"


def test_function_placed_above_another_keeps_the_blank_lines(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n\n\ndef f(): ...\n")
    Edit("a.py", "above", "def f(", "def e(): ...\n").apply(tmp_path)
    assert (tmp_path / "a.py").read_text() == "x = 1\n\n\ndef e(): ...\n\n\ndef f(): ...\n"


def test_edit_that_finds_no_line_names_the_page_and_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    page = tmp_path / "page.md"
    page.write_text("# Page\n\nIn `a.py`, below the line `y = `:\n\n```python\nz = 2\n```\n")
    [edit] = steps(page)
    assert isinstance(edit, Edit)
    with pytest.raises(AssertionError, match=r"^page\.md:3: 0 lines of a\.py begin with 'y = '"):
        edit.apply(tmp_path)


def test_replaced_line_may_be_named_by_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("HEAD = 1\n")
    page = tmp_path / "page.md"
    page.write_text(
        "In `a.py`, replace the line that begins with `HEAD = ` with:\n\n```python\nHEAD = 2\n```\n"
    )
    [edit] = steps(page)
    assert isinstance(edit, Edit)
    edit.apply(tmp_path)
    assert (tmp_path / "a.py").read_text() == "HEAD = 2\n"


def test_command_knows_its_line_on_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Run:\n\n```console\n$ true\nso\n$ false\n```\n")
    assert steps(page) == [Command("true", "so\n", "page.md:4"), Command("false", "", "page.md:6")]


def test_block_without_a_target_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Do something:\n\n```python\nx = 1\n```\n")
    with pytest.raises(ValueError, match="Do something"):
        steps(page)
