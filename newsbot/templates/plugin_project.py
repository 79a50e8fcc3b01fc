"""A package with plugins, to begin with: an engine, a stage, an output, an extractor, a source, and their tests."""

from __future__ import annotations

import keyword
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path

from newsbot.errors import UsageError

TEMPLATE = files("newsbot.templates").joinpath("plugin")
SUFFIX = ".template"
"""Suffix of the files of the template, so that no tool takes them for modules of newsbot."""
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def write_plugin(folder: Path, name: str) -> list[Path]:
    """Write a package called `name` into the new folder `folder`/`name`, and return its files.

    Raises UsageError for a name that is none of a package or is taken, and for a folder that is there or cannot be made."""
    if not _NAME.fullmatch(name) or len(name) > 50:
        raise UsageError(
            f"{name!r} is no name of a package; accepted: a-z, 0-9 and hyphens, as in harbour-names"
        )
    project, module = folder / name, name.replace("-", "_")
    if owner := _owner(name, module):
        raise UsageError(f"{name!r} is the name of {owner}; accepted: a name that is not taken")
    texts = {
        project / path.removesuffix(SUFFIX).replace("module/", f"{module}/"): _filled(text, name, module)
        for path, text in _template(TEMPLATE)
    }
    try:
        project.mkdir(parents=True)
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{project}: {error.strerror}; accepted: a folder that is not there yet") from error
    return sorted(texts)


def _owner(name: str, module: str) -> str | None:
    """Return what has the name already, so that a package of this name would replace or hide it; nothing is imported."""
    if keyword.iskeyword(module) or keyword.issoftkeyword(module):
        return "a keyword of Python"
    if module in sys.stdlib_module_names:
        return "a module of Python"
    if module == "tests":
        return "the folder of its tests"
    return "an installed package" if _is_installed(name, module) else None


def _is_installed(name: str, module: str) -> bool:
    """Return whether a distribution or module has the name. A mere folder, such as one in the current folder, is none."""
    spec = find_spec(module)
    if spec is not None and spec.origin is not None:
        return True
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _template(folder: Traversable, above: str = "") -> list[tuple[str, str]]:
    """Return the path and the text of every file of the template."""
    found: list[tuple[str, str]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _template(entry, f"{above}{entry.name}/")
        elif entry.name.endswith(SUFFIX):
            found.append((above + entry.name, entry.read_text(encoding="utf-8")))
    return found


def _filled(text: str, name: str, module: str) -> str:
    return text.replace("@name@", name).replace("@module@", module)
