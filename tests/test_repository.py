"""What is in the repository: pinned requirements that installers anywhere can use, and nothing that was generated."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REQUIREMENT = re.compile(
    r"""[a-z0-9]+(-[a-z0-9]+)*  (\[[a-z0-9,-]+\])?  ==[\w.+!]+   # name, extras, version
        (\ ;\ [^;]+?)?  (\ --hash=sha256:[0-9a-f]{64})+            # where it is needed, hashes""",
    re.VERBOSE,
)


def requirements() -> list[str]:
    """Return requirements.txt without comments, one requirement with its hashes a line."""
    text = (ROOT / "requirements.txt").read_text("utf-8")
    lines = re.sub(r"\s*\\\n\s*", " ", text).splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def distribution(requirement: str) -> str:
    """Return the name of a requirement in its normal form."""
    name = re.match(r"[\w.-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {distribution(requirement) for requirement in project["dependencies"]}
    assert declared <= {distribution(requirement) for requirement in requirements()}


def test_requirements_hold_names_versions_and_hashes_only() -> None:
    assert [line for line in requirements() if not REQUIREMENT.fullmatch(line)] == []


def test_requirements_name_no_index_link_or_path() -> None:
    text = (ROOT / "requirements.txt").read_text("utf-8")
    assert re.findall(r"://|--(?!hash=)\S+|^-\w.*|@ .*|file:.*", text, re.MULTILINE) == []


@pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(),
    reason="not a git checkout: nothing is tracked",
)
def test_nothing_ignored_is_tracked() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout == ""
