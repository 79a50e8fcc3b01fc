"""Read the JSON-LD blocks of a page as a flat list of objects; common errors in the JSON are repaired."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from newsbot.extraction.page.state.lenient_json import read_lenient
from newsbot.text import without_surrogates

MAX_BLOCK_CHARS = 1_000_000
MAX_BROKEN_CHARS = 200_000
"""Number of characters that are read of a block that no repair makes valid."""
MAX_OBJECTS = 500
"""Maximum number of objects that are read from a page."""
_NESTING_KEYS = ("@graph", "mainEntity", "mainEntityOfPage")
_OPENINGS = re.compile(r"\s*(?:(?:<!--|<!\[CDATA\[|//|/\*|\*/)\s*)*")
_CLOSINGS = ("-->", "]]>", "//", "/*", "*/", ";")
_STRING = r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))'
# Unclosed strings and comments extend to the end, so that neither pattern reads a character twice.
_COMMENT = re.compile(_STRING + r"|/\*.*?(?:\*/|\Z)|(?<![:\w])//[^\n]*", re.DOTALL | re.MULTILINE)
_TRAILING_COMMA = re.compile(_STRING + r"|,\s*+(?=[}\]])", re.DOTALL)
_DECODER = json.JSONDecoder(strict=False)  # raw newlines inside strings are common


def read_json_ld(blocks: Iterable[str]) -> list[dict[str, Any]]:
    """Return all objects of the blocks in page order, including those in lists, @graph and mainEntity.

    Comments, CDATA marks, HTML entities and trailing commas are removed from blocks that are not valid JSON. A block
    that is still invalid, for example because of quotation marks in a text, is read leniently. At most `MAX_OBJECTS` objects are returned;
    blocks of more than `MAX_BLOCK_CHARS` characters are skipped.
    """
    objects: list[dict[str, Any]] = []
    for block in blocks:
        if len(block) <= MAX_BLOCK_CHARS:
            objects.extend(_objects(_parse(without_surrogates(block)), MAX_OBJECTS - len(objects)))
    return objects


def _parse(block: str) -> list[Any]:
    """Return the JSON values of a block; repairs are tried from the smallest to the largest."""
    for repair in (str.strip, _unwrapped, _repaired):
        values, is_whole = _values(repair(block), _strictly)
        if is_whole:
            return values
    text = _unwrapped(block)
    text = html.unescape(text) if "&quot;" in text else text
    return _values(text[:MAX_BROKEN_CHARS], read_lenient)[0] or values


def _strictly(text: str, position: int) -> tuple[Any, int]:
    return _DECODER.raw_decode(text, position)


def _values(text: str, read: Callable[[str, int], tuple[Any, int]]) -> tuple[list[Any], bool]:
    """Return consecutive JSON values (some pages omit the list around them), and whether they are all of the text."""
    values: list[Any] = []
    position = 0
    while position < len(text):
        try:
            value, position = read(text, position)
        except (ValueError, RecursionError):
            return values, False
        if len(values) < MAX_OBJECTS and value:
            values.append(value)
        while position < len(text) and text[position] in " \t\r\n,;":
            position += 1
    return values, bool(values)


def _unwrapped(text: str) -> str:
    """Return the block without the comment and CDATA marks around it."""
    opening = _OPENINGS.match(text)
    text = text[opening.end() :].rstrip() if opening else text
    for _ in range(3):
        text = next((text.removesuffix(mark).rstrip() for mark in _CLOSINGS if text.endswith(mark)), text)
    return text


def _repaired(text: str) -> str:
    """Return the block without HTML entities, comments and trailing commas."""
    text = _unwrapped(text)
    if "&quot;" in text:
        text = html.unescape(text)
    text = _COMMENT.sub(r"\1", text)
    return _TRAILING_COMMA.sub(r"\1", text).strip()


def _objects(values: list[Any], limit: int) -> list[dict[str, Any]]:
    """Return at most `limit` objects in `values` and below the nesting keys, outer objects first."""
    found: list[dict[str, Any]] = []
    waiting = deque(values)
    while waiting and len(found) < limit:
        value = waiting.popleft()
        if isinstance(value, list):
            waiting.extendleft(reversed(value[:MAX_OBJECTS]))
        elif isinstance(value, dict):
            found.append(value)
            nested = [value[key] for key in _NESTING_KEYS if isinstance(value.get(key), dict | list)]
            waiting.extendleft(reversed(nested))
    return found
