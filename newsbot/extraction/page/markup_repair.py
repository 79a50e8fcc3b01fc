"""Insert the end tags that a browser implies and libxml2 does not, so that no element swallows the rest of a page.

At `</nav>`, a browser also closes the `<div>` elements that were left open within the `<nav>`. libxml2 ignores the end
tag then, so that all that follows would be inside the menu. In 67 of 1,459 pages some element is left open like this.
Source: the HTML standard, 13.2.6.4.7 (end tags "in body") and 13.2.6.5 (start tags that end foreign content).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from lxml import etree

from newsbot.text import words

MAX_REPAIRED_TAGS: Final = 60_000
"""Number of tags from which a page is not repaired; pages with articles have up to 10,000."""
_MAX_MESSAGES: Final = 5000
"""Maximum number of the parser's messages that are read."""
_MAX_NESTING: Final = 64
"""Maximum number of open elements that an end tag closes or skips; bounds the work for each end tag."""
_MAX_REOPENED: Final = 8
"""Maximum number of elements that are opened again after an element such as `<a>` that ended within them."""


def _names(text: str) -> frozenset[str]:
    return frozenset(words(text))


_HEADINGS: Final = _names("h1 h2 h3 h4 h5 h6")
_LIST_ITEMS: Final = _names("li dd dt")
_SECTIONS: Final = _names(
    """
    address article aside blockquote button center details dialog dir dl fieldset figcaption figure footer header
    hgroup listing main menu nav ol pre search section summary ul
    """
)
"""Elements whose end tag closes all that is open within them, except tables."""
_WHOLES: Final = _names("select noscript template object video audio canvas datalist map")
"""Elements that are read as a whole or not at all: their end tag closes tables within them, too."""
_FORMATTING: Final = _names("a b big code em font i nobr s small strike strong tt u")
"""Elements whose end tag ends the formatting, but not the elements within them."""
_CELLS: Final = _names("td th tr tbody thead tfoot caption")
_DRAWINGS: Final = _names("svg math")
_HTML_IN_DRAWINGS: Final = _names("foreignobject desc annotation-xml mi mo mn ms mtext")
_ENDS_DRAWING: Final = _HEADINGS | _names(
    """
    b big blockquote body br center code dd div dl dt em embed head hr i img li listing menu meta nobr ol p pre ruby
    s small span strong strike sub sup table tt u ul var
    """
)
"""Elements that cannot be inside a drawing, and so end one that was left open."""
_TRACKED: Final = (
    _HEADINGS
    | _LIST_ITEMS
    | _SECTIONS
    | _WHOLES
    | _FORMATTING
    | _DRAWINGS
    | _HTML_IN_DRAWINGS
    | {"div", "table"}
)
_READ: Final = _TRACKED | _CELLS | _ENDS_DRAWING
"""Elements whose tags are read at all."""
_REPAIRED: Final = _HEADINGS | _LIST_ITEMS | _SECTIONS | _WHOLES | _FORMATTING
_MISMATCH_TYPE: Final = int(etree.ErrorTypes.ERR_TAG_NAME_MISMATCH)
_MISMATCH = re.compile(r"mismatch: (\w+) and ")
_ATTRIBUTES = r"""(?:[^>"'=]++|=[ \t\n\r\f]*+(?:"[^"]*+"|'[^']*+')|["'=])*+"""
_TAG = re.compile(
    rf"<!--(?:.*?--!?>|.*)|<(script|style|textarea|title|xmp|iframe|noembed|noframes)\b{_ATTRIBUTES}"
    rf"(?:>(?:[^<]++|<(?!/\1\b))*+|\Z)|<(/?)([a-zA-Z][^ \t\n\r\f/>]*+){_ATTRIBUTES}(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
"""A comment, an element that contains plain text, or a tag. What is not closed extends to the end of the page, so that
no character is read twice."""


@dataclass(slots=True)
class _Repair:
    """The elements that are open at one place of the markup, and the markup up to there."""

    pieces: list[str] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)
    """Name and start tag of the open elements that matter."""
    drawings: int = 0
    """Number of drawings so far."""

    def start(self, name: str, tag: str) -> None:
        """Read a start tag."""
        if name in _CELLS:
            self._cut(self._place(lambda other: other == "table") + 1)
            return
        if self.drawings and name in _ENDS_DRAWING:
            place = self._place(lambda other: other in _DRAWINGS or other in _HTML_IN_DRAWINGS)
            if place >= 0 and self.opened[place][0] in _DRAWINGS:
                self.pieces.append(f"</{self.opened[place][0]}>")
                self._cut(place)
        self.drawings += name in _DRAWINGS
        if name in _TRACKED and not tag.endswith("/>"):
            self.opened.append((name, tag))

    def end(self, name: str) -> str:
        """Read an end tag: add what has to be closed before it, and return what has to be opened again after it."""
        if self.opened and self.opened[-1][0] == name:  # most often, nothing else is open
            del self.opened[-1]
            return ""
        if name in _CELLS:
            self._cut(self._place(lambda other: other == "table") + 1)
        if name not in _TRACKED:
            return ""
        same = _HEADINGS if name in _HEADINGS else {name}
        barriers = _barriers(name)
        place = self._place(lambda other: other in same or other in barriers)
        if place < 0 or self.opened[place][0] not in same:
            return ""
        inner = [pair for pair in self.opened[place + 1 :] if pair[0] in ("div", "table")]
        if name in _FORMATTING:
            if len(inner) > _MAX_REOPENED:
                return ""
            del self.opened[place]
        else:
            self._cut(place)
        if name in ("div", "table"):
            return ""
        self.pieces += [f"</{other}>" for other, _ in reversed(inner)]
        return "".join(tag for _, tag in inner) if name in _FORMATTING else ""

    def _place(self, is_meant: Callable[[str], bool]) -> int:
        """Return the place of the innermost open element that is meant; -1 if there is none."""
        count = len(self.opened)
        places = range(count - 1, max(count - _MAX_NESTING, 0) - 1, -1)
        return next((place for place in places if is_meant(self.opened[place][0])), -1)

    def _cut(self, place: int) -> None:
        """Close the open elements from a place on."""
        del self.opened[place:]


