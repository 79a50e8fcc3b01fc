"""Read the records of WARC files (ISO 28500), damaged ones too: what cannot be read is skipped.

A gzipped WARC is a sequence of gzip members, usually one per record. Every member is decompressed on its own, so that
damage or a wrong Content-Length affects one member only. After something that does not parse, reading continues at the
next position in the file that does.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO, NamedTuple

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

UNREADABLE = (OSError, zlib.error)
"""Exceptions raised by reading a damaged record."""

CHUNK_BYTES = 64 * 1024
MAX_HEADER_BYTES = 64 * 1024
"""Maximum size of the headers of a record, or of its HTTP message: twice what servers accept."""
MAX_SKIPPED_BYTES = 2**30
MAX_RATIO = 200
"""Maximum compression ratio of a member larger than 1 GiB. Text shrinks to a tenth; a higher ratio is a decompression bomb."""
_START = re.compile(rb"\x1f\x8b\x08|WARC/[01]\.\d")
_LONGEST_START = 8
_GZIP = b"\x1f\x8b\x08"
_HEAD_BYTES = 2048
"""Bytes of a gzip member that suffice to decompress its first bytes, even after a header with a file name."""


class RecordPosition(NamedTuple):
    """The position of a record in its file."""

    offset: int
    """Offset of its gzip member; in an uncompressed file, of the record itself."""
    number: int
    """Index within the member: 0 if every record is a member of its own."""


def read_records(
    file: BinaryIO, problems: Counter[str], *, start: int = 0, end: int | None = None
) -> Iterator[tuple[RecordPosition, WarcRecord]]:
    """Yield the records of a file that begin at or after `start` and before `end`.

    A record is valid until the next one is requested; reading it may raise `UNREADABLE`. What cannot be read is skipped
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
    """One gzip member of a file, decompressed while it is read; file-like, for `ArchiveIterator`."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self.file = file
        self.offset = offset
        self.end = offset
        """Offset up to which the file has been read; once `is_whole`, the offset at which the next member may begin."""
        self.is_whole = False
        self._unpacker = zlib.decompressobj(wbits=31)
        self._unpacked_bytes = 0

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        """Return at most `size` bytes; none at the end of the member, or if the file ends within it.

        Raises zlib.error if the member is damaged."""
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
        """Return the number of decompressed bytes so far."""
        return self._unpacked_bytes

    def _more(self) -> bytes:
        self.file.seek(self.end)
        packed = self.file.read(CHUNK_BYTES)
        self.end += len(packed)
        return packed


def _records_of_member(
    member: GzipMember, problems: Counter[str]
) -> Generator[tuple[RecordPosition, WarcRecord], None, int]:
    """Yield the records of a member; return the offset at which to search for the next one."""
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
    """Yield records up to the first unreadable one; return the offset at which to search for the next one.

    That is just after the start of the last readable record: its length may be wrong and hide others."""
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
    """Return the length of a gzipped WARC up to its last complete record."""
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
    """Return the records of an open file or member, of every type, without parsing their HTTP headers."""
    any_type = WarcRecordType.any_type
    return ArchiveIterator(
        stream, record_types=any_type, parse_http=False, max_header_len=MAX_HEADER_BYTES, stream_detect=False
    )


def next_start(file: BinaryIO, offset: int, end: int | None = None) -> int | None:
    """Return the offset of the next record or gzip member at or after `offset` and before `end`; None if there is none."""
    if (end is None or offset < end) and _begins(file, offset):
        return offset
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


def _begins(file: BinaryIO, offset: int) -> bool:
    """Return whether a gzip member with a record begins at `offset`, as it does behind a member that was whole."""
    file.seek(offset)
    head = file.read(_HEAD_BYTES)
    return head.startswith(_GZIP) and _holds_record(head)


def _is_start(file: BinaryIO, offset: int, *, begins_line: bool) -> bool:
    if not _is_gzip(file, offset):
        file.seek(max(0, offset - 1))
        return begins_line or file.read(1) == b"\n"
    file.seek(offset)
    return _holds_record(file.read(_HEAD_BYTES))


def _holds_record(head: bytes) -> bool:
    """Return whether a gzip member is one of a WARC, given its first bytes."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 5) == b"WARC/"
    except zlib.error:
        return False


def _is_gzip(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    return file.read(len(_GZIP)) == _GZIP
