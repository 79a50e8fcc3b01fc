"""The inventory of newsbot's own archive: the records of its files, and where they are damaged."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import WarcRecord, WarcRecordType

from newsbot.archive.warc import MAX_HEADER_BYTES, UNREADABLE, GzipMember, next_start, stream_records
from newsbot.archive.warc_writer import FILES
from newsbot.errors import InputError
from newsbot.text import one_line


@dataclass(frozen=True, slots=True)
class InventoryEntry:
    """A readable record."""

    offset: int
    end: int
    """Offset of the next record."""
    kind: str
    """WARC-Type: `response`, `request`, `revisit`, `warcinfo`..."""
    written_at: datetime | None
    record_id: str | None
    concurrent_to: str | None
    """WARC-Concurrent-To: id of the record that this one belongs to, as a request does to its response."""
    digest: str | None
    """WARC-Payload-Digest, in the form that `payload_digest` returns."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A damaged place of a file."""

    offset: int
    what: str


def archive_files(folder: Path) -> list[Path]:
    """Return the files that newsbot has written to an archive, sorted by name; raises InputError without a folder."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; NEWSBOT_ARCHIVE_DIR names the archive", path=str(folder))
    return sorted(folder.glob(FILES))


def try_lock(file: BinaryIO) -> bool:
    """Take the exclusive lock of an archive file and return whether that succeeded.

    A crawl holds this lock on the file that it writes to, so False means that a crawl (or another command) has the file
    open. The lock is kept until `file` is closed, and nobody else changes the file meanwhile. Does not wait."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_entries(file: BinaryIO, *, checks_digests: bool = False) -> Iterator[InventoryEntry | Damage]:
    """Yield the records and the damaged places of a file in order.

    Records that a crawl appends meanwhile are left out. Contents are compared with their digests if `checks_digests`."""
    offset, size = 0, file.seek(0, os.SEEK_END)
    while offset < size:
        entry = _read_entry(file, offset, checks_digests=checks_digests)
        yield entry
        offset = entry.end if isinstance(entry, InventoryEntry) else next_start(file, offset + 1) or size


def _read_entry(file: BinaryIO, offset: int, *, checks_digests: bool) -> InventoryEntry | Damage:
    """Return the record of the gzip member at `offset`; newsbot writes one member per record."""
    member = GzipMember(file, offset)
    records: list[WarcRecord] = []
    try:
        for record in stream_records(member):
            if checks_digests and not _is_as_written(record):
                return Damage(offset, "its content is not that of its digest")
            records.append(record)
        while member.read():
            pass
    except UNREADABLE as error:
        return Damage(offset, one_line(str(error)))
    if not member.is_whole:
        return Damage(offset, "the file ends within the record")
    if len(records) != 1:
        return Damage(offset, f"{len(records)} records where there should be one")
    return _entry(records[0], offset, member.end)


def _is_as_written(record: WarcRecord) -> bool:
    """Return whether the contents of a record match its digests."""
    if "WARC-Block-Digest" in record.headers and not record.verify_block_digest():
        return False
    if record.record_type != WarcRecordType.response or "WARC-Payload-Digest" not in record.headers:
        return True
    record.parse_http(max_header_len=MAX_HEADER_BYTES)
    return bool(record.verify_payload_digest(consume=True))


def _entry(record: WarcRecord, offset: int, end: int) -> InventoryEntry:
    written_at = record.record_date
    return InventoryEntry(
        offset=offset,
        end=end,
        kind=str(record.record_type),
        written_at=written_at.astimezone(UTC) if written_at else None,
        record_id=record.record_id,
        concurrent_to=record.headers.get("WARC-Concurrent-To"),
        digest=record.headers.get("WARC-Payload-Digest"),
    )
