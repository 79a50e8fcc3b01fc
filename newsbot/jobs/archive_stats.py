"""Count and verify the archive, compared with the database."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from newsbot.archive.inventory import Damage, InventoryEntry, archive_files, read_entries, try_lock
from newsbot.archive.pruning import archive_lock
from newsbot.archive.warc_writer import FILES
from newsbot.jobs.remote.objects import is_url, list_objects, object_url, open_object
from newsbot.store.crawl.fetches import Reference, references, referred_files
from newsbot.store.database import Database


@dataclass(slots=True)
class RecordCount:
    """A number of records and their size in bytes."""

    records: int = 0
    bytes: int = 0

    def add(self, records: int, size: int) -> None:
        """Add records."""
        self.records += records
        self.bytes += size


@dataclass(slots=True)
class ArchiveStats:
    """Counts over an archive."""

    files: int = 0
    open_files: int = 0
    """Number of files that a crawl is writing to."""
    bytes: int = 0
    damaged_places: int = 0
    first: datetime | None = None
    last: datetime | None = None
    kinds: dict[str, RecordCount] = field(default_factory=lambda: defaultdict(RecordCount))
    """WARC record type -> count."""
    sources: dict[str, RecordCount] = field(default_factory=lambda: defaultdict(RecordCount))
    """Source -> count of its responses; responses that the database does not know are left out."""
    of_articles: RecordCount = field(default_factory=RecordCount)
    """Responses from which the current content of an article was read."""
    orphans: RecordCount = field(default_factory=RecordCount)
    """Responses that the database does not know: redirects, robots.txt, what a killed crawl could not store."""

    def count(self, entry: InventoryEntry, known: Reference | None) -> None:
        """Count a record, given what the database knows about it."""
        size = entry.end - entry.offset
        self.kinds[entry.kind].add(1, size)
        if entry.written_at:
            self.first = min(self.first or entry.written_at, entry.written_at)
            self.last = max(self.last or entry.written_at, entry.written_at)
        if entry.kind != "response":
            return
        if known is None:
            self.orphans.add(1, size)
            return
        self.sources[known.source or ""].add(1, size)
        if known.is_of_article:
            self.of_articles.add(1, size)


@dataclass(frozen=True, slots=True)
class ArchiveProblem:
    """A place where the archive disagrees with the database or with its own digests."""

    file: str
    offset: int | None
    """Byte offset of the record; None for the whole file."""
    what: str


def read_archive_stats(database: Database, folder: Path, store: str = "") -> Iterator[ArchiveStats]:
    """Yield the counts over the files read so far; the last value covers the whole archive.

    `store` is the URL of its files in an object store. Raises InputError if there is no such folder."""
    stats = ArchiveStats()
    yield stats
    for place in archive_places(folder, store):
        with database.read() as session:
            known = references(session, place)
        with open_place(place) as file:
            stats.files += 1
            stats.bytes += file.seek(0, os.SEEK_END)
            stats.open_files += isinstance(place, Path) and not try_lock(file)
            for entry in read_entries(file):
                if isinstance(entry, InventoryEntry):
                    stats.count(entry, known.get(entry.offset))
                else:
                    stats.damaged_places += 1
        yield stats


def archive_places(folder: Path, store: str) -> list[Path | str]:
    """Return the files of an archive: those in its folder, then the URLs of those in the object store.

    Raises InputError if there is no such folder and no store, or the store cannot be listed."""
    here = [] if store and not folder.is_dir() else archive_files(folder)
    return [*here, *(list_objects(object_url(store, FILES)) if store else ())]


def open_place(place: Path | str) -> BinaryIO:
    """Open a file of the archive."""
    return place.open("rb") if isinstance(place, Path) else open_object(place)


def verify_archive(database: Database, folder: Path, store: str = "") -> Iterator[list[ArchiveProblem]]:
    """Yield the problems of each file of an archive, and at the end those of missing files.

    Raises InputError if there is no such folder, or a command is changing it."""
    places = archive_places(folder, store)
    with archive_lock(folder) if folder.is_dir() else nullcontext():
        for place in places:
            yield list(_problems(database, place))
        yield list(_missing_files(database, folder, store, {str(place) for place in places}))


def _problems(database: Database, place: Path | str) -> Iterator[ArchiveProblem]:
    with database.read() as session:  # before the file: a crawl writes the record first, then its row
        known = references(session, place)
    name = place.name if isinstance(place, Path) else place
    with open_place(place) as file:
        is_whole = isinstance(place, str) or try_lock(file)
        found = list(read_entries(file, checks_digests=True))
    if found and isinstance(found[-1], Damage) and not is_whole:
        found.pop()  # a record that a crawl is writing
    for entry in found:
        reference = known.pop(entry.offset, None)
        what = entry.what if isinstance(entry, Damage) else _disagreement(entry, reference)
        if what:
            yield ArchiveProblem(
                name, entry.offset, what + ("; the database refers to it" if reference else "")
            )
    for offset in sorted(known):
        yield ArchiveProblem(name, offset, "no record begins here; the database refers to it")


def _disagreement(entry: InventoryEntry, reference: Reference | None) -> str | None:
    if reference is None:
        return None
    if entry.kind != "response":
        return f"a record of type {entry.kind}, not a response"
    if reference.digest and entry.digest and reference.digest != entry.digest:
        return "another answer than the one that was stored"
    return None


def _missing_files(
    database: Database, folder: Path, store: str, there: Collection[str]
) -> Iterator[ArchiveProblem]:
    with database.read() as session:
        known = referred_files(session)
    for name, records in sorted(known.items()):
        what = f"missing; the database refers to {records} of its records"
        if is_url(name):
            if store and name.startswith(object_url(store, "")) and name not in there:
                yield ArchiveProblem(name, None, what)
            continue
        path = folder / name  # files of other archives have absolute paths
        if path.absolute().parent == folder.absolute() and not path.exists():
            yield ArchiveProblem(path.name, None, what)
