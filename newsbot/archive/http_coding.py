"""Remove the transfer and content codings from archived HTTP bodies."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from fastwarc.stream_io import BrotliReader, ChunkedReader, GzipReader, ZstdReader

ZLIB_HEADER = b"\x78\x9c"
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def charset_of(content_type: str) -> str | None:
    """Return the charset that a Content-Type header names; None if it names none."""
    match = _CHARSET.search(content_type)
    return match[1] if match else None


def _deflate(packed: bytes) -> GzipReader:
    """Return a reader of `deflate`; some servers omit the zlib header that it must have (RFC 9110 section 8.4.1.2)."""
    has_header = packed[:1] == ZLIB_HEADER[:1] and int.from_bytes(packed[:2]) % 31 == 0
    return GzipReader(io.BytesIO(packed if has_header else ZLIB_HEADER + packed), zlib=True)


_READERS: dict[str, Callable[[bytes], Any]] = {
    "chunked": lambda body: ChunkedReader(io.BytesIO(body)),
    "gzip": lambda body: GzipReader(io.BytesIO(body)),
    "x-gzip": lambda body: GzipReader(io.BytesIO(body)),
    "deflate": _deflate,
    "br": lambda body: BrotliReader(io.BytesIO(body)),
    "zstd": lambda body: ZstdReader(io.BytesIO(body)),
}
MAX_CODINGS = 4
"""Maximum number of content codings that are removed."""


def decode_body(body: bytes, transfer: str | None, content: str | None, *, max_bytes: int) -> bytes:
    """Return `body` without the codings of its Transfer-Encoding and Content-Encoding headers, at most `max_bytes`.

    Tools that save decoded bodies keep these headers all the same, so a coding that the body is not in is skipped.
    Source: RFC 9112 section 6.1, RFC 9110 section 8.4."""
    for coding in [*_codings(transfer)[-1:], *reversed(_codings(content)[:MAX_CODINGS])]:
        body = _unpack(body, coding, max_bytes)
    return body[:max_bytes]


def _codings(header: str | None) -> list[str]:
    return [coding.strip().lower() for coding in (header or "").split(",") if coding.strip()]


def _unpack(body: bytes, coding: str, max_bytes: int) -> bytes:
    reader = _READERS.get(coding)
    if reader is None:
        return body
    unpacked = bytearray()
    try:
        stream = reader(body)
        while len(unpacked) < max_bytes and (part := stream.read(min(65_536, max_bytes - len(unpacked)))):
            unpacked += part
    except OSError:  # truncated, or never in this coding
        return bytes(unpacked) or body
    return bytes(unpacked)
