"""Records of WARC files (ISO 28500), whatever has happened to the files: what is broken is skipped, the rest is read.

A gzipped WARC is a chain of gzip members, usually one a record. Each is unpacked on its own, so that damage, or a
Content-Length that lies, ends with its member. Where something does not parse, reading goes on at the next place in
the file that does.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO, NamedTuple

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

UNREADABLE = (OSError, zlib.error)
"""What reading from a damaged record raises."""

CHUNK_BYTES = 64 * 1024
MAX_HEADER_BYTES = 64 * 1024
"""Of the headers of a record, or of its HTTP message: twice what servers accept."""
MAX_SKIPPED_BYTES = 2**30
MAX_RATIO = 200
"""Text shrinks to a tenth; members that are larger than a GiB by more than this are made to exhaust a reader."""
_START = re.compile(rb"\x1f\x8b\x08|WARC/[01]\.\d")
_LONGEST_START = 8
_HEAD_BYTES = 2048
"""Of a gzip member: enough to unpack its first bytes, also after a header with a file name."""


class RecordPosition(NamedTuple):
    """Where a record stands in its file."""

    offset: int
    """Of its gzip member, or of itself in a file that is not compressed."""
    number: int
    """Among the records of that member: 0 where each record is a member of its own."""


def read_records(
    file: BinaryIO, problems: Counter[str], *, start: int = 0, end: int | None = None
) -> Iterator[tuple[RecordPosition, WarcRecord]]:
    """Yield the records of a file whose places begin from `start` up to `end`.

    A record can be read until the next one is asked for; that may raise `UNREADABLE`. What cannot be read is skipped,
    and counted in `problems`.
    """
    offset = next_start(file, start, end)
    while offset is not None:
        is_gzip = _is_gzip(file, offset)
        if is_gzip:
            after = yield from _records_of_member(GzipMember(file, offset), problems)
        else:
            after = yield from _plain_records(file, offset, end, problems)
        offset = next_start(file, after, end)
        if is_gzip and offset is not None and offset > after:
            problems["garbage"] += 1


class GzipMember:
    """One gzip member of a file, unpacked as it is read: what `ArchiveIterator` takes for a file."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self.file = file
        self.offset = offset
        self.end = offset
        """How far the file has been read for this member; once `is_whole`, where the next one may begin."""
        self.is_whole = False
        self._unpacker = zlib.decompressobj(wbits=31)
        self._unpacked_bytes = 0

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        """Return at most `size` bytes; none at the end of the member, or of a file that ends within it.

        Raises zlib.error where it is damaged."""
        unpacked = b""
        while not unpacked and not self.is_whole:
            packed = self._unpacker.unconsumed_tail or self._more()
            if not packed:
                break
            unpacked = self._unpacker.decompress(packed, size)
            if self._unpacker.eof:
                self.is_whole = True
                self.end -= len(self._unpacker.unused_data)
        self._unpacked_bytes += len(unpacked)
        if self._unpacked_bytes > max(MAX_SKIPPED_BYTES, MAX_RATIO * (self.end - self.offset)):
            raise zlib.error("unpacks to more than any archive holds")
        return unpacked

    def tell(self) -> int:
        """Return how many bytes have been unpacked."""
        return self._unpacked_bytes

    def _more(self) -> bytes:
        self.file.seek(self.end)
        packed = self.file.read(CHUNK_BYTES)
        self.end += len(packed)
        return packed


def _records_of_member(
    member: GzipMember, problems: Counter[str]
) -> Generator[tuple[RecordPosition, WarcRecord], None, int]:
    """Yield the records of a member; return where to look for the next one."""
    try:
        for number, record in enumerate(stream_records(member)):
            yield RecordPosition(member.offset, number), record
        while member.read():
            pass
    except UNREADABLE:
        problems["damaged"] += 1
        return member.end if member.is_whole else member.offset + 1
    if not member.is_whole:
        problems["torn"] += 1
    return member.end


def _plain_records(
    file: BinaryIO, start: int, end: int | None, problems: Counter[str]
) -> Generator[tuple[RecordPosition, WarcRecord], None, int]:
    """Yield records up to the first that cannot be read; return where to look for the next one.

    That is just behind the start of the last one that could be: its length may be wrong, and hide others."""
    file.seek(start)
    offset = start
    try:
        for record in stream_records(file):
            offset = record.stream_pos
            if end is not None and offset >= end:
                return offset
            yield RecordPosition(offset, 0), record
    except UNREADABLE:
        problems["damaged"] += 1
    return offset + 1


def whole_bytes(file: BinaryIO) -> int:
    """Return the length of a gzipped WARC without a last record that was not written to its end."""
    offset = next_start(file, 0)
    end = 0
    while offset is not None:
        member = GzipMember(file, offset)
        problems: Counter[str] = Counter()
        for _ in _records_of_member(member, problems):
            pass
        after = member.end if member.is_whole else offset + 1
        end = member.end if member.is_whole else end
        offset = next_start(file, after)
    return end


def stream_records(stream: Any) -> ArchiveIterator:
    """Return the records of an open file or member, of every type; their HTTP headers are not parsed yet."""
    any_type = WarcRecordType.any_type
    return ArchiveIterator(
        stream, record_types=any_type, parse_http=False, max_header_len=MAX_HEADER_BYTES, stream_detect=False
    )


def next_start(file: BinaryIO, offset: int, end: int | None = None) -> int | None:
    """Return where the next record or gzip member of records begins, from `offset` up to `end`; None if none does."""
    at_once = offset
    while end is None or offset < end:
        file.seek(offset)
        chunk = file.read(CHUNK_BYTES)
        for match in _START.finditer(chunk):
            found = offset + match.start()
            if end is not None and found >= end:
                return None
            if _is_start(file, found, begins_line=found == at_once):
                return found
        if len(chunk) <= _LONGEST_START:
            return None
        offset += len(chunk) - _LONGEST_START
    return None


def _is_start(file: BinaryIO, offset: int, *, begins_line: bool) -> bool:
    if not _is_gzip(file, offset):
        file.seek(max(0, offset - 1))
        return begins_line or file.read(1) == b"\n"
    file.seek(offset)
    try:
        return zlib.decompressobj(wbits=31).decompress(file.read(_HEAD_BYTES), 5) == b"WARC/"
    except zlib.error:
        return False


def _is_gzip(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    return file.read(3) == b"\x1f\x8b\x08"
