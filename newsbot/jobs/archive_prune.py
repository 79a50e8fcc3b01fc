"""Removes old records from the archive, while the database and the files agree at every instant.

A file is replaced by a copy without them: the copy is written, then the database moves to it in one transaction,
then the old file goes. A kill in between leaves both, and the next run removes the one that is not referred to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newsbot.archive.inventory import Damage, InventoryEntry, archive_files, read_entries, try_lock
from newsbot.archive.pruning import (
    PART_SUFFIX,
    archive_lock,
    copied_from,
    copy_name,
    records_to_keep,
    sync_folder,
    write_copy,
)
from newsbot.archive.warc_writer import FILES, repair
from newsbot.errors import NewsbotError
from newsbot.store.crawl.fetches import Reference, move_references, references, referred_files
from newsbot.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which records go."""

    older_than: datetime
    """Written before, and given again by no server since."""
    source: str | None = None
    """Only those of this source."""
    is_all: bool = False
    """Those too that articles were read from."""

    def needs(self, entry: InventoryEntry, reference: Reference | None) -> bool:
        """Tell whether a record stays."""
        if self.source is not None and (reference is None or reference.source != self.source):
            return True
        if entry.written_at is None or entry.written_at >= self.older_than:
            return True
        if reference is None:
            return False
        return reference.last_fetched_at >= self.older_than or (reference.is_of_article and not self.is_all)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What became of a file."""

    path: Path
    kept: int = 0
    """Records."""
    dropped: int = 0
    freed_bytes: int = 0
    skipped: str | None = None
    """Why it was left as it is."""
    is_broken: bool = False
    """It was left because it is damaged."""


def prune(database: Database, folder: Path, rules: Rules, *, dry_run: bool = False) -> Iterator[Pruned]:
    """Yield what becomes of each file of an archive; with `dry_run`, what would.

    Raises InputError if there is no such folder, or another command is at work on it; NewsbotError if a copy cannot
    be written, and then that file is as it was."""
    paths = archive_files(folder)
    with archive_lock(folder):
        if not dry_run:
            repair(folder)
            _settle(database, folder)
            paths = archive_files(folder)
        for path in paths:
            try:
                yield _prune_file(database, path, rules, dry_run=dry_run)
            except OSError as error:
                raise NewsbotError(f"{path}: cannot be pruned: {error.strerror}", path=str(path)) from error


def _settle(database: Database, folder: Path) -> None:
    """Remove what a run that was killed has left: torn copies, and of a file and its copy the one not referred to."""
    for part in folder.glob(FILES + PART_SUFFIX):
        part.unlink()
    with database.read() as session:
        known = referred_files(session).keys()
    for copy in archive_files(folder):
        original = copied_from(copy)
        if original is None or not original.exists():
            continue
        if not {copy.name, str(copy.absolute())} & known:
            copy.unlink()
        elif not {original.name, str(original.absolute())} & known:
            original.unlink()


def _prune_file(database: Database, path: Path, rules: Rules, *, dry_run: bool) -> Pruned:
    with path.open("rb") as file:
        if not try_lock(file):
            return Pruned(path=path, skipped="a crawl has it open")
        entries = []
        for each in read_entries(file):
            if isinstance(each, Damage):
                what = f"damaged at byte {each.offset}: {each.what}"
                return Pruned(path=path, skipped=what, is_broken=True)
            entries.append(each)
        with database.read() as session:
            known = references(session, path)
        kept = records_to_keep(entries, lambda entry: rules.needs(entry, known.get(entry.offset)))
        if len(kept) == len(entries):
            return Pruned(path=path, kept=len(kept))
        if not dry_run and not _replace(database, path, kept, known):
            return Pruned(path=path, skipped="a crawl has used it just now")
    freed = sum(entry.end - entry.offset for entry in entries) - sum(
        entry.end - entry.offset for entry in kept
    )
    return Pruned(path=path, kept=len(kept), dropped=len(entries) - len(kept), freed_bytes=freed)


def _replace(
    database: Database, path: Path, kept: Sequence[InventoryEntry], known: Mapping[int, Reference]
) -> bool:
    """Put a copy with only some records in place of a file; not so if others than `known` are referred to by now."""
    copy = copy_name(path)
    offsets = write_copy(path, kept) if kept else {}
    with database.write() as session:
        is_as_known = references(session, path) == known
        if is_as_known:
            move_references(session, path, copy, offsets)
    if not is_as_known:
        copy.unlink(missing_ok=True)
        return False
    database.sync()
    path.unlink()
    sync_folder(path.parent)
    return True
