"""A large catalog that is not read as a whole: an index in memory, and a file from which sources are read one by one.

The file is made once for each content of a catalog, beside the index, in the user's folder for caches
(`$XDG_CACHE_HOME/newsbot`, `~/.cache/newsbot`). Where nothing can be written there, a temporary one is made at each start.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import IO, Any
from urllib.parse import urlsplit

from newsbot.sources.model import Source
from newsbot.sources.written_toml import plain_values

KEPT_SOURCES = 2048
"""Number of sources that are kept in memory: those that a crawl works on now."""
KEPT_CATALOGS = 3
"""Number of catalogs of which files are kept in the folder for caches."""

ReadTable = Callable[[dict[str, Any]], Source]
"""Returns the source of a table of TOML."""


@dataclass(slots=True)
class Index:
    """Where the sources of a catalog are in its file, and what is asked of all of them."""

    keys: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    """Offset at which the line of each source ends."""
    definitions: list[str] = field(default_factory=list)
    """Hash of the definition of each source, in hexadecimal digits."""
    enabled: list[str] = field(default_factory=list)
    rendering: list[str] = field(default_factory=list)
    hosts: dict[str, list[str]] = field(default_factory=dict)
    """Host -> keys of its sources."""


class FiledSources(Mapping[str, Source]):
    """The sources in the file of a catalog, by key; those that were asked for last are kept in memory."""

    def __init__(self, file: int, index: Index, read_table: ReadTable) -> None:
        self._file = file
        self.index = index
        self.places = {key: number for number, key in enumerate(index.keys)}
        self.read_table = read_table
        self._kept: OrderedDict[str, Source] = OrderedDict()
        self._lock = Lock()

    def __getitem__(self, key: str) -> Source:
        with self._lock:
            if source := self._kept.get(key):
                self._kept.move_to_end(key)
                return source
        source = self._read(self.places[key])
        with self._lock:
            kept = self._kept.setdefault(
                key, source
            )  # there is one object of a source, which is compared by identity
            while len(self._kept) > KEPT_SOURCES:
                self._kept.popitem(last=False)
        return kept

    def __contains__(self, key: object) -> bool:
        return key in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.index.keys)

    def __len__(self) -> int:
        return len(self.index.keys)

    def _read(self, number: int) -> Source:
        begin = self.index.ends[number - 1] if number else 0
        line = os.pread(self._file, self.index.ends[number] - begin, begin)
        return self.read_table(_dated(json.loads(line)))

    def __del__(self) -> None:
        with suppress(AttributeError, OSError):
            os.close(self._file)


class FiledHosts(Mapping[str, Sequence[Source]]):
    """Host -> its sources, of the file of a catalog."""

    def __init__(self, sources: FiledSources) -> None:
        self.sources = sources

    def __getitem__(self, host: str) -> Sequence[Source]:
        return [self.sources[key] for key in self.sources.index.hosts[host]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.sources.index.hosts)

    def __len__(self) -> int:
        return len(self.sources.index.hosts)


def open_filed(
    digest: bytes,
    sources: Callable[[], Iterable[Source]],
    *,
    read_table: ReadTable,
    hosts_of: Callable[[Source], Iterable[str]],
    definition_of: Callable[[Source], bytes],
) -> FiledSources:
    """Return the sources of a catalog with this digest, from its file; it is made of `sources` if it is missing."""
    folder = _folder()
    if folder is None:
        with tempfile.TemporaryFile("w+b") as file:
            made = _write(file, sources(), hosts_of, definition_of)
            file.flush()
            return FiledSources(os.dup(file.fileno()), made, read_table)
    lines = folder / f"catalog-{digest.hex()}.jsonl"
    with suppress(OSError, ValueError, TypeError):
        index = Index(**json.loads(_index_of(lines).read_text("utf-8")))
        return FiledSources(os.open(lines, os.O_RDONLY), index, read_table)
    with _replacing(lines) as file:
        made = _write(file, sources(), hosts_of, definition_of)
    with _replacing(_index_of(lines)) as file:
        file.write(json.dumps(asdict(made)).encode())
    _forget_old(folder)
    return FiledSources(os.open(lines, os.O_RDONLY), made, read_table)


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that is at `path` after the block: whole, or not at all."""
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
        try:
            yield file
        except BaseException:
            Path(file.name).unlink()
            raise
    Path(file.name).replace(path)


def _index_of(lines: Path) -> Path:
    return lines.with_name(f"{lines.stem}.index.json")


def _write(
    file: IO[bytes],
    sources: Iterable[Source],
    hosts_of: Callable[[Source], Iterable[str]],
    definition_of: Callable[[Source], bytes],
) -> Index:
    """Write the line of each source; return the index. Sources that share a host: longest path of the homepage first."""
    index, end = Index(), 0
    shared: dict[str, list[tuple[int, str]]] = {}
    for source in sources:
        line = json.dumps(_table(source), default=str, ensure_ascii=False).encode("utf-8", "surrogatepass")
        end += file.write(line + b"\n")
        index.keys.append(source.key)
        index.ends.append(end)
        index.definitions.append(definition_of(source).hex())
        index.enabled += [source.key] if source.enabled else []
        index.rendering += [source.key] if source.render else []
        for host in hosts_of(source):
            shared.setdefault(host, []).append((len(urlsplit(source.homepage).path), source.key))
    for host, found in shared.items():
        index.hosts[host] = [key for _, key in sorted(found, key=itemgetter(0), reverse=True)]
    return index


def _table(source: Source) -> dict[str, Any]:
    table = plain_values(source)
    if selectors := table.pop("selectors", None):
        table["extract"] = selectors
    return table


def _dated(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table with its dates, which JSON has as texts."""
    for owner, name in ((table, "checked_on"), (table.get("extract", {}), "valid_until")):
        if name in owner:
            owner[name] = date.fromisoformat(owner[name])
    return table


def _folder() -> Path | None:
    """Return the folder for the files of catalogs; None if there is none that can be written to."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - no error without a home
    folder = Path(base, "newsbot")
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder if os.access(folder, os.W_OK) else None


def _forget_old(folder: Path) -> None:
    """Delete the files of all but the newest catalogs."""
    found = sorted(folder.glob("catalog-*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True)
    for lines in found[KEPT_CATALOGS:]:
        with suppress(OSError):
            lines.unlink()
            _index_of(lines).unlink()
