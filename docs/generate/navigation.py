"""The navigation of the site: a pattern in mkdocs.yml becomes the pages that no other line names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any


def expanded(nav: list[Any], pages: Sequence[str]) -> list[Any]:
    """Return `nav` with each pattern, such as `howto/*.md`, replaced by those of `pages` that no other entry names."""
    named = set(_paths(nav))
    return list(_expanded(nav, [page for page in pages if page not in named]))


def _paths(nav: Iterable[Any]) -> Iterator[str]:
    for entry in nav:
        match entry:
            case str():
                yield entry
            case list():
                yield from _paths(entry)
            case dict():
                yield from _paths(entry.values())


def _expanded(nav: list[Any], pages: Sequence[str]) -> Iterator[Any]:
    for entry in nav:
        match entry:
            case str() if "*" in entry:
                yield from (page for page in pages if _is_meant(PurePosixPath(page), PurePosixPath(entry)))
            case dict():
                yield {title: _expanded_part(part, pages) for title, part in entry.items()}
            case _:
                yield entry


def _is_meant(page: PurePosixPath, pattern: PurePosixPath) -> bool:
    return page.parent == pattern.parent and page.match(pattern.name)


def _expanded_part(part: Any, pages: Sequence[str]) -> Any:
    return list(_expanded(part, pages)) if isinstance(part, list) else part
