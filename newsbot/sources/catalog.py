"""Read sources from TOML strictly: an error names the file, the source, the key and the accepted values.

The shipped catalog is the folder `catalog/` beside this module, one file per publisher. Its feeds are those that
publishers announce; a source keeps `verified = false`, the default, until somebody has fetched its feeds and read the
articles (`newsbot sources check --live --write`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from newsbot.errors import UsageError
from newsbot.plugins import Plugin, plugins
from newsbot.sources.catalog_index import FiledHosts, open_filed
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The sources of a catalog, by key and by host. Those of a large one are read from a file when they are asked for."""

    sources: Mapping[str, Source]
    """Key -> source."""
    hosts: Mapping[str, Sequence[Source]]
    """Host of a homepage, or further host of a source -> its sources, longest homepage path first."""
    enabled: Sequence[str]
    """Keys of the sources that are crawled without being asked for."""
    rendering: Sequence[str]
    """Keys of the sources whose pages are rendered in a browser."""
    definitions: Mapping[str, bytes]
    """Key -> hash of all that the catalog says of the source."""
    digest: bytes
    """Hash of all that the catalog says."""


def open_catalog(path: str | None = None) -> Catalog:
    """Return the catalog of a path, as `load_sources` reads it. What is opened again is not read again.

    Raises the errors of `load_sources`."""
    contents = blake2b(digest_size=DIGEST_BYTES)
    size = 0
    for file in _files(path):
        try:
            content = file.read_bytes()
        except OSError:  # which is reported when it is read as TOML
            content = b""
        size += len(content)
        contents.update(f"{file.name} {len(content)}\n".encode("utf-8", "surrogatepass") + content)
    digest = contents.digest()
    if digest not in _opened:
        opened = _filed_catalog(path, digest) if size >= LARGE_BYTES else catalog_of(load_sources(path))
        _opened.clear()  # one at a time: a large one is large
        _opened[digest] = opened
    return _opened[digest]


_opened: dict[bytes, Catalog] = {}
LARGE_BYTES = 1_000_000
"""Size of the TOML files, about 5,000 sources, from which sources are read one by one."""
DIGEST_BYTES = 16


def catalog_of(sources: Mapping[str, Source]) -> Catalog:
    """Return the catalog of these sources, by key."""
    hosts: dict[str, list[Source]] = {}
    for source in sources.values():
        for site in _sites(source):
            hosts.setdefault(site, []).append(source)
    for sharing in hosts.values():
        sharing.sort(key=lambda source: len(urlsplit(source.homepage).path), reverse=True)
    definitions = {key: definition_of(source) for key, source in sources.items()}
    return Catalog(
        sources=sources,
        hosts=hosts,
        enabled=[key for key, source in sources.items() if source.enabled],
        rendering=[key for key, source in sources.items() if source.render],
        definitions=definitions,
        digest=blake2b(b"".join(definitions.values()), digest_size=DIGEST_BYTES).digest(),
    )


def _filed_catalog(path: str | None, digest: bytes) -> Catalog:
    sources = open_filed(
        digest,
        lambda: load_sources(path).values(),
        read_table=_source_of,
        hosts_of=_sites,
        definition_of=definition_of,
    )
    index = sources.index
    return Catalog(
        sources=sources,
        hosts=FiledHosts(sources),
        enabled=index.enabled,
        rendering=index.rendering,
        definitions=dict(zip(index.keys, map(bytes.fromhex, index.definitions), strict=True)),
        digest=digest,
    )


def definition_of(source: Source) -> bytes:
    """Return a hash of all that the catalog says of a source."""
    return blake2b(repr(source).encode(errors="replace"), digest_size=DIGEST_BYTES).digest()


def _sites(source: Source) -> set[str]:
    return {_site(urlsplit(source.homepage)), *(host.removeprefix("www.") for host in source.hosts)}


def source_for(url: str, catalog: Catalog) -> Source | None:
    """Return the source whose homepage, or one of whose hosts, is the host of `url` or a parent domain of it; None if there is none.

    If sources share a host, it is the one whose homepage path is a prefix of the path of `url`, else the most general one.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    sharing = _sharing(parts, catalog)
    fitting = (source for source in sharing if parts.path.startswith(urlsplit(source.homepage).path))
    return next(fitting, sharing[-1]) if sharing else None


def configured_delay(url: str, catalog: Catalog) -> float:
    """Return the longest `delay_s` of the sources to whose hosts a URL belongs; 0 if it belongs to none."""
    try:
        sharing = _sharing(urlsplit(url), catalog)
    except ValueError:
        return 0.0
    return max((source.delay_s for source in sharing), default=0.0)


def _sharing(parts: SplitResult, catalog: Catalog) -> Sequence[Source]:
    """Return the sources of the host of a URL, or of the closest parent domain that has any."""
    site = _site(parts)
    while site:
        if sharing := catalog.hosts.get(site):
            return sharing
        site = site.partition(".")[2]
    return ()


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
    return (None, problems) if problems else (_made(values), [])


def _source_of(table: dict[str, Any]) -> Source:
    """Return the source of a table that was checked before."""
    return _made(read_table(table, SOURCE_KEYS)[0])


def _made(values: dict[str, Any]) -> Source:
    values.setdefault("name", values["key"])
    if "extract" in values:
        values["selectors"] = values.pop("extract")
    return Source(**values)


def _error(file: Path, key: str, problem: str) -> UsageError:
    return UsageError(f'{file}: source "{key}": {problem}', source=key, path=str(file))
