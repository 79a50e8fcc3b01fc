"""Write HTTP exchanges to WARC/1.1 files (ISO 28500:2017): one gzip member per record, one open file per process.

A file that is being written has an empty file `<name>.open` beside it and is locked by its process. The lock ends with
the process, even if that is killed; the next process that writes to the folder repairs the files that it left.
"""

from __future__ import annotations

import fcntl
import io
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import BinaryIO

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType

from newsbot.archive.http_heads import Headers, http_head
from newsbot.archive.warc import whole_bytes

MAX_FILE_BYTES = 2**30
"""Size above which a file is closed; the size that WARC recommends (ISO 28500:2017, annex C)."""
FILES = "newsbot-*.warc.gz"
"""Glob pattern of the files that crawls write to an archive."""
GZIP_LEVEL = 6
OPEN_SUFFIX = ".open"
SETTLED_AFTER = timedelta(hours=1)
"""Time after which the database refers to every record that it ever will: a lease ends after ten minutes."""
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

MAX_URL_BYTES = 8_000
"""Maximum length of a URL in a record, where it is part of a header and of the first line of the request."""


class UnwritableError(ValueError):
    """An exchange that no record can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its response as sent over the network, but without chunked coding."""

    url: str
    method: str
    request_headers: Headers
    request_body: bytes
    status: int
    reason: str
    headers: Headers
    body: bytes
    """The body, still in its Content-Encoding."""
    fetched_at: datetime
    ip_address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The record in which a response is archived."""

    file: str
    """File name within the folder of the archive."""
    offset: int
    """Offset of the record in bytes."""
    digest: str
    """Digest of the body, in the form that `payload_digest` returns."""
    record_id: str | None
    """WARC-Record-ID."""
    url: str
    fetched_at: datetime
    is_repeat: bool = False
    """Whether the body was archived before, and not now."""
    is_whole: bool = True
    """Whether the record has all headers of this response as they were sent."""


def payload_digest(body: bytes) -> str:
    """Return the digest of a body in the format of WARC-Payload-Digest: `sha1:` and base 32."""
    return f"sha1:{b32encode(sha1(body, usedforsecurity=False).digest()).decode()}"


class WarcWriter:
    """Appends records to a file of `folder`; starts a new one every day and when the file is full.

    The first file is opened by the first write. `name` is the prefix of file names; every process needs its own."""

    def __init__(
        self, folder: Path, name: str, *, software: str, max_file_bytes: int = MAX_FILE_BYTES
    ) -> None:
        self.folder = folder
        self.name = name
        self.software = software
        self.max_file_bytes = max_file_bytes
        self._file: BinaryIO | None = None
        self._full: list[tuple[datetime, BinaryIO]] = []
        """Complete files, and when they were. They stay locked while the database may not refer to their last records."""
        self.released = 0
        """Number of complete files that are not locked any more."""
        self._path = folder
        self._day: date | None = None
        self._serial = 0

    def write(self, exchange: Exchange, earlier: Kept | None = None) -> Kept:
        """Archive an exchange; with `earlier`, write a revisit record, because the response has the same body.

        Returns the record that has the body: the new one, or `earlier`. Headers that do not fit are cut: see `http_head`.
        Raises UnwritableError, and OSError for what the disk does not take; the file is then as it was."""
        if len(exchange.url) > MAX_URL_BYTES:
            raise UnwritableError(f"the URL has more than {MAX_URL_BYTES} bytes")
        head, is_whole = http_head(f"HTTP/1.1 {exchange.status} {exchange.reason}".rstrip(), exchange.headers)
        response = _revisit(exchange, earlier, head) if earlier else _response(exchange, head)
        if not is_whole:
            response.headers["WARC-Truncated"] = "unspecified"
        request = _request(exchange)
        request.headers["WARC-Concurrent-To"] = response.record_id or ""
        offset = self._append(exchange.fetched_at, [response, request])
        kept = earlier or Kept(
            file=self._path.name,
            offset=offset,
            digest=payload_digest(exchange.body),
            record_id=response.record_id,
            url=exchange.url,
            fetched_at=exchange.fetched_at,
        )
        return replace(kept, is_whole=is_whole)

    def close(self) -> None:
        """Close all files; the next exchange opens a new one."""
        self._retire(datetime.max.replace(tzinfo=UTC))
        self._release(datetime.max.replace(tzinfo=UTC))

    def _retire(self, now: datetime) -> None:
        if self._file:
            _mark(self._path).unlink()
            self._full.append((now, self._file))
            self._file = None

    def _release(self, before: datetime) -> None:
        while self._full and self._full[0][0] <= before:
            self._full.pop(0)[1].close()
            self.released += 1

    def _append(self, now: datetime, records: Iterable[WarcRecord]) -> int:
        if self._file and (now.date() != self._day or self._file.tell() >= self.max_file_bytes):
            self._retire(now)
        self._release(now - SETTLED_AFTER)
        if self._file is None:
            self._file = self._open(now)
            _write_whole(self._file, _packed(_info(self._path.name, self.software, now)))
        offset = self._file.tell()
        _write_whole(self._file, b"".join(map(_packed, records)))
        return offset

    def _open(self, now: datetime) -> BinaryIO:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._serial == 0:
            repair(self.folder)
        self._day = now.date()
        while self._serial == 0 or self._path.exists():  # another crawl of this process has written it
            self._serial += 1
            self._path = (
                self.folder
                / f"{self.name}-{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03}-{self._serial:05}.warc.gz"
            )
        file = self._path.open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        _mark(self._path).touch()
        return file


def repair(folder: Path) -> list[Path]:
    """Truncate the files that killed processes left open to their last complete record; return these files."""
    repaired = []
    for mark in sorted(folder.glob(f"*{OPEN_SUFFIX}")):
        path = mark.with_suffix("")
        path.touch()  # it may have been deleted
        with path.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            file.truncate(whole_bytes(file))
            mark.unlink(missing_ok=True)
        repaired.append(path)
    return repaired


def _mark(path: Path) -> Path:
    return path.with_name(path.name + OPEN_SUFFIX)


def _write_whole(file: BinaryIO, content: bytes) -> None:
    """Write all of `content` or nothing: an unbuffered file accepts only a part of it when the disk is full."""
    start = file.tell()
    view = memoryview(content)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError:
        file.truncate(start)
        raise


def _packed(record: WarcRecord) -> bytes:
    packed = io.BytesIO()
    writer = GzipWriter(packed, compression_level=GZIP_LEVEL)
    record.write(writer, checksum_data=True)
    writer.finish()
    return packed.getvalue()


def _record(
    kind: WarcRecordType, content: bytes, now: datetime, headers: Mapping[str, str | None]
) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(kind)
    record.record_date = now
    for name, value in headers.items():
        if value:
            record.headers[name] = value
    record.set_bytes_content(content)
    return record


def _info(name: str, software: str, now: datetime) -> WarcRecord:
    fields = f"software: {software}\r\nformat: WARC File Format 1.1\r\n"
    headers = {"WARC-Filename": name, "Content-Type": "application/warc-fields"}
    return _record(WarcRecordType.warcinfo, fields.encode(), now, headers)


def _response(exchange: Exchange, head: bytes) -> WarcRecord:
    headers = {
        "WARC-Target-URI": exchange.url,
        "WARC-IP-Address": exchange.ip_address,
        "WARC-Payload-Digest": payload_digest(exchange.body),
    }
    record = _record(WarcRecordType.response, head + exchange.body, exchange.fetched_at, headers)
    record.is_http = True
    return record


def _revisit(exchange: Exchange, earlier: Kept, head: bytes) -> WarcRecord:
    """Return a revisit record: the response without its body, which `earlier` has (ISO 28500:2017, 6.7)."""
    headers = {
        "WARC-Target-URI": exchange.url,
        "WARC-IP-Address": exchange.ip_address,
        "WARC-Profile": NOT_MODIFIED if exchange.status == 304 else SAME_PAYLOAD,
        "WARC-Payload-Digest": earlier.digest,
        "WARC-Refers-To-Target-URI": earlier.url,
        "WARC-Refers-To-Date": f"{earlier.fetched_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    record = _record(WarcRecordType.revisit, head, exchange.fetched_at, headers)
    record.headers["Content-Type"] = "application/http; msgtype=response"
    return record


def _request(exchange: Exchange) -> WarcRecord:
    path = exchange.url.partition("://")[2].partition("/")[2].partition("#")[0]
    head, _ = http_head(f"{exchange.method} /{path} HTTP/1.1", exchange.request_headers)
    record = _record(
        WarcRecordType.request,
        head + exchange.request_body,
        exchange.fetched_at,
        {"WARC-Target-URI": exchange.url},
    )
    record.is_http = True
    return record
