"""A source's own CSS selectors: what they find, and what they remove."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from cssselect import HTMLTranslator, SelectorError, parse
from cssselect.xpath import XPathExpr
from lxml import etree

from newsbot.extraction.body.blocks import read_blocks
from newsbot.extraction.page.tree import select, text_of

MAX_ELEMENTS = 20_000
"""Of a page of more, twice as many as real ones have, selectors find nothing: some take time by the square of it."""
MAX_TITLES = 20
"""So many of the elements found are asked for a headline."""


class _Tests(HTMLTranslator):
    """Makes of "A B" a test of B: does it stand in an A? cssselect goes from each A to all B, and libxml2 joins what it
    finds in the square of its length: half a minute on a page that nests two thousand elements."""

    def xpath_descendant_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"ancestor::{left}")

    def xpath_child_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"parent::{left}")

    def xpath_direct_adjacent_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"preceding-sibling::*[1]/self::{left}")

    def xpath_indirect_adjacent_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"preceding-sibling::{left}")


_TESTS = _Tests()
_IS_SEARCHABLE = etree.XPath(f"count(//*) <= {MAX_ELEMENTS}")


@lru_cache(maxsize=1024)
def _compiled(selector: str) -> etree.XPath | None:
    """Return the compiled selector; None for one that is not CSS, which the catalog's own check reports."""
    try:
        tests = [f"self::{_TESTS.xpath(each.parsed_tree)}" for each in parse(selector)]
    except SelectorError:
        return None
    return etree.XPath(f"descendant-or-self::*[{' or '.join(tests)}]")


def _found(tree: etree._Element, selector: str) -> list[etree._Element]:
    compiled = _compiled(selector)
    return select(compiled, tree) if compiled and _IS_SEARCHABLE(tree) else []


def select_title(tree: etree._Element, selector: str) -> str:
    """Return the text of the first element found, on one line; "" if none."""
    found = islice(_found(tree, selector), MAX_TITLES)
    return next((text for text in map(text_of, found) if text), "")


def select_body(tree: etree._Element, selector: str) -> str:
    """Return all blocks inside the elements found, parted by blank lines; one inside another counts once."""
    taken: set[etree._Element] = set()
    texts: list[str] = []
    for element in _found(tree, selector):
        if element not in taken:
            taken.update(element.iter())
            texts += [block.text.replace("\n", "\n\n") for block in read_blocks(element)]
    return "\n\n".join(texts)


def remove_elements(tree: etree._Element, selectors: tuple[str, ...]) -> None:
    """Take what the selectors find out of the tree; the text after each stays."""
    for selector in selectors:
        for element in _found(tree, selector):
            if (parent := element.getparent()) is None:
                continue
            if element.tail:
                before = element.getprevious()
                if before is None:
                    parent.text = (parent.text or "") + element.tail
                else:
                    before.tail = (before.tail or "") + element.tail
            parent.remove(element)
