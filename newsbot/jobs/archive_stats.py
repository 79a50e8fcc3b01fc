"""What the archive holds, seen from the database; and whether the two agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from newsbot.archive.inventory import Damage, InventoryEntry, archive_files, read_entries, try_lock
from newsbot.archive.pruning import archive_lock
from newsbot.store.crawl.fetches import Reference, references, referred_files
from newsbot.store.database import Database


@dataclass(slots=True)
class Tally:
    """Some records, and the bytes that they take."""

    records: int = 0
    bytes: int = 0

    def add(self, records: int, size: int) -> None:
        """Count more."""
        self.records += records
        self.bytes += size


@dataclass(slots=True)
class Stock:
    """What an archive holds."""

    files: int = 0
    open_files: int = 0
    """That a crawl is writing to."""
    bytes: int = 0
    damaged_places: int = 0
    first: datetime | None = None
    last: datetime | None = None
    kinds: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """By the type of WARC record."""
    sources: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """Answers that the database knows."""
    of_articles: Tally = field(default_factory=Tally)
    """Answers that what articles say now was read from."""
    orphans: Tally = field(default_factory=Tally)
    """Answers that the database does not know: redirects, robots.txt, what a killed crawl had no time to store."""

    def count(self, entry: InventoryEntry, known: Reference | None) -> None:
        """Take in a record, and what the database knows of it."""
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
class Problem:
    """Where the archive is not as the database or its digests say."""

    file: str
    offset: int | None
    """None: the whole file."""
    what: str


def take_stock(database: Database, folder: Path) -> Iterator[Stock]:
    """Yield what an archive holds, as far as its files have been read; raise InputError if there is no such folder."""
    stock = Stock()
    yield stock
    for path in archive_files(folder):
        with database.read() as session:
            known = references(session, path)
        with path.open("rb") as file:
            stock.files += 1
            stock.bytes += path.stat().st_size
            stock.open_files += not try_lock(file)
            for entry in read_entries(file):
                if isinstance(entry, InventoryEntry):
                    stock.count(entry, known.get(entry.offset))
                else:
                    stock.damaged_places += 1
        yield stock


def verify(database: Database, folder: Path) -> Iterator[list[Problem]]:
    """Yield what is wrong with each file of an archive, and at last which ones are missing.

    Raises InputError if there is no such folder, or a command is changing it."""
    paths = archive_files(folder)
    with archive_lock(folder):
        for path in paths:
            yield list(_problems(database, path))
        yield list(_missing_files(database, folder))


def _problems(database: Database, path: Path) -> Iterator[Problem]:
    with database.read() as session:  # first: what a crawl tells the database is in the file by then
        known = references(session, path)
    with path.open("rb") as file:
        is_whole = try_lock(file)
        found = list(read_entries(file, checks_digests=True))
    if found and isinstance(found[-1], Damage) and not is_whole:
        found.pop()  # a record that a crawl is writing
    for each in found:
        reference = known.pop(each.offset, None)
        what = each.what if isinstance(each, Damage) else _disagreement(each, reference)
        if what:
            yield Problem(path.name, each.offset, what + ("; the database refers to it" if reference else ""))
    for offset in sorted(known):
        yield Problem(path.name, offset, "no record begins here; the database refers to it")


def _disagreement(entry: InventoryEntry, reference: Reference | None) -> str | None:
    if reference is None:
        return None
    if entry.kind != "response":
        return f"a record of type {entry.kind}, not a response"
    if reference.digest and entry.digest and reference.digest != entry.digest:
        return "another answer than the one that was stored"
    return None


def _missing_files(database: Database, folder: Path) -> Iterator[Problem]:
    with database.read() as session:
        known = referred_files(session)
    for name, records in sorted(known.items()):
        path = folder / name  # that of another archive is absolute
        if path.absolute().parent == folder.absolute() and not path.exists():
            yield Problem(path.name, None, f"missing; the database refers to {records} of its records")
