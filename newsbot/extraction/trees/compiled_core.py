"""The compiled core of extraction: the package newsbot-core, an extra. Without it, extraction runs in Python.

It reads the same from every page, in less time."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType

PACKAGE = "newsbot_core"


@cache
def load_core() -> ModuleType | None:
    """Return the package; None if it is not installed, or was built for another version of lxml."""
    try:
        return import_module(PACKAGE)
    except ImportError:
        return None
