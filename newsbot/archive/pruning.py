"""Copies of an archive's files without some of their records.

A copy has a name of its own. Both files are there while the database moves from one to the other, and whatever it
says, it is right: a kill leaves one file too many, never one too few.
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
"""Of a copy that is not whole yet."""
_COPY = re.compile(r"(?:-pruned(\d+))?(\.warc\.gz)$")


def records_to_keep(
    entries: Sequence[InventoryEntry], is_needed: Callable[[InventoryEntry], bool]
) -> list[InventoryEntry]:
    """Return the records that are needed, with those that belong to them, and what describes the file; in order.

    None at all if nothing is needed."""
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
    """Return the name of the file that a file is a copy of; None if it is none."""
    match = _COPY.search(path.name)
    if match is None or match[1] is None:
        return None
    earlier = int(match[1]) - 1
    return path.with_name(path.name[: match.start()] + (f"-pruned{earlier}" if earlier else "") + match[2])


def write_copy(path: Path, kept: Collection[InventoryEntry]) -> dict[int, int]:
    """Write a copy of a file with only those records, under `copy_name`; return their new offsets by the old ones.

    It is on the disk when this returns, and not there at all if it raises OSError."""
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
    """Keep other commands from changing the files of an archive; raise InputError if one is doing so."""
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
    """Wait until the names of a folder's files are on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
