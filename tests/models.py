"""What tests need of the package newsbot-models."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import pytest

from newsbot.errors import UsageError

T = TypeVar("T")


def loaded(load: Callable[[], T]) -> T:
    """Return what `load` loads. If the package is not there, the test is skipped; or it fails, where services are required."""
    try:
        return load()
    except UsageError as error:
        if os.environ.get("NEWSBOT_REQUIRE_SERVICES") == "1":
            raise
        pytest.skip(str(error))
