"""The compiled core of texts: modules of the package newsbot-core, an extra. Without it, texts are read in Python.

It reads the same from every text, in less time. It knows of characters what functions of Python say of each one alone; a text
with others, such as combining marks, it leaves to Python."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import import_module
from types import ModuleType

PACKAGE = "newsbot_core"
VERSION = 1
"""Version of what `newsbot_core.words` and `newsbot_core.sketches` compute. To be raised there and here when that changes."""

_INDEPENDENT = ((0, 0x8FF), (0x1100, 0x1112), (0x1E00, 0x9FFF), (0xFE00, 0xFE0F), (0x1F000, 0x1FAFF))
"""Code points of which those that are no combining marks are never joined with the character before them."""


@cache
def load_compiled_text() -> ModuleType | None:
    """Return the package; None if it is not installed, was built for another version of lxml, or computes something else."""
    try:
        package = import_module(PACKAGE)
    except ImportError:
        return None
    words = getattr(package, "words", None)
    return package if words is not None and words.VERSION == VERSION else None


def is_independent(char: str) -> bool:
    """Return whether normalization never moves a character, nor joins it with the one before it."""
    is_listed = any(first <= ord(char) <= last for first, last in _INDEPENDENT)
    return is_listed and not unicodedata.combining(char)
