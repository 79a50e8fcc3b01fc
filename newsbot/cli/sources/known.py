"""The configured sources, and the error for a key that none of them has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from newsbot.cli.output import printable
from newsbot.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from newsbot.sources.model import Source


def unknown_source(key: str, known: Iterable[str]) -> UsageError:
    """Return the error for a key that no source has, with the keys that resemble it."""
    near = get_close_matches(key, known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "newsbot sources list shows them"
    return UsageError(f"no source {printable(key)!r}; {hint}")


def check_source(session: Session, key: str) -> None:
    """Raise UsageError for a key that neither the database nor the catalog has."""
    from newsbot.settings import configuration
    from newsbot.sources.catalog import load_sources
    from newsbot.store.queries import source_names

    known = {*source_names(session), *load_sources(configuration().sources)}
    if key not in known:
        raise unknown_source(key, known)


class OwnSources(NamedTuple):
    """The sources that a user may edit."""

    path: Path | None
    """The folder or file that NEWSBOT_SOURCES names; None: the shipped catalog is used."""
    sources: Mapping[str, Source]
    files: Mapping[str, Path]
    """Key -> the file that defines the source."""


def own_files(path: Path | None = None) -> OwnSources:
    """Return the sources of a path, else of the configured one. A folder that is missing or empty has none.

    Raises UsageError for what is wrong with them."""
    from newsbot.settings import configuration
    from newsbot.sources.catalog import load_sources, source_files

    place = str(path) if path else configuration().sources
    if not place:
        return OwnSources(None, {}, {})
    folder = Path(place)
    if not folder.is_file() and not any(folder.glob("*.toml")):
        return OwnSources(folder, {}, {})
    return OwnSources(folder, load_sources(place), source_files(place))
