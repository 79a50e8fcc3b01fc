"""Upload complete files of the archive to an object store, while the database and the files agree at every moment.

A file is uploaded, its copy compared with it, then the rows that refer to it are repointed to the URL of the copy, and at last
the file is deleted. A kill in between leaves the file, and the next run continues: a whole copy is not uploaded again.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from newsbot.archive.inventory import archive_files, try_lock
from newsbot.archive.pruning import archive_lock, copied_from, sync_folder
from newsbot.archive.warc_writer import repair
from newsbot.errors import InputError
from newsbot.jobs.remote.objects import PART_BYTES, file_system, object_url, one_line_errors, size_of
from newsbot.store.crawl.fetches import local_files, repoint
from newsbot.store.database import Database

PAUSES_S = (1.0, 5.0)
"""Pauses before an upload that failed is repeated."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The result for one file."""

    name: str
    url: str | None = None
    """Where it is now; None if it stays."""
    bytes: int = 0
    rows: int = 0
    """Number of fetches that refer to it now."""
    skipped: str | None = None
    """Why the file stays."""


def upload_archive(
    database: Database, folder: Path, store: str, *, pause: Callable[[float], object] = time.sleep
) -> Iterator[Uploaded]:
    """Upload the files of a folder that no crawl writes to, and yield the result for each.

    Files that a kill left open are cut to their last whole record first. Raises InputError if there is no such folder,
    another command works on it, or the store cannot be used; the files that are left are uploaded by the next run."""
    with archive_lock(folder):
        repair(folder)
        for path in archive_files(folder):
            yield _upload(database, path, store, pause)
        yield from _repoint_late_rows(database, folder, store)


def _upload(database: Database, path: Path, store: str, pause: Callable[[float], object]) -> Uploaded:
    original = copied_from(path)
    if original is not None and original.exists():
        return Uploaded(path.name, skipped="a prune of it was cut off; run newsbot archive prune again")
    url = object_url(store, path.name)
    with path.open("rb") as file:
        if not try_lock(file):
            return Uploaded(path.name, skipped="a crawl has it open")
        size = path.stat().st_size
        if not _is_whole(file, size, url):
            _send(file, size, url, pause)
        rows = _repoint(database, path, url)
        database.sync()
        path.unlink()
    sync_folder(path.parent)
    return Uploaded(path.name, url=url, bytes=size, rows=rows)


def _send(file: BinaryIO, size: int, url: str, pause: Callable[[float], object]) -> None:
    """Upload a file, and compare the copy with it. Raises InputError."""
    for pause_s in (*PAUSES_S, None):
        try:
            files, path = file_system(url)
            file.seek(0)
            with one_line_errors(url):
                if url.startswith("file:"):  # a store makes no folders; and of buckets none is made
                    files.makedirs(path.rpartition("/")[0], exist_ok=True)
                with files.open(path, "wb", block_size=PART_BYTES) as target:
                    shutil.copyfileobj(file, target, 2**20)
            if _is_whole(file, size, url):
                return
            raise InputError(f"{url}: its content is not that of the file", url=url)
        except InputError:
            if pause_s is None:
                raise
            pause(pause_s)


def _is_whole(file: BinaryIO, size: int, url: str) -> bool:
    """Return whether an object has the content of a file.

    If the store gives the MD5 of the object, it decides; else the object is read back."""
    if size_of(url) != size:
        return False
    files, path = file_system(url)
    with one_line_errors(url):
        about = files.info(path)
    if str(about.get("ETag", "")).strip('"') == _digest(file, "md5"):
        return True
    with one_line_errors(url), files.open(path, "rb", block_size=PART_BYTES) as stored:
        return _digest(stored, "sha256") == _digest(file, "sha256")


def _digest(file: Any, name: str) -> str:
    file.seek(0)
    digest = hashlib.new(name, usedforsecurity=False)
    while part := file.read(2**20):
        digest.update(part)
    return digest.hexdigest()


def _repoint(database: Database, path: Path, url: str) -> int:
    rows = 0
    while moved := database.transact(lambda session: repoint(session, path, url)):
        rows += moved
    return rows


def _repoint_late_rows(database: Database, folder: Path, store: str) -> Iterator[Uploaded]:
    """Repoint rows that crawls have stored after the file they refer to was uploaded."""
    for name in database.ask(local_files):
        path, url = folder / name, object_url(store, name)
        if not path.exists() and (size := size_of(url)) is not None:
            yield Uploaded(name, url=url, bytes=size, rows=_repoint(database, path, url))
