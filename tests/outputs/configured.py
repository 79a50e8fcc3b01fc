"""Settings for tests of outputs: receivers on this machine are allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from newsbot.settings import Configuration, read_settings


def settings(
    *, output: Sequence[Mapping[str, Any]] = (), watch: Sequence[Mapping[str, Any]] = ()
) -> Configuration:
    """Return settings with these tables."""
    found = read_settings({"NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8"})
    return found.model_copy(update={"output": tuple(output), "watch": tuple(watch)})
