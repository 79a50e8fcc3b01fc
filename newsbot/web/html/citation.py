"""What a paper, or a colleague, needs to repeat a search: query, filters, time, version, count, address."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsbot import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSearch:
    """A search, with what it found and when."""

    query: str
    filters: Mapping[str, Sequence[str]]
    """Filter -> its values, in the order in which they are cited; a filter without values is left out."""
    total: str
    """Number of articles, as the page shows it."""
    at: datetime
    """Time of the search in UTC."""
    url: str


def citation(search: CitedSearch) -> str:
    """Return a search as a paragraph of plain text."""
    words = f"\u201c{search.query}\u201d" if search.query.strip() else "all articles"
    filters = "; ".join(f"{_words(name)}: {', '.join(values)}" for name, values in search.filters.items())
    narrowed = f" ({filters})" if filters else ""
    at = f"{search.at.day} {search.at:%B %Y}, {search.at:%H:%M} UTC"
    return f"newsbot {__version__}, search for {words}{narrowed}: {search.total} on {at}. {search.url}"


def methods_command(search: CitedSearch) -> str:
    """Return the command that prints the paragraph and the manifest of this search, for a section on methods."""
    options = [
        f"--{name.replace('_', '-')}={value}" for name, values in search.filters.items() for value in values
    ]
    query = [search.query] if search.query.strip() else []
    # A query that begins with a minus is no option.
    return shlex.join(["newsbot", "methods", *options, *(["--"] if query else []), *query])


def _words(name: str) -> str:
    return name.replace("_", " ")
