"""The compiled core of extraction: the package newsbot-core, an extra. Without it, extraction runs in Python.

It reads the same from every page, in less time."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Final

PACKAGE: Final = "newsbot_core"
VERSION: Final = 2
"""Version of the package whose functions are called."""


@cache
def load_core() -> ModuleType | None:
    """Return the package; None if it is not installed, is another version, or was built for another version of lxml."""
    try:
        core = import_module(PACKAGE)
    except ImportError:
        return None
    return core if getattr(core, "VERSION", 1) == VERSION else None
