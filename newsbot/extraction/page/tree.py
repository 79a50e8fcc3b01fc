"""Typed helper functions for lxml trees, and lists of names in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import cast

from lxml import etree

from newsbot.text.compiled_core import load_core


def select(path: etree.XPath, root: etree._Element) -> list[etree._Element]:
    """Return the elements that a compiled XPath finds below `root`."""
    return cast("list[etree._Element]", path(root))


def raw_text(element: etree._Element) -> str:
    """Return all text inside an element unchanged."""
    if not len(element):
        return element.text or ""
    return "".join(cast("list[str]", list(element.itertext())))


def text_of(element: etree._Element) -> str:
    """Return all text inside an element on one line, with single spaces."""
    return " ".join(raw_text(element).split())


def marked_elements(
    tree: etree._Element, words: Mapping[str, Sequence[str]], limit: int
) -> list[etree._Element]:
    """Return the first elements with one of the words in the attribute that `words` gives for it."""
    wanted = [(name, word) for name, holds in words.items() for word in holds]
    core = load_core()
    if core is None:
        return list(islice(_marked_elements(tree, wanted), limit))
    found: list[etree._Element] = core.marks.marked_elements(
        tree, [(name.encode(), word.encode()) for name, word in wanted], limit
    )
    return found


def _marked_elements(tree: etree._Element, wanted: Sequence[tuple[str, str]]) -> Iterator[etree._Element]:
    """Yield the elements that have an attribute with a word in it."""
    parts = {word for _, word in wanted}
    shortest = [word for word in parts if not any(other in word for other in parts - {word})]
    for element in tree.iter("*"):
        # Most elements have no such word in any attribute: searching all values at once takes half the time.
        values = element.values()
        if not values:
            continue
        text = " ".join(cast("list[str]", values))
        for word in shortest:
            if word in text:
                if any(part in (element.get(name) or "") for name, part in wanted):
                    yield element
                break
