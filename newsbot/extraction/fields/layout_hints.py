"""Hints in the layout of a page that declares nothing: lines below the headline, elements marked as byline.

They are the last resort of the rules, so only a limited number of elements is examined, and only the beginning of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from typing import cast

from lxml import etree

from newsbot.extraction.fields.shown.name_marks import NameMark
from newsbot.extraction.page.shown_lines import TextNode
from newsbot.extraction.page.tree import marked_elements
from newsbot.text import collapse_space, letters

MAX_LINES = 300
MAX_LINE_CHARS = 150
MAX_NAMES_CHARS = 500
"""Number of characters of a class attribute that are read."""
_MAX_TEXT_NODES = 20
"""Maximum number of text nodes in a small element."""
_MAX_ELEMENTS = 40
"""Maximum number of elements that are examined for one kind of hint."""
_MAX_DEPTH = 40
"""Maximum number of ancestors that are examined."""
_MAX_LINK_DEPTH = 3
"""Maximum number of elements between a text and the link around it."""
_MAX_HEADINGS = 200
_MAX_HEADING_CHARS = 500
_HEADINGS = ("h1", "h2", "h3", "h4")
HIDDEN_TAGS = frozenset({"script", "style", "noscript", "template", "option", "svg"})
_BOLD = frozenset({"strong", "b", "em"})
OTHER_PARTS = NameMark(
    r"comment|related(?![\w-]*(?:tag|topic|keyword))|teaser|sidebar|widget|recommend|popular|trending|most-?read|(?:site|page|global)[-_]?footer|menu|newsletter|promo|breadcrumb",
    "comment related teaser sidebar widget recommend popular trending most footer menu newsletter promo breadcrumb",
)
"""Classes of parts of a page that are about other things than its article."""
_BYLINES = {"class": ("uthor", "yline"), "id": ("uthor",), "rel": ("author",), "itemprop": ("author",)}
"""Attribute -> parts of its value that mark a byline. A missing first letter may be a capital."""


def short_text(element: etree._Element, max_chars: int = MAX_LINE_CHARS) -> str:
    """Return the text of an element on one line; "" if it has more than `max_chars` characters or 20 text nodes."""
    nodes = list(islice(cast("Iterator[str]", element.itertext()), _MAX_TEXT_NODES + 1))
    text = collapse_space(" ".join(nodes)) if len(nodes) <= _MAX_TEXT_NODES else ""
    return text if len(text) <= max_chars else ""


_HEADLINE_TAGS = ("b", "strong", "font", "big", "div", "span", "p", "td", "center")
_MAX_HEADLINE_ELEMENTS = 2000
_MIN_HEADLINE_CHARS = 12


def headline_element(tree: etree._Element, headline: str) -> etree._Element | None:
    """Return the heading that ends with the headline (a kicker may precede it), else the first h1, else None.

    A headline may appear twice, for example in a sticky bar: an h1 is preferred to other headings.
    """
    key = letters(headline)
    first: etree._Element | None = None
    others: list[etree._Element] = []
    for heading in islice(tree.iter(*_HEADINGS), _MAX_HEADINGS):
        if heading.tag != "h1":
            others.append(heading)
            continue
        if _ends_with(heading, key):
            return heading
        first = heading if first is None else first
    return next((heading for heading in others if _ends_with(heading, key)), first)


def _ends_with(heading: etree._Element, key: str) -> bool:
    """Return whether a heading ends with a headline, given as its letters."""
    return bool(key) and letters(short_text(heading, _MAX_HEADING_CHARS)).endswith(key)


def headline_text(tree: etree._Element, title: str) -> etree._Element | None:
    """Return the first element, no heading, with the beginning of the title element; for pages without headings."""
    key = letters(title)
    for element in islice(tree.iter(*_HEADLINE_TAGS), _MAX_HEADLINE_ELEMENTS):
        text = (element.text or "").strip()
        if _MIN_HEADLINE_CHARS <= len(text) <= _MAX_HEADING_CHARS and 2 * len(text) > len(title):
            own = letters(text)
            if own and key.startswith(own):
                return element
    return None


def texts_below(nodes: Iterable[TextNode]) -> Iterator[TextNode]:
    """Yield the text nodes that follow a heading without scripts."""
    read = (node for node in nodes if node[2] is not None or node[1].tag not in HIDDEN_TAGS)
    return islice(read, MAX_LINES)


def is_bold_paragraph(node: TextNode) -> bool:
    """Return whether a text node is the whole text of a paragraph and bold: the form of bylines typed into the text."""
    text, container, before = node
    bold = container if before is None else before
    above = bold.getparent() if bold.tag in _BOLD else None
    return above is not None and above.tag == "p" and short_text(above) == collapse_space(text)


def byline_lines(tree: etree._Element) -> Iterator[list[str]]:
    """Yield the lines of small elements marked as author or byline, outside of comments, teasers and similar parts.

    Elements of the same kind beside each other are several authors: they are one byline, with commas between them."""
    lines: list[str] = []
    last: etree._Element | None = None
    for element in marked_elements(tree, _BYLINES, _MAX_ELEMENTS):
        if element.tag in ("body", "link", "meta") or is_aside(element) or not short_text(element):
            continue
        nodes = cast("Iterator[str]", element.itertext())
        own = [line for node in nodes if (line := collapse_space(node))]
        if last is not None and _are_alike(last, element):
            lines += [",", *own]
        else:
            if lines:
                yield lines
            lines = own
        last = element
    if lines:
        yield lines


def _are_alike(element: etree._Element, other: etree._Element) -> bool:
    """Return whether two elements are items of one list: children of one element, with the same tag and class."""
    return (
        element.getparent() is other.getparent()
        and element.tag == other.tag
        and element.get("class") == other.get("class")
    )


def link_around(node: TextNode) -> str:
    """Return the href of the link that a text node is in; "" if it is in none."""
    _, container, before = node
    part: etree._Element | None = container if before is None else None
    for _ in range(_MAX_LINK_DEPTH):
        if part is None:
            break
        if part.tag == "a":
            return part.get("href") or ""
        part = part.getparent()
    return ""


def is_aside(element: etree._Element) -> bool:
    """Return whether an element is in a part of the page that is about other things: menus, comments, teasers."""
    in_footer = False
    for part in islice(chain([element], element.iterancestors()), _MAX_DEPTH):
        tag, names = part.tag, (part.get("class") or "")[:MAX_NAMES_CHARS]
        if tag in ("aside", "nav") or (names and tag != "body" and _is_of_other_part(names)):
            return True
        if tag == "article":  # the footer of an article contains its tags
            return False
        in_footer = in_footer or tag == "footer"
    return in_footer


@lru_cache(maxsize=512)
def _is_of_other_part(names: str) -> bool:
    """Return whether a class marks a part that is about other things; the elements of a page have few classes."""
    return OTHER_PARTS.is_in(names)
