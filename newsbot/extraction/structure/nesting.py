"""The places of blocks in quotations, lists and headings, and the marks of Markdown for them."""

from __future__ import annotations

from itertools import takewhile
from typing import Final, NamedTuple

from lxml import etree

MAX_CLIMB: Final = 300
"""Number of elements around a block that are looked at."""
MAX_KNOWN: Final = 16
"""Number of elements around a block that count; further in, they are ignored."""
MAX_NUMBER: Final = 999_999_999
"""Highest number of a list item in CommonMark."""
HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_LISTS: Final = frozenset(("ul", "ol"))
_QUOTES: Final = frozenset(("blockquote",))
_MARKED: Final = ("li", "pre", "tr", "a", "b", "strong", "i", "em", "cite", "code")
_KNOWN: Final = frozenset((*_LISTS, *_QUOTES, *HEADINGS, *_MARKED))

Chain = tuple[etree._Element, ...]
"""The elements around a block that matter for its Markdown, the outermost first."""


class Prefix(NamedTuple):
    """The marks before a line."""

    text: str
    is_item: bool
    """Whether the line begins an item of a list."""


NO_PREFIX: Final = Prefix("", is_item=False)


class Places:
    """Finds the elements around blocks, and writes the marks that follow from them, block by block in page order."""

    def __init__(self) -> None:
        self._chains: dict[etree._Element, Chain] = {}
        self._numbers: dict[etree._Element, int] = {}
        self._widths: dict[etree._Element, int] = {}
        """Item -> width of its mark, for those that have begun."""

    def chain(self, element: etree._Element | None) -> Chain:
        """Return the known elements around and including an element."""
        path: list[etree._Element] = []
        while element is not None and element not in self._chains and len(path) < MAX_CLIMB:
            path.append(element)
            element = element.getparent()
        chain: Chain = () if element is None else self._chains.get(element, ())
        for inner in reversed(path):
            if inner.tag in _KNOWN and len(chain) < MAX_KNOWN:
                chain = (*chain, inner)
            self._chains[inner] = chain
        return chain

    def prefix(self, chain: Chain) -> Prefix:
        """Return the marks of the next line inside these elements."""
        if not chain:
            return NO_PREFIX
        marks: list[str] = []
        is_item = False
        for outer, element in zip((None, *chain), chain, strict=False):
            if element.tag in _QUOTES:
                marks.append("> ")
            elif element.tag == "li" and outer is not None and outer.tag in _LISTS:
                width = self._widths.get(element)
                if width is None:
                    mark = f"{self._number(outer, element)}. " if outer.tag == "ol" else "- "
                    self._widths[element] = len(mark)
                    is_item = True
                else:
                    mark = " " * width
                marks.append(mark)
        return Prefix("".join(marks), is_item)

    def _number(self, ordered: etree._Element, item: etree._Element) -> int:
        """Return the number of an item; those of the whole list are counted once.

        An item that another element keeps apart from its list is a first one."""
        if ordered not in self._numbers:
            number = self._numbers[ordered] = _number(ordered.get("start"), 1) - 1
            for child in ordered:
                if child.tag == "li":
                    number = min(_number(child.get("value"), number + 1), MAX_NUMBER)
                    self._numbers[child] = number
        return self._numbers.get(item, 1)


def heading_level(chain: Chain) -> int:
    """Return the level of the heading, 1 to 6; 0 for other blocks."""
    if not chain:
        return 0
    return next((HEADINGS[element.tag] for element in reversed(chain) if element.tag in HEADINGS), 0)


def border_between(before: Chain, after: Chain, prefix: Prefix) -> str:
    """Return what is between the lines of two blocks: a line end in lists, a blank line, or one of their quotation."""
    if not before or not after:
        return "\n\n"
    common = [one for one, other in zip(before, after, strict=False) if one is other]
    if prefix.is_item and any(element.tag in _LISTS for element in common):
        return "\n"
    quotes = takewhile(lambda element: element.tag in _QUOTES, common)
    mark = " ".join(">" for _ in quotes)
    return f"\n{mark}\n"


def _number(text: str | None, default: int) -> int:
    """Return a number that an attribute gives; `default` where it gives none that Markdown has."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len(str(MAX_NUMBER)) else default
