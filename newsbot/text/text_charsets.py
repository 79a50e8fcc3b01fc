"""The charsets that servers, pages and feeds may declare: those of texts, without Python's other codecs."""

from __future__ import annotations

from functools import lru_cache

from w3lib.encoding import resolve_encoding

MAX_LABEL_CHARS = 40
_PYTHONS_OWN = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"})
"""Codecs that are no charsets of pages: they are slow, or their text holds lone surrogates."""
_SAMPLE = "<?xml version='1.0'?><html lang=\"en\">"


@lru_cache(maxsize=256)
def charset_named(label: str | None) -> str | None:
    """Return the codec for the label of a charset; None if it is unknown or no charset in which a page can be.

    In such a charset ASCII characters are what they are in ASCII. UTF-16 and UTF-32 are not, and are recognised by
    their byte order mark or NUL bytes."""
    if not label or len(label) > MAX_LABEL_CHARS or "\0" in label:
        return None
    codec = resolve_encoding(label)
    if codec is None or codec in _PYTHONS_OWN:
        return None
    try:
        return codec if _SAMPLE.encode("ascii").decode(codec) == _SAMPLE else None
    except (LookupError, ValueError):  # no text encoding; or one that reads nothing, as "undefined"
        return None
