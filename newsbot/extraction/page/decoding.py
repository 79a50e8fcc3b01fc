"""Bytes of a page -> text, whatever charset they claim to be in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

FALLBACK = "cp1252"
SAMPLE_BYTES = 32_768
_UPPER_HALF = bytes(range(0x80, 0x100))
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_CONTROL = bytes(code for code in range(1, 0x20) if code not in b"\t\n\v\f\r\x1b")
_TAGS = re.compile(rb"<[^<>]{0,2000}>")


def decode(body: bytes, charset: str | None = None) -> str:
    """Return the text of a page, without NUL characters; `charset` is what the HTTP header says, if anything.

    A byte order mark decides, then bytes that can only be UTF-8, then `charset`, then the page's own
    declaration (each only if the bytes agree), then a guess from the bytes. Never raises: in the end
    bytes that mean nothing become U+FFFD. "" for what is no text at all.
    """
    return _decode(body, charset).replace("\0", "")


def _decode(body: bytes, charset: str | None) -> str:
    encoding, bom = read_bom(body)
    if encoding and bom:
        return body[len(bom) :].decode(encoding, "replace")
    wide = _wide(body)
    if wide is None and _is_binary(body):
        return ""
    for name in _claims(body, wide, charset):
        text = _strictly(body, name) if name else None
        if text is not None:
            return text
    if _nearly_utf8(body):
        return body.decode("utf-8", "replace")
    return body.decode(_guess(body) or FALLBACK, "replace")


def _claims(body: bytes, wide: str | None, charset: str | None) -> Iterator[str | None]:
    """Yield what the bytes, the header and the page say, in the order in which they are believed."""
    yield wide
    yield _utf8(body)
    yield resolve_encoding(charset) if charset else None
    yield html_body_declared_encoding(body)


def _wide(body: bytes) -> str | None:
    """Return the UTF-16 that every second byte being NUL gives away."""
    head = body[:2000]
    if len(head) < 4 or head.count(0) * 3 < len(head):
        return None
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _is_binary(body: bytes) -> bool:
    """Tell whether the bytes are no text at all: an image, an archive, a PDF."""
    head = body[:2000]
    return (len(head) - len(head.translate(None, _CONTROL))) * 20 > len(head)


def _utf8(body: bytes) -> str | None:
    """UTF-8 goes before any declaration: real text in another charset is almost never valid UTF-8 by chance.

    Not for plain ASCII: escape-coded charsets such as ISO-2022-JP are that too.
    """
    return None if body.isascii() else "utf-8"


def _strictly(body: bytes, encoding: str) -> str | None:
    """Return the text if every byte means something in `encoding`."""
    try:
        return body.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _nearly_utf8(body: bytes) -> bool:
    """Tell whether only a few bytes are not UTF-8: a cut or a pasted fragment, not another charset."""
    wrong = body.decode("utf-8", "replace").count("\ufffd")
    return wrong * 3 < len(body) - len(body.translate(None, _UPPER_HALF))


def _guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes  # slow to import, and hardly ever needed

    words = _TAGS.sub(b" ", body[: SAMPLE_BYTES * 8])
    first = _NOT_ASCII.search(words)
    start = max(0, first.start() - 1000) if first else 0
    best = from_bytes(words[start : start + SAMPLE_BYTES]).best()
    return best.encoding if best else None
