"""What tests need of the package newsbot-core, and how they do without it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TypeVar

import pytest

from newsbot.dedupe import fingerprints, sketches
from newsbot.extraction.body.body_model import load_body_models
from newsbot.extraction.body.scoring.core_tables import CoreTables, load_core_tables
from newsbot.extraction.kinds.kind_model import load_kind_model
from newsbot.query import query_words
from newsbot.text import plain_text
from newsbot.text.compiled_core import PACKAGE, load_core

_CACHES = (
    *(load_core, load_core_tables, load_body_models, load_kind_model),
    *(plain_text.compiled_counter, plain_text.compiled_look, query_words.compiled_words),
    *(fingerprints.compiled_folder, sketches.compiled_sketches),
)

T = TypeVar("T")


def core_tables() -> CoreTables:
    """Return the compiled core. If it is not built, the test is skipped; or fails, where services and a compiler are there."""
    return _required(load_core_tables())


def compiled_core() -> ModuleType:
    """Return the package for what it reads of texts; skip or fail as `core_tables` does."""
    return _required(load_core())


def _required(found: T | None) -> T:
    if found is None:
        reason = (
            "newsbot-core is not built, or for another version of lxml: pip install --no-deps --editable core"
        )
        if os.environ.get("NEWSBOT_REQUIRE_SERVICES") == "1" and shutil.which("gcc"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def python_only() -> Iterator[None]:
    """Have the compiled core not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, PACKAGE, None)
        clear_caches()
        try:
            yield
        finally:
            patch.undo()
            clear_caches()


def clear_caches() -> None:
    """Forget what was loaded, with the core or without it."""
    for cached in _CACHES:
        cached.cache_clear()
