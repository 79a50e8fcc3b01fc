"""Read the pages of WARC and WACZ files: the HTML responses with status 200."""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from fastwarc.warc import WarcRecord, WarcRecordType

from newsbot.archive.files import is_warc
from newsbot.archive.http_coding import charset_of, decode_body
from newsbot.archive.warc import MAX_HEADER_BYTES, UNREADABLE, RecordPosition, read_records
from newsbot.capture import Capture
from newsbot.errors import InputError
from newsbot.urls import is_fetchable

HTML = frozenset({"text/html", "application/xhtml+xml", ""})
"""Content types of pages; the header may be missing."""

Wanted = Callable[[str, datetime | None], bool]
"""Takes the URL of a page and the time at which it was fetched; returns whether the page is selected."""


Place = Path | str
"""The path of an archive on this machine, or the URL of one elsewhere."""
Opener = Callable[[Place], BinaryIO]
"""Opens an archive to be read from any position. Raises InputError."""


def open_file(place: Place) -> BinaryIO:
    """Open an archive on this machine. Raises InputError."""
    try:
        return Path(place).open("rb")
    except OSError as error:
        raise InputError(f"{place}: cannot be read: {error.strerror or error}", path=str(place)) from error


class ByteRange(NamedTuple):
    """A range of a file that is a WARC or part of one: the records that begin at or after `start` and before `end`."""

    start: int
    end: int


def warc_spans(place: Place, opener: Opener = open_file) -> list[ByteRange]:
    """Return the ranges of the WARCs in a file: the whole file, or the WARC entries of a WACZ.

    Raises InputError if the file cannot be read. A WACZ stores its WARCs uncompressed (WACZ 1.1.1), so that records can
    be read in place."""
    with opener(place) as file:
        if not str(place).lower().endswith(".wacz"):
            return [ByteRange(0, file.seek(0, os.SEEK_END))]
        try:
            with zipfile.ZipFile(file) as archive:
                entries = [entry for entry in archive.infolist() if is_warc(entry.filename)]
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise InputError(
                    f"{place}: its WARCs are compressed once more; unpack it first", path=str(place)
                )
            return [_entry_span(file, entry) for entry in entries]
        except (OSError, zipfile.BadZipFile) as error:
            raise InputError(f"{place}: cannot be read: {error}", path=str(place)) from error


def _entry_span(file: BinaryIO, entry: zipfile.ZipInfo) -> ByteRange:
    """Return the range of a ZIP entry's bytes: after a local header that repeats its name (APPNOTE.TXT 4.3.7)."""
    file.seek(entry.header_offset + 26)
    header = file.read(4)
    start = (
        entry.header_offset + 30 + int.from_bytes(header[:2], "little") + int.from_bytes(header[2:], "little")
    )
    return ByteRange(start, start + entry.file_size)


def read_pages(
    place: Place,
    span: ByteRange,
    *,
    max_bytes: int,
    skipped: Counter[str],
    wanted: Wanted | None = None,
    after: RecordPosition | None = None,
    opener: Opener = open_file,
) -> Iterator[tuple[RecordPosition, Capture]]:
    """Yield the pages of a span of a file after the position `after`, each with its position, one in memory at a time.

    Everything else is counted in `skipped` by its kind. Raises InputError if the file cannot be opened."""
    with opener(place) as file:
        for position, record in read_records(
            file, skipped, start=after.offset if after else span.start, end=span.end
        ):
            if after is None or position > after:
                page = _read_page(record, max_bytes, wanted)
                if isinstance(page, Capture):
                    # A record that shares its gzip member with others cannot be found again by an offset.
                    offset = position.offset if position.number == 0 else None
                    yield position, replace(page, warc_file=str(place), warc_offset=offset)
                else:
                    skipped[page] += 1


def read_page_at(place: Place, offset: int, *, max_bytes: int, opener: Opener = open_file) -> Capture | None:
    """Return the page whose record is at `offset`; None if there is none that can be read.

    Raises InputError if the file cannot be opened."""
    span = ByteRange(offset, offset + 1)
    pages = read_pages(place, span, max_bytes=max_bytes, skipped=Counter(), opener=opener)
    return next((page for position, page in pages if position == RecordPosition(offset, 0)), None)


def _read_page(record: WarcRecord, max_bytes: int, wanted: Wanted | None) -> Capture | str:
    """Return the page that a record holds, or the kind of what it is instead."""
    if not record.record_type & (WarcRecordType.response | WarcRecordType.resource):
        return str(record.record_type)
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    if not is_fetchable(url):
        return "no-web-page"
    if wanted and not wanted(url, _utc(record.record_date)):
        return "not-selected"
    if record.content_length > max_bytes + MAX_HEADER_BYTES:
        return "too-large"
    try:
        return _page(record, url, max_bytes)
    except UNREADABLE:
        return "unreadable"


def _page(record: WarcRecord, url: str, max_bytes: int) -> Capture | str:
    content_type = record.headers.get("Content-Type") or ""
    transfer = content = None
    if record.is_http:
        record.parse_http(quirks_mode=True, max_header_len=MAX_HEADER_BYTES)
        headers = record.http_headers
        if headers.status_code != 200:
            return "status"
        content_type = headers.get("Content-Type") or ""
        transfer, content = headers.get("Transfer-Encoding"), headers.get("Content-Encoding")
    if content_type.partition(";")[0].strip().lower() not in HTML:
        return "not-html"
    body = decode_body(record.reader.read(), transfer, content, max_bytes=max_bytes + 1)
    if len(body) > max_bytes:
        return "too-large"
    if not body.strip():
        return "empty"
    return Capture(
        body=body,
        url=url,
        retrieved_at=_utc(record.record_date),
        charset=charset_of(content_type),
        warc_record_id=record.record_id or None,
        payload_digest=record.headers.get("WARC-Payload-Digest") or None,
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
