"""Hints in the layout of a page that declares nothing: lines below the headline, elements marked as byline.

They are the last resort of the rules, so only a limited number of elements is examined, and only the beginning of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import cast

from lxml import etree

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
_MAX_HEADINGS = 200
_MAX_HEADING_CHARS = 500
_HEADINGS = ("h1", "h2", "h3", "h4")
_TEXTS_BELOW = etree.XPath("(following::text())[position() <= 1000]")
HIDDEN_TAGS = frozenset({"script", "style", "noscript", "template", "option", "svg"})
_BOLD = frozenset({"strong", "b", "em"})
OTHER_PARTS = re.compile(
    r"comment|related(?![\w-]*(?:tag|topic|keyword))|teaser|sidebar|widget|recommend|popular|trending|most-?read|(?:site|page|global)[-_]?footer|menu|newsletter|promo|breadcrumb",
    re.IGNORECASE,
)
"""Classes of parts of a page that are about other things than its article."""
_BYLINES = {"class": ("uthor", "yline"), "id": ("uthor",), "rel": ("author",), "itemprop": ("author",)}
"""Attribute -> parts of its value that mark a byline. A missing first letter may be a capital."""


def short_text(element: etree._Element, max_chars: int = MAX_LINE_CHARS) -> str:
    """Return the text of an element on one line; "" if it has more than `max_chars` characters or 20 text nodes."""
    nodes = list(islice(cast("Iterator[str]", element.itertext()), _MAX_TEXT_NODES + 1))
    text = collapse_space(" ".join(nodes)) if len(nodes) <= _MAX_TEXT_NODES else ""
    return text if len(text) <= max_chars else ""


def headline_element(tree: etree._Element, headline: str) -> etree._Element | None:
    """Return the heading that ends with the headline (a kicker may precede it), else the first h1, else None.

    A headline may appear twice, for example in a sticky bar: an h1 is preferred to other headings.
    """
    headings = list(islice(tree.iter(*_HEADINGS), _MAX_HEADINGS))
    headings.sort(key=lambda heading: heading.tag != "h1")
    key = letters(headline)
    shown = (
        heading
        for heading in headings
        if key and letters(short_text(heading, _MAX_HEADING_CHARS)).endswith(key)
    )
    return next(shown, next((heading for heading in headings[:1] if heading.tag == "h1"), None))


def texts_below(heading: etree._Element) -> list[etree._ElementUnicodeResult]:
    """Return the text nodes after a heading, without scripts and without nodes that are only white space."""
    nodes = cast("list[etree._ElementUnicodeResult]", _TEXTS_BELOW(heading))
    read = (
        node
        for node in nodes
        if node.strip()
        and (node.is_tail or ((parent := node.getparent()) is not None and parent.tag not in HIDDEN_TAGS))
    )
    return list(islice(read, MAX_LINES))


def is_bold_paragraph(node: etree._ElementUnicodeResult) -> bool:
    """Return whether a text node is the whole text of a paragraph and bold: the form of bylines typed into the text."""
    bold = node.getparent()
    above = bold.getparent() if bold is not None and bold.tag in _BOLD else None
    return above is not None and above.tag == "p" and short_text(above) == collapse_space(node)


def byline_texts(tree: etree._Element) -> Iterator[str]:
    """Yield the texts of small elements marked as author or byline, outside of comments, teasers and similar parts."""
    for element in islice(marked_elements(tree, _BYLINES), _MAX_ELEMENTS):
        if (
            element.tag not in ("body", "link", "meta")
            and not is_aside(element)
            and (text := short_text(element))
        ):
            yield text


def marked_elements(tree: etree._Element, words: Mapping[str, Sequence[str]]) -> Iterator[etree._Element]:
    """Yield the elements with one of the words in the attribute that `words` gives for it."""
    wanted = [(name, word) for name, holds in words.items() for word in holds]
    parts = {word for _, word in wanted}
    shortest = [word for word in parts if not any(other in word for other in parts - {word})]
    for element in tree.iter("*"):
        # Most elements have no such word in any attribute: searching all values at once takes half the time.
        values = " ".join(cast("list[str]", element.values()))
        for word in shortest:
            if word in values:
                if any(part in (element.get(name) or "") for name, part in wanted):
                    yield element
                break


def is_aside(element: etree._Element) -> bool:
    """Return whether an element is in a part of the page that is about other things: menus, comments, teasers."""
    in_footer = False
    for part in islice(chain([element], element.iterancestors()), _MAX_DEPTH):
        names = (part.get("class") or "")[:MAX_NAMES_CHARS]
        if part.tag in ("aside", "nav") or (part.tag != "body" and OTHER_PARTS.search(names)):
            return True
        if part.tag == "article":  # the footer of an article contains its tags
            return False
        in_footer = in_footer or part.tag == "footer"
    return in_footer
