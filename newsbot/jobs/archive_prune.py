"""Prune the archive: remove old records, while the database and the files agree at every moment.

A file is replaced by a copy without the old records: the copy is written, then the database is changed to refer to the
copy in one transaction, then the original is deleted. A kill in between leaves both files, and the next run deletes
the one that the database does not refer to.
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
class PruneRules:
    """Rules that decide which records are removed."""

    older_than: datetime
    """Remove records written before this time, unless a server has given the same answer since."""
    source: str | None = None
    """Remove only records of this source."""
    is_all: bool = False
    """Also remove records that articles were read from."""

    def keeps(self, entry: InventoryEntry, reference: Reference | None) -> bool:
        """Return whether a record must be kept."""
        if self.source is not None and (reference is None or reference.source != self.source):
            return True
        if entry.written_at is None or entry.written_at >= self.older_than:
            return True
        if reference is None:
            return False
        return reference.last_fetched_at >= self.older_than or (reference.is_of_article and not self.is_all)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrunedFile:
    """The result of pruning one file."""

    path: Path
    kept: int = 0
    """Number of records kept."""
    dropped: int = 0
    freed_bytes: int = 0
    skipped: str | None = None
    """Why the file was left unchanged."""
    is_broken: bool = False
    """The file was left unchanged because it is damaged."""


def prune_archive(
    database: Database, folder: Path, rules: PruneRules, *, dry_run: bool = False
) -> Iterator[PrunedFile]:
    """Yield the result for each file of an archive; with `dry_run`, the result that pruning would have.

    Raises InputError if there is no such folder, or another command is working on it; NewsbotError if a copy cannot be
    written, in which case that file is unchanged."""
    paths = archive_files(folder)
    with archive_lock(folder):
        if not dry_run:
            repair(folder)
            _clean_up(database, folder)
            paths = archive_files(folder)
        for path in paths:
            try:
                yield _prune_file(database, path, rules, dry_run=dry_run)
            except OSError as error:
                raise NewsbotError(f"{path}: cannot be pruned: {error.strerror}", path=str(path)) from error


def prune_counts(files: Sequence[PrunedFile]) -> dict[str, int]:
    """Return the totals over the files of an archive, by name; they are stored as the counts of the run."""
    changed = [file for file in files if file.dropped]
    return {
        "files_removed": sum(file.kept == 0 for file in changed),
        "files_rewritten": sum(file.kept > 0 for file in changed),
        "files_skipped": sum(file.skipped is not None for file in files),
        "records_removed": sum(file.dropped for file in changed),
        "records_kept": sum(file.kept for file in files),
        "freed_bytes": sum(file.freed_bytes for file in changed),
    }


def _clean_up(database: Database, folder: Path) -> None:
    """Clean up after a killed run: delete partial copies, and of an original and its copy the one not referred to."""
    for part in folder.glob(FILES + PART_SUFFIX):
        part.unlink()
    known = database.ask(referred_files).keys()
    for copy in archive_files(folder):
        original = copied_from(copy)
        if original is None or not original.exists():
            continue
        if not {copy.name, str(copy.absolute())} & known:
            copy.unlink()
        elif not {original.name, str(original.absolute())} & known:
            original.unlink()


def _prune_file(database: Database, path: Path, rules: PruneRules, *, dry_run: bool) -> PrunedFile:
    with path.open("rb") as file:
        if not try_lock(file):
            return PrunedFile(path=path, skipped="a crawl has it open")
        entries = []
        for entry in read_entries(file):
            if isinstance(entry, Damage):
                what = f"damaged at byte {entry.offset}: {entry.what}"
                return PrunedFile(path=path, skipped=what, is_broken=True)
            entries.append(entry)
        known = database.ask(lambda session: references(session, path))
        kept = records_to_keep(entries, lambda entry: rules.keeps(entry, known.get(entry.offset)))
        if len(kept) == len(entries):
            return PrunedFile(path=path, kept=len(kept))
        if not dry_run and not _replace(database, path, kept, known):
            return PrunedFile(path=path, skipped="a crawl has used it just now")
    freed = sum(entry.end - entry.offset for entry in entries) - sum(
        entry.end - entry.offset for entry in kept
    )
    return PrunedFile(path=path, kept=len(kept), dropped=len(entries) - len(kept), freed_bytes=freed)


def _replace(
    database: Database, path: Path, kept: Sequence[InventoryEntry], known: Mapping[int, Reference]
) -> bool:
    """Replace a file by a copy that contains only the records of `kept`.

    Returns False and changes nothing if the database has changed its references since `known` was read."""
    copy = copy_name(path)
    offsets = write_copy(path, kept) if kept else {}
    with database.write() as session:
        is_unchanged = references(session, path) == known
        if is_unchanged:
            move_references(session, path, copy, offsets)
    if not is_unchanged:
        copy.unlink(missing_ok=True)
        return False
    database.sync()
    path.unlink()
    sync_folder(path.parent)
    return True
