"""Read sources from TOML strictly: an error names the file, the source, the key and the accepted values.

The shipped catalog is the folder `catalog/` beside this module, one file per publisher. Its feeds are those that
publishers announce; a source keeps `verified = false`, the default, until somebody has fetched its feeds and read the
articles (`newsbot sources check --live --write`).
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from newsbot.errors import UsageError, did_you_mean
from newsbot.plugins import Plugin, plugins
from newsbot.sources.model import Source
from newsbot.sources.values import SOURCE_KEYS, read_table

SHIPPED_CATALOG = Path(__file__).with_name("catalog")


def load_sources(path: str | None = None) -> dict[str, Source]:
    """Return key -> source of a TOML file, of every `*.toml` of a folder, or of the shipped catalog (None, "").

    The sources that other packages bring (`newsbot.plugins`) belong to the shipped catalog.

    Raises a `UsageError` of one line for a missing path, invalid TOML, an unknown or missing key, an invalid value, a
    duplicate source key, or an address that two sources poll: the first of `source_faults`.
    """
    return {key: source for key, (source, _) in _without_faults(path).items()}


def source_files(path: str | None = None) -> dict[str, Path]:
    """Return key -> TOML file of every source that `load_sources` returns; raises the same errors."""
    return {key: file for key, (_, file) in _without_faults(path).items()}


def unknown_source(key: str, path: str | None = None) -> str:
    """Return the message that `load_sources` has no source with this key, and what to do about it."""
    message = f"no source {key!r} in {path or 'the catalog'}"
    if path and (file := source_files().get(key)):
        return (
            f"{message}; the catalog of the package has it: cp {shlex.quote(str(file))} {shlex.quote(path)}"
        )
    return message + (did_you_mean(key, load_sources(path)) or "; newsbot sources list shows them")


def source_faults(path: str | None = None) -> list[UsageError]:
    """Return everything that is wrong with the sources of a path, file by file; raises UsageError for a missing path."""
    return _read_all(path)[1]


def named_keys(path: str | None = None) -> list[str]:
    """Return the keys that the TOML files of a path name, in alphabetical order, without reading anything else of them.

    It is fast, and says nothing of what is wrong: for shells that complete a key."""
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in _files(path))
    return sorted({key for text in texts for key in _KEY_LINE.findall(text)})


_KEY_LINE = re.compile(r"""^[ \t]*key[ \t]*=[ \t]*["']([a-z0-9-]+)["']""", re.MULTILINE)


def _files(path: str | None) -> Iterable[Path]:
    return _toml_files(Path(path)) if path else _shipped_files()


def _without_faults(path: str | None) -> dict[str, tuple[Source, Path]]:
    located, faults = _read_all(path)
    if faults:
        raise faults[0]
    return located


def _read_all(path: str | None) -> tuple[dict[str, tuple[Source, Path]], list[UsageError]]:
    """Return key -> source and file of the sources that are right, and what is wrong with others."""
    located: dict[str, tuple[Source, Path]] = {}
    faults: list[UsageError] = []
    polled_by: dict[str, str] = {}
    for file in _files(path):
        for source in _read_file(file, faults):
            if source.key in located:
                problem = f"key is already used in {located[source.key][1]}; every source has its own"
                faults.append(_error(file, source.key, problem))
                continue
            located[source.key] = source, file
            for url in (*source.feeds, *source.sitemaps, *source.sections):
                if (other := polled_by.setdefault(url, source.key)) != source.key:
                    problem = f'{url} is already polled for source "{other}"; every source has its own'
                    faults.append(_error(file, source.key, problem))
    return located, faults


@dataclass(frozen=True, slots=True)
class Catalog:
    """The sources of a catalog, by key and by host."""

    sources: Mapping[str, Source]
    """Key -> source."""
    hosts: Mapping[str, list[Source]]
    """Host of a homepage, or further host of a source -> its sources, longest homepage path first."""


def catalog_of(sources: Mapping[str, Source]) -> Catalog:
    """Return the catalog of these sources, by key."""
    hosts: dict[str, list[Source]] = {}
    for source in sources.values():
        for site in {_site(urlsplit(source.homepage)), *(host.removeprefix("www.") for host in source.hosts)}:
            hosts.setdefault(site, []).append(source)
    for sharing in hosts.values():
        sharing.sort(key=lambda source: len(urlsplit(source.homepage).path), reverse=True)
    return Catalog(sources, hosts)


def source_for(url: str, catalog: Catalog) -> Source | None:
    """Return the source whose homepage, or one of whose hosts, is the host of `url` or a parent domain of it; None if there is none.

    If sources share a host, it is the one whose homepage path is a prefix of the path of `url`, else the most general one.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    site = _site(parts)
    while site:
        if sharing := catalog.hosts.get(site):
            fitting = (s for s in sharing if parts.path.startswith(urlsplit(s.homepage).path))
            return next(fitting, sharing[-1])
        site = site.partition(".")[2]
    return None


def _site(parts: SplitResult) -> str:
    """Return the host without a leading `www.`, and the port unless it is the default one."""
    site = parts.netloc.rpartition("@")[2].lower().removeprefix("www.")
    return site.removesuffix({"http": ":80", "https": ":443"}.get(parts.scheme, ":"))


def _shipped_files() -> list[Path]:
    """Return the files of the shipped catalog, and those of packages that bring sources."""
    brought = [file for plugin in plugins("newsbot.sources") for file in _files_of(plugin)]
    return _toml_files(SHIPPED_CATALOG) + brought


def _files_of(plugin: Plugin) -> list[Path]:
    """Return the TOML files of a package that a plugin names. Raises UsageError if it has none."""
    folders = getattr(plugin.load(), "__path__", [])
    files = [file for folder in folders for file in sorted(Path(folder).glob("*.toml"))]
    if not files:
        raise plugin.unusable("accepted: a package (a folder with __init__.py) that has TOML files")
    return files


def _toml_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    files = sorted(path.glob("*.toml")) if path.is_dir() else []
    if not files:
        raise UsageError(f"{path}: no sources: a TOML file or a folder of them is accepted", path=str(path))
    return files


def _read_file(file: Path, faults: list[UsageError]) -> Iterator[Source]:
    """Yield the sources of a file that are right; add what is wrong to the faults."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        faults.append(UsageError(f"{file}: not readable as TOML: {error}", path=str(file)))
        return
    tables = document.pop("source", [])
    if document or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        extra = ", ".join(document) or "source"
        faults.append(UsageError(f"{file}: {extra}: only [[source]] tables are accepted", path=str(file)))
    elif not tables:
        faults.append(
            UsageError(f"{file}: no [[source]] table; a file needs one for every source", path=str(file))
        )
    else:
        for number, table in enumerate(tables, start=1):
            key = str(table.get("key", f"number {number}"))
            source, problems = _read_source(table)
            faults += [_error(file, key, problem) for problem in problems]
            if source is not None:
                yield source


def _read_source(table: dict[str, Any]) -> tuple[Source | None, list[str]]:
    values, problems = read_table(table, SOURCE_KEYS, required=("key", "homepage"))
    if problems:
        return None, problems
    values.setdefault("name", values["key"])
    if "extract" in values:
        values["selectors"] = values.pop("extract")
    return Source(**values), []


def _error(file: Path, key: str, problem: str) -> UsageError:
    return UsageError(f'{file}: source "{key}": {problem}', source=key, path=str(file))
