"""Write the head of an HTTP message, its first line and its headers, so that every reader of WARC can parse it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Headers = Iterable[tuple[bytes, bytes]]

MAX_HEAD_BYTES = 32_000
"""Maximum size of a head: some readers, FastWARC among them, refuse more than 32,755 bytes."""
MAX_LINE_BYTES = 4_000
"""Size to which a line is cut if not all of them fit."""
KEPT_FIRST = (
    b"content-type",
    b"content-encoding",
    b"content-length",
    b"location",
    b"date",
    b"last-modified",
    b"etag",
    b"content-language",
    b"cache-control",
    b"retry-after",
    b"server",
    b"x-newsbot-rendered",
)
"""Headers that are kept if not all of them fit: what is needed to read the body, and what the server says of the page."""
_BREAKS = bytes.maketrans(b"\r\n\0", b"   ")


def http_head(first_line: str, headers: Headers) -> tuple[bytes, bool]:
    """Return a head with the empty line at its end, and whether it is whole.

    A head is reduced if it is too long: lines are cut, and headers left out, cookies before those that describe the body.
    Carriage returns, line feeds and NUL inside a line, which would end it or the head for a reader, become spaces (RFC
    9110, section 5.5). A header without a name is left out."""
    given = [name + b": " + value for name, value in headers]
    lines = [line.translate(_BREAKS) for line in (first_line.encode("utf-8", "replace"), *given)]
    is_whole = lines[1:] == given
    named = [line for line in lines[1:] if line.partition(b":")[0].strip()]
    head = b"\r\n".join([lines[0], *named, b"", b""])
    if len(head) <= MAX_HEAD_BYTES:
        return head, is_whole and len(named) == len(given)
    return b"\r\n".join([lines[0][:MAX_LINE_BYTES], *_fitting(named), b"", b""]), False


def _fitting(lines: Sequence[bytes]) -> list[bytes]:
    """Return the lines that fit, in their order; the first ones of a name that is kept first, then the others."""
    order = sorted(range(len(lines)), key=lambda number: _name(lines[number]) not in KEPT_FIRST)
    kept: dict[int, bytes] = {}
    bytes_left = MAX_HEAD_BYTES - MAX_LINE_BYTES - 4
    for number in order:
        line = lines[number][:MAX_LINE_BYTES]
        if len(line) + 2 <= bytes_left:
            kept[number] = line
            bytes_left -= len(line) + 2
    return [kept[number] for number in sorted(kept)]


def _name(line: bytes) -> bytes:
    return line.partition(b":")[0].strip().lower()
