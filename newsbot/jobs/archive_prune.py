"""Prune the archive: remove old records, while the database and the files agree at every moment.

A file is replaced by a copy without the old records: the copy is written, then the database is changed to refer to the
copy in one transaction, then the original is deleted. A kill in between leaves both files, and the next run deletes
the one that the database does not refer to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

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
from newsbot.jobs.remote.objects import copy_object, list_objects, object_url, open_object, remove_object
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

    path: Path | str
    """Path, or URL in an object store."""
    kept: int = 0
    """Number of records kept."""
    dropped: int = 0
    freed_bytes: int = 0
    skipped: str | None = None
    """Why the file was left unchanged."""
    is_broken: bool = False
    """The file was left unchanged because it is damaged."""


def prune_archive(
    database: Database, folder: Path, rules: PruneRules, *, store: str = "", dry_run: bool = False
) -> Iterator[PrunedFile]:
    """Yield the result for each file of an archive; with `dry_run`, the result that pruning would have.

    `store` is the URL of its files in an object store. Raises InputError if there is no such folder, another command is
    working on it, or the store cannot be used; NewsbotError if a copy cannot be written, in which case that file is
    unchanged."""
    if folder.is_dir() or not store:
        yield from _prune_folder(database, folder, rules, dry_run=dry_run)
    for url in list_objects(object_url(store, FILES)) if store else ():
        yield _prune_object(database, url, rules, dry_run=dry_run)


def _prune_folder(
    database: Database, folder: Path, rules: PruneRules, *, dry_run: bool
) -> Iterator[PrunedFile]:
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
        plan = _plan(database, path, file, rules)
        if plan.result.dropped and not dry_run and not _replace(database, path, plan):
            return PrunedFile(path=path, skipped="a crawl has used it just now")
    return plan.result


def _prune_object(database: Database, url: str, rules: PruneRules, *, dry_run: bool) -> PrunedFile:
    with open_object(url) as file:
        plan = _plan(database, url, file, rules)
        if plan.result.dropped and not dry_run and not _replace_object(database, url, file, plan):
            return PrunedFile(path=url, skipped="a crawl has used it just now")
    return plan.result


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which records of a file are kept, what refers to them, and what pruning it results in."""

    result: PrunedFile
    kept: Sequence[InventoryEntry] = ()
    known: Mapping[int, Reference] = field(default_factory=dict)


def _plan(database: Database, place: Path | str, file: BinaryIO, rules: PruneRules) -> _Plan:
    entries = []
    for entry in read_entries(file):
        if isinstance(entry, Damage):
            what = f"damaged at byte {entry.offset}: {entry.what}"
            return _Plan(PrunedFile(path=place, skipped=what, is_broken=True))
        entries.append(entry)
    known = database.ask(lambda session: references(session, place))
    kept = records_to_keep(entries, lambda entry: rules.keeps(entry, known.get(entry.offset)))
    freed = sum(entry.end - entry.offset for entry in entries) - sum(
        entry.end - entry.offset for entry in kept
    )
    result = PrunedFile(path=place, kept=len(kept), dropped=len(entries) - len(kept), freed_bytes=freed)
    return _Plan(result, kept, known)


def _replace(database: Database, path: Path, plan: _Plan) -> bool:
    """Replace a file by a copy that contains only the records that are kept.

    Returns False and changes nothing if the database has changed its references since the plan was made."""
    copy = copy_name(path)
    offsets = write_copy(path, plan.kept) if plan.kept else {}
    if not _moved(database, path, copy, offsets, plan):
        copy.unlink(missing_ok=True)
        return False
    path.unlink()
    sync_folder(path.parent)
    return True


def _replace_object(database: Database, url: str, file: BinaryIO, plan: _Plan) -> bool:
    """The same for an object. No two copies have the same name, as several machines may prune at the same time.

    After a kill nothing refers to the copy, and so the next pruning removes its records."""
    copy = url.replace(".warc.gz", f"-{uuid4().hex[:12]}.warc.gz")
    offsets = copy_object(file, copy, plan.kept) if plan.kept else {}
    is_moved = _moved(database, url, copy, offsets, plan)
    if plan.kept or is_moved:
        remove_object(url if is_moved else copy)
    return is_moved


def _moved(
    database: Database, place: Path | str, copy: Path | str, offsets: Mapping[int, int], plan: _Plan
) -> bool:
    """Repoint the database to a copy, and return whether that was done: nothing else has changed since the plan was made."""
    with database.write() as session:
        is_unchanged = references(session, place) == plan.known
        if is_unchanged:
            move_references(session, place, copy, offsets)
    if is_unchanged:
        database.sync()
    return is_unchanged
