"""What is said of a key that no source has."""

from __future__ import annotations

import shlex

from newsbot.errors import did_you_mean
from newsbot.sources.catalog import load_sources, source_files


def unknown_source(key: str, path: str | None = None) -> str:
    """Return the message that `load_sources(path)` has no source with this key, and what to do about it."""
    message = f"no source {key!r} in {path or 'the catalog'}"
    if path and (file := source_files().get(key)):
        return (
            f"{message}; the catalog of the package has it: cp {shlex.quote(str(file))} {shlex.quote(path)}"
        )
    return message + (did_you_mean(key, load_sources(path)) or "; newsbot sources list shows them")
