"""Extraction: from a page to an `Article` with its headline, authors, dates and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsbot.extraction.extractor import extract

__all__ = ["extract"]


def __getattr__(name: str) -> Any:
    """Import the extractor when it is asked for: its models take a fifth of a second, and most commands read no page."""
    if name != "extract":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from newsbot.extraction.extractor import extract

    return extract
