"""The package with plugins that newsbot writes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsbot.errors import UsageError
from newsbot.templates.plugin_project import SUFFIX, TEMPLATE, write_plugin
from tests.plugin_packages import register


@pytest.mark.slow
def test_tests_of_the_package_pass_and_it_is_typed(tmp_path: Path) -> None:
    files = write_plugin(tmp_path, "harbour-names")
    assert tmp_path / "harbour-names" / "harbour_names" / "engine.py" in files
    project = tmp_path / "harbour-names"
    register(project)
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{project}{os.pathsep}{root}"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert "4 passed" in done.stdout, done.stdout + done.stderr


def test_files_have_the_names_of_the_package(tmp_path: Path) -> None:
    files = write_plugin(tmp_path, "harbour-names")
    texts = [path.read_text("utf-8") for path in files]
    assert not [text for text in texts if "@name@" in text or "@module@" in text]
    assert not [path for path in files if path.name.endswith(SUFFIX) or "module" in path.parts]
    assert len(files) == sum(1 for _ in Path(str(TEMPLATE)).rglob(f"*{SUFFIX}"))


@pytest.mark.parametrize("name", ["", "Harbour", "a b", "../x", "1a", "a-", "a" * 51])
def test_wrong_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no name of a package; accepted: a-z"):
        write_plugin(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("newsbot", "an installed package"),
        ("scrapy", "an installed package"),
        ("pytest-twisted", "an installed package"),
        ("class", "a keyword of Python"),
        ("match", "a keyword of Python"),
        ("json", "a module of Python"),
        ("tests", "the folder of its tests"),
    ],
)
def test_name_that_is_taken_is_refused(tmp_path: Path, name: str, owner: str) -> None:
    message = f"'{name}' is the name of {owner}; accepted: a name that is not taken"
    with pytest.raises(UsageError, match=f"^{message}$"):
        write_plugin(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "harbour").mkdir()
    with pytest.raises(UsageError, match="harbour: File exists; accepted: a folder that is not there yet"):
        write_plugin(tmp_path, "harbour")
    assert list((tmp_path / "harbour").iterdir()) == []
