"""Apply the CSS selectors of a source: read its title and body with them, and remove elements."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from cssselect import HTMLTranslator, SelectorError, parse
from cssselect.xpath import XPathExpr
from lxml import etree

from newsbot.extraction.body.blocks import read_blocks
from newsbot.extraction.page.tree import select, text_of

MAX_ELEMENTS = 20_000
"""Maximum number of elements of a page on which selectors are used, twice that of real pages: some selectors take time
in proportion to its square. On larger pages, selectors find nothing."""
MAX_TITLES = 20
"""Maximum number of found elements that are searched for a title."""


class _ConditionTranslator(HTMLTranslator):
    """Translates "A B" to a condition on B: that it has an ancestor A.

    The translation of cssselect goes from every A to all B in it. libxml2 merges these in time proportional to the square
    of their number: half a minute on a page with two thousand nested elements."""

    def xpath_descendant_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"ancestor::{left}")

    def xpath_child_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"parent::{left}")

    def xpath_direct_adjacent_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"preceding-sibling::*[1]/self::{left}")

    def xpath_indirect_adjacent_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"preceding-sibling::{left}")


_TRANSLATOR = _ConditionTranslator()
_IS_SEARCHABLE = etree.XPath(f"count(//*) <= {MAX_ELEMENTS}")


@lru_cache(maxsize=1024)
def _compiled(selector: str) -> etree.XPath | None:
    """Return the compiled selector; None if it is not valid CSS, which the check of the catalog reports."""
    try:
        conditions = [f"self::{_TRANSLATOR.xpath(part.parsed_tree)}" for part in parse(selector)]
    except SelectorError:
        return None
    return etree.XPath(f"descendant-or-self::*[{' or '.join(conditions)}]")


def _found(tree: etree._Element, selector: str) -> list[etree._Element]:
    """Return the elements that a selector matches, in the order of the page."""
    compiled = _compiled(selector)
    return select(compiled, tree) if compiled and _IS_SEARCHABLE(tree) else []


def select_title(tree: etree._Element, selector: str) -> str:
    """Return the text of the first matching element that has any, on one line; "" if there is none."""
    found = islice(_found(tree, selector), MAX_TITLES)
    return next((text for text in map(text_of, found) if text), "")


def select_body(tree: etree._Element, selector: str) -> str:
    """Return the text of the matching elements, with blank lines between blocks. Nested matches are read once."""
    taken: set[etree._Element] = set()
    texts: list[str] = []
    for element in _found(tree, selector):
        if element not in taken:
            taken.update(element.iter())
            texts += [block.text.replace("\n", "\n\n") for block in read_blocks(element)]
    return "\n\n".join(texts)


def remove_elements(tree: etree._Element, selectors: tuple[str, ...]) -> None:
    """Remove the matching elements from the tree. The text after an element stays."""
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
