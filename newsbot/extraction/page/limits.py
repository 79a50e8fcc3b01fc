"""Limits on what is read of a page, so that any page is parsed within a second."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Final, cast

from lxml import etree

from newsbot.text.compiled_core import load_core

SMALL_PAGE_CHARS: Final = 1_000_000
"""Maximum size of a page that is parsed unchanged; from larger ones, scripts, styles and drawings are removed."""
MAX_PAGE_CHARS: Final = 6_000_000
"""Maximum number of characters that are read of a page, without scripts and styles."""
MAX_TAGS: Final = 150_000
"""Maximum number of tags that are read. No article has a tenth of that, and every tag costs memory and time."""
MAX_ATTRIBUTES: Final = SMALL_PAGE_CHARS // len(" a")
"""Maximum number of attributes in a page; a small page cannot have more."""
MAX_TAG_ATTRIBUTES: Final = 200
"""Maximum number of attributes in a tag. Real tags have up to 60; libxml2 takes time quadratic in their number."""
MAX_DEPTH: Final = 2048
"""Maximum depth of open elements: the limit of libxml2 when it builds a tree.

Without a tree it has no limit, and every end tag makes it look at all open elements.
"""
_CHUNK_BYTES = 16_384
"""Size of the pieces fed to the parser: an exception in its target is raised only at the end of a piece."""
_MIN_TAG_CHARS = len("<b>")
_TAG = re.compile("<")
_INLINE_BYTES = re.compile(r"data:[a-z/+.-]{0,40};base64,[A-Za-z0-9+/=]{200,}+")
_ATTRIBUTE = rb"""
    [ \t\n\r\f/]*+  [^ \t\n\r\f/>] [^ \t\n\r\f/>=]*+
    (?: [ \t\n\r\f]*+ = [ \t\n\r\f]*+ (?: "[^"]*+" | '[^']*+' | [^ \t\n\r\f>"'] [^ \t\n\r\f>]*+ ) )?+
"""
"""An attribute inside a tag, as an HTML tokenizer reads it (HTML standard, 13.2.5.32 to 13.2.5.39)."""
_UNTIL_CROWDED = re.compile(
    rb"(?: [^<]*+ < (?: (?![a-zA-Z]) | [^ \t\n\r\f/>]++ (?! (?:%s){%d} ) ) )*+ [^<]*+"
    % (_ATTRIBUTE, MAX_TAG_ATTRIBUTES),
    re.VERBOSE,
)
"""A page up to the first possible tag with too many attributes.

Every `<` counts as the start of a tag, also in scripts, comments and attribute values: quoting cannot hide a tag.
"""


class _CrowdedError(Exception):
    """A page has more attributes, or is nested deeper, than is read."""


class _AttributeCounter:
    """A parser target that builds no tree, but counts attributes and depth as the parser reads them."""

    def __init__(self) -> None:
        self.attributes = self.depth = 0

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        self.attributes += len(attributes)
        self.depth += 1
        if len(attributes) > MAX_TAG_ATTRIBUTES or self.attributes > MAX_ATTRIBUTES or self.depth > MAX_DEPTH:
            raise _CrowdedError

    def end(self, _tag: str) -> None:
        self.depth -= 1

    def close(self) -> None:
        """Return nothing; the result is whether `_CrowdedError` was raised."""


def bounded(html: str) -> bytes:
    """Return the part of a page that is parsed, in UTF-8, without what exceeds a limit."""
    if len(html) > SMALL_PAGE_CHARS:
        html = _INLINE_BYTES.sub("", html)
        for name in ("script", "style", "svg"):
            html = _without(html, name)
        html = html[:MAX_PAGE_CHARS]
    if len(html) > MAX_TAGS * _MIN_TAG_CHARS and html.count("<") > MAX_TAGS:
        last = next(islice(_TAG.finditer(html), MAX_TAGS, None))
        html = html[: last.start()]
    return _uncrowded(html)


def _uncrowded(html: str) -> bytes:
    """Return the page in UTF-8, cut before its first tag with too many attributes."""
    markup = html.encode("utf-8", "replace")
    end = crowded_tag(markup)
    if (end < len(markup) or len(html) > SMALL_PAGE_CHARS) and _is_crowded(markup):
        return markup[:end].decode()[:SMALL_PAGE_CHARS].encode()
    return markup


def crowded_tag(markup: bytes) -> int:
    """Return the place of the first possible tag with too many attributes; the length of the page if there is none."""
    core = load_core()
    if core is None:
        return cast("re.Match[bytes]", _UNTIL_CROWDED.match(markup)).end()  # it matches any page
    place: int = core.limits.crowded_tag(markup, MAX_TAG_ATTRIBUTES)
    return len(markup) if place < 0 else place


def _is_crowded(markup: bytes) -> bool:
    """Return whether a page exceeds the limits on attributes or depth, or cannot be counted."""
    target = cast("etree.ParserTarget", _AttributeCounter())  # the stub requires methods that lxml does not
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=target)
    try:
        for start in range(0, len(markup), _CHUNK_BYTES):
            parser.feed(markup[start : start + _CHUNK_BYTES])
        parser.close()
    except (_CrowdedError, etree.LxmlError, ValueError):  # a page that cannot be counted is treated alike
        return True
    return False


def _without(html: str, name: str) -> str:
    """Return the page without the elements of that name, except JSON-LD; nested elements are not supported."""
    kept: list[str] = []
    position = 0
    ends = re.compile(f"</{name}[^>]{{0,20}}>", re.IGNORECASE)
    for start in re.compile(f"<{name}\\b([^>]{{0,300}})", re.IGNORECASE).finditer(html):
        if start.start() < position or "ld+json" in start[1]:
            continue
        end = ends.search(html, start.end())
        if end is None:
            break
        kept.append(html[position : start.start()])
        position = end.end()
    return "".join([*kept, html[position:]])