def _barriers(name: str) -> frozenset[str]:
    """Return the elements that an end tag of that name does not close."""
    if name in _WHOLES:
        return frozenset()
    if name == "table":
        return _WHOLES
    return _WHOLES | {"table", "ul", "ol", "dl"} if name in _LIST_ITEMS else _WHOLES | {"table"}


def needs_repair(markup: str, tree: etree._Element, messages: etree._ListErrorLog) -> bool:
    """Return whether libxml2 may have ignored the end tag of an element with another one open in it, or a drawing was
    left open. `messages` are those of the parser."""
    mismatches = (
        entry.message or "" for entry in islice(messages, _MAX_MESSAGES) if entry.type == _MISMATCH_TYPE
    )
    names = (match[1] for message in mismatches if (match := _MISMATCH.search(message)))
    if any(name in _REPAIRED for name in names):
        return True
    drawings = tree.iter("svg")
    holds_text = any(
        next(drawing.iter("p", "div", "ul", "h1", "h2"), None) is not None for drawing in drawings
    )
    return holds_text and markup.count("<svg") > markup.count("</svg")


def with_implied_ends(markup: str) -> str:
    """Return the markup with the end tags that a browser implies; unchanged if it has too many tags."""
    repair = _Repair()
    position = 0
    for count, match in enumerate(_TAG.finditer(markup)):
        if count >= MAX_REPAIRED_TAGS:
            return markup
        if (name := (match[3] or "").lower()) not in _READ:
            continue
        repair.pieces.append(markup[position : match.start()])
        if match[2]:
            again = repair.end(name)
            repair.pieces += (match[0], again)
        else:
            repair.start(name, match[0])
            repair.pieces.append(match[0])
        position = match.end()
    return "".join([*repair.pieces, markup[position:]])
