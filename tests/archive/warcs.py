"""Made-up WARC files, right and wrong."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

FETCHED = "2024-05-01T10:00:00Z"


def record(
    url: str = "https://news.example/1",
    body: bytes = b"<p>page",
    *,
    kind: str = "response",
    date: str = FETCHED,
    status: str = "200 OK",
    headers: Iterable[str] = ("Content-Type: text/html; charset=utf-8",),
    block_type: str = "application/http; msgtype=response",
    length: int | None = None,
    extra: Iterable[str] = (),
) -> bytes:
    """Return one record, not compressed; `length` is what it says of itself."""
    block = body
    if "http" in block_type:
        head = "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""])
        block = head.encode("utf-8", "surrogateescape") + body
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{UUID(int=hash(url) % 2**128)}>",
        f"WARC-Date: {date}",
        f"WARC-Target-URI: {url}",
        f"Content-Type: {block_type}",
        *extra,
        f"Content-Length: {len(block) if length is None else length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + block + b"\r\n\r\n"


def packed(*records: bytes) -> bytes:
    """Return records, each a gzip member."""
    return b"".join(gzip.compress(record, 1) for record in records)


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
