"""Parse the bytes of a feed or sitemap into elements, even if compressed, wrongly encoded, broken or hostile."""

from __future__ import annotations

import codecs
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from html.entities import html5
from io import BytesIO

from lxml import etree
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

from newsbot.discovery.charsets import is_iso_2022_jp, likely_charset
from newsbot.text.text_charsets import charset_named

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_LAYERS = 2
"""Number of times that a document is decompressed: some servers compress a .gz file again."""
_MAX_MEMBERS = 1_000
"""Maximum number of gzip files that are joined to one, as parallel compressors do."""
_GZIP_CHUNK = 65_536
# Nothing before the root (declarations, warnings of a broken server) is longer.
_MAX_PROLOGUE = 32_768
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CHARACTER = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));", re.IGNORECASE)
_AMPERSAND = re.compile(
    r"(?P<kept> <!\[CDATA\[ .*? (?:\]\]>|\Z) | &\#[0-9]{1,7}; ) | &(?P<name> [a-z][a-z0-9]{1,31}; )?",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)


def unpack(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """Return at most `max_bytes` of the body, decompressed if it is a gzip file, and whether that is all of it.

    Of a gzip file that is cut off or damaged, what comes before the damage is returned.
    """
    whole = True
    for _ in range(_GZIP_LAYERS):
        if not body.startswith(_GZIP_MAGIC):
            break
        body, complete = _gunzip(body, max_bytes + 1)
        whole = whole and complete
    return body[:max_bytes], whole and len(body) <= max_bytes


def _gunzip(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """Return at most `max_bytes` of the content of a gzip file, and whether its end was reached."""
    parts: list[bytes] = []
    position, bytes_left = 0, max_bytes
    for _ in range(_MAX_MEMBERS):
        if not body.startswith(_GZIP_MAGIC, position):
            return b"".join(parts), True  # what follows the last member is junk
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while not unpacker.eof:
            chunk = body[position : position + _GZIP_CHUNK]
            try:
                parts.append(unpacker.decompress(chunk, bytes_left))
            except zlib.error:
                return b"".join(parts), False
            position += len(chunk) - len(unpacker.unused_data)
            bytes_left -= len(parts[-1])
            if not chunk or bytes_left <= 0:
                return b"".join(parts), False
    return b"".join(parts), False


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return the text of a feed or sitemap.

    Bytes that are valid UTF-8 (except for a character cut off at the end) are read as UTF-8 whatever is declared, because
    servers and feeds declare wrong charsets. Otherwise the byte order mark, Content-Type, the XML declaration and a guess
    from the bytes decide, in this order.
    """
    return _NOT_XML.sub("", _decode(body, content_type))


def _decode(body: bytes, content_type: str | None) -> str:
    """Return the text, which may contain characters that XML forbids."""
    if b"\0" in body[:2]:  # UTF-16 without a byte order mark: the first character is ASCII
        return body.decode("utf-16-be" if body[0] == 0 else "utf-16-le", "replace")
    if not is_iso_2022_jp(body):
        with suppress(UnicodeDecodeError):
            return codecs.getincrementaldecoder("utf-8-sig")().decode(body, final=False)
    mark_encoding, mark = read_bom(body)
    if mark_encoding and mark:
        return body[len(mark) :].decode(mark_encoding, "replace")
    declared = charset_named(http_content_type_encoding(content_type)) or charset_named(
        html_body_declared_encoding(body)
    )
    encoding = declared if declared not in (None, "utf-8") else likely_charset(body)
    return body.decode(encoding, "replace")


def from_root(text: str, *names: str) -> tuple[str, str] | None:
    """Return the name of the root element and the text from it on; None if there is no root of these names.

    A document type is cut off with everything else before the root, so no entity is ever declared.
    """
    root = re.compile(rf"<(?:\w+:)?({'|'.join(names)})(?=[\s>])").search(text[:_MAX_PROLOGUE])
    return (root[1], text[root.start() :]) if root else None


def elements(text: str, *names: str) -> Iterator[etree._Element]:
    """Yield the elements with these local names, in any namespace, as they close; broken XML is repaired.

    An element that the end of the text cuts off is left out. Stray ampersands are text, and HTML's named characters are
    replaced by the characters. Nothing is fetched, no entity is expanded.
    """
    closing_tags = re.finditer(rf"</(?:\w+:)?(?:{'|'.join(names)})\s*>", text)
    closed = max((tag.end() for tag in closing_tags), default=0)
    repaired = _AMPERSAND.sub(_repair_ampersand, _CHARACTER.sub(_allowed_character, text[:closed]))
    parser = etree.iterparse(
        BytesIO(repaired.encode()),
        tag=[f"{{*}}{name}" for name in names],
        recover=True,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in parser:
            yield element
    except etree.XMLSyntaxError:
        return  # too broken even for the recovering parser


def is_whole(text: str, root: str) -> bool:
    """Return whether the document ends with the closing tag of its root, that is, nothing was cut off."""
    return re.search(rf"</(?:\w+:)?{root}\s*>\s*(?:<!--|\Z)", text[-_MAX_PROLOGUE:]) is not None


def _allowed_character(match: re.Match[str]) -> str:
    """Return the character reference, or the replacement character for a character that XML forbids.

    The recovering parser accepts a lone surrogate but cannot return its text, so references are replaced in CDATA and
    comments too, which broken markup may end anywhere.
    """
    number = (match[1] or match[2]).lstrip("0")[:8] or "0"
    code = int(number, 16 if match[1] else 10)
    return "\ufffd" if code > sys.maxunicode or _NOT_XML.match(chr(code)) else f"&#{code};"


def _repair_ampersand(match: re.Match[str]) -> str:
    name = match["name"]
    if match["kept"] or name in ("amp;", "lt;", "gt;", "quot;", "apos;"):
        return match[0]
    if name not in html5:
        return f"&amp;{name or ''}"
    return "".join(f"&#{ord(character)};" for character in html5[name])
