"""What the shell may complete: keys of sources, languages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from newsbot.errors import NewsbotError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Values = Callable[[str], "list[CompletionItem]"]
"""Returns what a word may be completed to."""


def complete_sources(incomplete: str) -> list[CompletionItem]:
    """Return the keys of the configured sources that continue the last name of a list."""
    from newsbot.settings import configuration
    from newsbot.sources.catalog import named_keys

    with suppress(NewsbotError, OSError):  # nothing is said while somebody types
        return _continued(incomplete, named_keys(configuration().sources))
    return []


def complete_languages(incomplete: str) -> list[CompletionItem]:
    """Return the codes of languages that continue the last name of a list."""
    from newsbot.languages.codes import LANGUAGES

    return _continued(incomplete, sorted(LANGUAGES))


def _continued(incomplete: str, names: list[str]) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    before, comma, last = incomplete.rpartition(",")
    return [CompletionItem(before + comma + name) for name in names if name.startswith(last)]
