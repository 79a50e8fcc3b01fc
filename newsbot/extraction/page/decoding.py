"""Decode the bytes of a page to text, whatever charset they are declared to be in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from w3lib.encoding import html_body_declared_encoding, read_bom

from newsbot.text.text_charsets import charset_named

FALLBACK = "cp1252"
"""Charset of bytes that no other charset fits."""
SAMPLE_BYTES = 32_768
"""Number of bytes from which a charset is guessed."""
_HEAD_BYTES = 2000
"""Number of bytes that are examined for NUL and control characters."""
_UPPER_HALF = bytes(range(0x80, 0x100))
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_CONTROL = bytes(code for code in range(1, 0x20) if code not in b"\t\n\v\f\r\x1b")
_TAGS = re.compile(rb"<[^<>]{0,2000}>")


def decode(body: bytes, charset: str | None = None) -> str:
    """Return the text of a page without NUL characters; "" for binary data.

    `charset` is the one in the HTTP header, if any. The order of precedence is: a byte order mark, valid UTF-8 that is
    not plain ASCII, `charset`, the declaration in the page, a guess from the bytes. Header and declaration count
    only if all bytes are valid in their charset. Never raises: bytes that remain invalid become U+FFFD.
    """
    text = _decode(body, charset)
    return text.replace("\0", "") if b"\0" in body else text  # NUL is the byte 0 in every charset


def _decode(body: bytes, charset: str | None) -> str:
    """Return the text of a page, which may contain NUL characters."""
    encoding, bom = read_bom(body)
    if encoding and bom:
        return body[len(bom) :].decode(encoding, "replace")
    wide = _wide(body)
    if wide is None and _is_binary(body):
        return ""
    for name in _candidates(body, wide, charset):
        text = _strictly(body, name) if name else None
        if text is not None:
            return text
    if _nearly_utf8(body):
        return body.decode("utf-8", "replace")
    return body.decode(_guess(body) or FALLBACK, "replace")


def _candidates(body: bytes, wide: str | None, charset: str | None) -> Iterator[str | None]:
    """Yield the charsets that the bytes, the header and the page suggest, in the order of precedence."""
    yield wide
    yield _utf8(body)
    yield charset_named(charset)
    yield charset_named(html_body_declared_encoding(body))


def _wide(body: bytes) -> str | None:
    """Return the byte order of UTF-16, which is recognised by its NUL bytes; None for other bytes."""
    head = body[:_HEAD_BYTES]
    if len(head) < 4 or head.count(0) * 3 < len(head):
        return None
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _is_binary(body: bytes) -> bool:
    """Return whether the bytes are not text but, for example, an image, an archive or a PDF."""
    head = body[:_HEAD_BYTES]
    return (len(head) - len(head.translate(None, _CONTROL))) * 20 > len(head)


def _utf8(body: bytes) -> str | None:
    """Return "utf-8" unless the bytes are plain ASCII, as bytes of charsets with escape codes (ISO-2022-JP) are, too.

    UTF-8 has precedence over declarations: text in another charset is almost never valid UTF-8 by chance.
    """
    return None if body.isascii() else "utf-8"


def _strictly(body: bytes, encoding: str) -> str | None:
    """Return the text if all bytes are valid in `encoding`, else None."""
    try:
        return body.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _nearly_utf8(body: bytes) -> bool:
    """Return whether only a few bytes are not valid UTF-8: a truncated page or a pasted fragment."""
    wrong = body.decode("utf-8", "replace").count("\ufffd")
    return wrong * 3 < len(body) - len(body.translate(None, _UPPER_HALF))


def _guess(body: bytes) -> str | None:
    """Return the most likely charset, judged from the text around the first non-ASCII byte; None if none fits."""
    from charset_normalizer import from_bytes  # slow to import and rarely needed

    words = _TAGS.sub(b" ", body[: SAMPLE_BYTES * 8])
    first = _NOT_ASCII.search(words)
    start = max(0, first.start() - 1000) if first else 0
    best = from_bytes(words[start : start + SAMPLE_BYTES]).best()
    return best.encoding if best else None
