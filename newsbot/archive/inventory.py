"""What the files of newsbot's own archive hold, record by record, and what of it is damaged."""

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
    """A record that can be read."""

    offset: int
    end: int
    """Where the next record begins."""
    kind: str
    """`response`, `request`, `revisit`, `warcinfo`..."""
    written_at: datetime | None
    record_id: str | None
    concurrent_to: str | None
    """Id of the record that it belongs to, as a request does to its response."""
    digest: str | None
    """Of its payload, as `payload_digest` gives it."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A place that is not as it was written."""

    offset: int
    what: str


def archive_files(folder: Path) -> list[Path]:
    """Return the files that newsbot has written to an archive, in order of name; raise InputError without a folder."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; NEWSBOT_ARCHIVE_DIR names the archive", path=str(folder))
    return sorted(folder.glob(FILES))


def try_lock(file: BinaryIO) -> bool:
    """Tell whether no crawl is writing to a file, and keep others from changing it until `file` is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_entries(file: BinaryIO, *, checks_digests: bool = False) -> Iterator[InventoryEntry | Damage]:
    """Yield the records of a file in their order, and where it is damaged.

    What a crawl adds meanwhile is left out. Digests are compared with the contents only if that is asked for."""
    offset, size = 0, os.fstat(file.fileno()).st_size
    while offset < size:
        entry = _read_entry(file, offset, checks_digests=checks_digests)
        yield entry
        offset = entry.end if isinstance(entry, InventoryEntry) else next_start(file, offset + 1) or size


def _read_entry(file: BinaryIO, offset: int, *, checks_digests: bool) -> InventoryEntry | Damage:
    """Return what a gzip member holds, which newsbot writes for every record."""
    member = GzipMember(file, offset)
    kept: list[WarcRecord] = []
    try:
        for record in stream_records(member):
            if checks_digests and not _is_as_written(record):
                return Damage(offset, "its content is not that of its digest")
            kept.append(record)
        while member.read():
            pass
    except UNREADABLE as error:
        return Damage(offset, one_line(str(error)))
    if not member.is_whole:
        return Damage(offset, "the file ends within the record")
    if len(kept) != 1:
        return Damage(offset, f"{len(kept)} records where there should be one")
    return _entry(kept[0], offset, member.end)


def _is_as_written(record: WarcRecord) -> bool:
    """Tell whether what a record holds has the digests that it gives."""
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
