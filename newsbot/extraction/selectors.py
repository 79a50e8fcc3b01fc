"""Apply the CSS selectors of a source: find its title and body, remove elements."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from cssselect import HTMLTranslator, SelectorError, parse
from cssselect.xpath import XPathExpr
from lxml import etree

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.scoring.block_reading import read_blocks
from newsbot.extraction.page.tree import select, text_of

MAX_ELEMENTS = 20_000
"""Maximum number of elements of a page in which selectors are applied; real pages have half as many.

Some selectors take time quadratic in the number of elements. In larger pages they find nothing.
"""
MAX_TITLES = 20
"""Maximum number of matching elements that are searched for a headline."""


class _ConditionTranslator(HTMLTranslator):
    """Translate "A B" to a condition on B: it has an ancestor A.

    cssselect itself goes from every A to all B inside, and libxml2 merges the results in quadratic time: half a minute
    on a page that nests two thousand elements.
    """

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
    compiled = _compiled(selector)
    return select(compiled, tree) if compiled and _IS_SEARCHABLE(tree) else []


def select_title(tree: etree._Element, selector: str) -> str:
    """Return the text of the first matching element that has one, on one line; "" if there is none."""
    found = islice(_found(tree, selector), MAX_TITLES)
    return next((text for text in map(text_of, found) if text), "")


def select_body(tree: etree._Element, selector: str) -> list[Block]:
    """Return all blocks in the matching elements; nested elements count once."""
    taken: set[etree._Element] = set()
    blocks: list[Block] = []
    for element in _found(tree, selector):
        if element not in taken:
            taken.update(element.iter())
            blocks += read_blocks(element)
    return blocks


def remove_elements(tree: etree._Element, selectors: tuple[str, ...]) -> None:
    """Remove the matching elements from the tree; the text after them (their tail) is kept."""
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
