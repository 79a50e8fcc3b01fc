"""The compiled core: the package newsbot-core, an extra. Without it, pages and texts are read in Python.

It reads the same from every page and text, in less time. It knows of characters what functions of Python say of each one alone;
a text with others, such as combining marks, it leaves to Python."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Final

PACKAGE: Final = "newsbot_core"
VERSION: Final = 2
"""Version of the package whose functions are called."""
_INDEPENDENT: Final = ((0, 0x8FF), (0x1100, 0x1112), (0x1E00, 0x9FFF), (0xFE00, 0xFE0F), (0x1F000, 0x1FAFF))
"""Code points of which those that are no combining marks are never joined with the character before them."""


@cache
def load_core() -> ModuleType | None:
    """Return the package; None if it is not installed, is another version, or was built for another version of lxml."""
    try:
        core = import_module(PACKAGE)
    except ImportError:
        return None
    return core if getattr(core, "VERSION", 1) == VERSION else None


def is_independent(char: str) -> bool:
    """Return whether normalization never moves a character, nor joins it with the one before it."""
    is_listed = any(first <= ord(char) <= last for first, last in _INDEPENDENT)
    return is_listed and not unicodedata.combining(char)
