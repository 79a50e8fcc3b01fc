"""Copy the files of an archive without some of their records.

The caller writes a copy under a new name, repoints the database in one transaction, and deletes the original: a kill
can leave an extra file, but never loses one.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from newsbot.archive.inventory import InventoryEntry
from newsbot.errors import InputError

PART_SUFFIX = ".part"
"""Suffix of a copy that is not complete yet."""
_COPY = re.compile(r"(?:-pruned(\d+))?(\.warc\.gz)$")


def records_to_keep(
    entries: Sequence[InventoryEntry], is_needed: Callable[[InventoryEntry], bool]
) -> list[InventoryEntry]:
    """Return the needed records, the records that belong to them, and the warcinfo records, in order.

    Empty if no record is needed."""
    owners = {entry.record_id: entry for entry in entries if entry.record_id}
    kept = []
    for entry in entries:
        decisive = owners.get(entry.concurrent_to or "", entry)
        if entry.kind == "warcinfo" or is_needed(decisive):
            kept.append(entry)
    return kept if any(entry.kind != "warcinfo" for entry in kept) else []


def copy_name(path: Path) -> Path:
    """Return the name of the next copy of a file: `a.warc.gz`, `a-pruned1.warc.gz`, `a-pruned2.warc.gz`..."""
    return path.with_name(
        _COPY.sub(lambda match: f"-pruned{int(match[1] or 0) + 1}{match[2]}", path.name, count=1)
    )


def copied_from(path: Path) -> Path | None:
    """Return the name of the file that a file is a copy of; None if it is not a copy."""
    match = _COPY.search(path.name)
    if match is None or match[1] is None:
        return None
    earlier = int(match[1]) - 1
    return path.with_name(path.name[: match.start()] + (f"-pruned{earlier}" if earlier else "") + match[2])


def write_copy(path: Path, kept: Collection[InventoryEntry]) -> dict[int, int]:
    """Write a copy of a file with only the given records, under `copy_name`; return old offset -> new offset.

    The copy is flushed to disk when this returns. Raises OSError, and then leaves no copy."""
    copy = copy_name(path)
    part = copy.with_name(copy.name + PART_SUFFIX)
    offsets = {}
    try:
        with path.open("rb") as source, part.open("wb") as target:
            for entry in kept:
                offsets[entry.offset] = target.tell()
                source.seek(entry.offset)
                target.write(source.read(entry.end - entry.offset))
            target.flush()
            os.fsync(target.fileno())
        shutil.copystat(path, part)
        part.rename(copy)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(copy.parent)
    return offsets


@contextmanager
def archive_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of an archive that commands take before they change its files.

    Raises InputError if another command holds it."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"{folder}: another command is at work on it", path=str(folder)) from error
        yield
    finally:
        os.close(opened)


def sync_folder(folder: Path) -> None:
    """Flush the directory entries of a folder to disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
