"""How much of a page is read: what is parsed within a second, whatever its bytes are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Final, cast

from lxml import etree

SMALL_PAGE_CHARS: Final = 1_000_000
"""Below this a page is parsed as it is; above, what is never text (scripts, styles) is cut out first."""
MAX_PAGE_CHARS: Final = 6_000_000
MAX_TAGS: Final = 150_000
"""What follows the last of them is not read: no article has a tenth of that, and each costs memory and time."""
MAX_ATTRIBUTES: Final = SMALL_PAGE_CHARS // len(" a")
"""A small page cannot have more."""
MAX_TAG_ATTRIBUTES: Final = 200
"""Real tags have up to 60. The time that libxml2 takes for one tag grows with the square of their number."""
MAX_DEPTH: Final = 2048
"""Where libxml2 stops when it builds a tree. Without one it goes on, and each end tag makes it look at all open elements."""
_CHUNK_BYTES = 16_384
"""What raises in a parser's target is raised only at the end of what the parser was given."""
_MIN_TAG_CHARS = len("<b>")
_TAG = re.compile("<")
_INLINE_BYTES = re.compile(r"data:[a-z/+.-]{0,40};base64,[A-Za-z0-9+/=]{200,}+")
_ATTRIBUTE = r"""
    [ \t\n\r\f/]*+  [^ \t\n\r\f/>] [^ \t\n\r\f/>=]*+
    (?: [ \t\n\r\f]*+ = [ \t\n\r\f]*+ (?: "[^"]*+" | '[^']*+' | [^ \t\n\r\f>"'] [^ \t\n\r\f>]*+ ) )?+
"""
"""As a tokenizer of HTML takes it, once it is inside a tag (the HTML standard, 13.2.5.32 to 13.2.5.39)."""
_UNTIL_CROWDED = re.compile(
    rf"(?: [^<]*+ < (?: (?![a-zA-Z]) | [^ \t\n\r\f/>]++ (?! (?:{_ATTRIBUTE}){{{MAX_TAG_ATTRIBUTES}}} ) ) )*+ [^<]*+",
    re.VERBOSE,
)
"""A page up to what may be a tag of too many attributes. Each `<` is taken for the start of a tag, those in scripts,
comments and values too: so no trick of quoting hides one."""


class _CrowdedError(Exception):
    """A page has more than is read."""


class _Counter:
    """A parser's target that builds nothing: attributes of a tag are counted as the parser itself tells them apart."""

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
        """Return nothing: what was to be told is raised."""


def bounded(html: str) -> bytes:
    """Return what is read of a page, in UTF-8: huge ones lose scripts, embedded bytes and what is too much."""
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
    """Return the page in UTF-8, up to its first tags of too many attributes."""
    end = cast("re.Match[str]", _UNTIL_CROWDED.match(html)).end()  # it matches anything
    markup = html.encode("utf-8", "replace")
    if (end < len(html) or len(html) > SMALL_PAGE_CHARS) and _is_crowded(markup):
        return html[: min(end, SMALL_PAGE_CHARS)].encode("utf-8", "replace")
    return markup


def _is_crowded(markup: bytes) -> bool:
    target = cast("etree.ParserTarget", _Counter())  # the stub asks for methods that lxml can do without
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=target)
    try:
        for start in range(0, len(markup), _CHUNK_BYTES):
            parser.feed(markup[start : start + _CHUNK_BYTES])
        parser.close()
    except (_CrowdedError, etree.LxmlError, ValueError):  # what cannot be counted is not trusted either
        return True
    return False


def _without(html: str, name: str) -> str:
    """Return the page without the elements of that name, JSON-LD kept; one pass, nothing nested."""
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
