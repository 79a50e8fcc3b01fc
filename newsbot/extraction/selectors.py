"""A source's own CSS selectors: what they find, and what they remove."""

from __future__ import annotations

from functools import lru_cache

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from newsbot.extraction.blocks import read_blocks
from newsbot.extraction.tree import select, text_of


@lru_cache(maxsize=1024)
def _compiled(selector: str) -> CSSSelector | None:
    """Return the compiled selector; None for one that is not CSS, which the catalog's own check reports."""
    try:
        return CSSSelector(selector)
    except SelectorError:
        return None


def _found(tree: etree._Element, selector: str) -> list[etree._Element]:
    compiled = _compiled(selector)
    return select(compiled, tree) if compiled else []


def select_title(tree: etree._Element, selector: str) -> str:
    """Return the text of the first element found, on one line; "" if none."""
    return next((text for text in map(text_of, _found(tree, selector)) if text), "")


def select_body(tree: etree._Element, selector: str) -> str:
    """Return all blocks inside the elements found, parted by blank lines; one inside another counts once."""
    taken: set[etree._Element] = set()
    texts: list[str] = []
    for element in _found(tree, selector):
        if not any(above in taken for above in element.iterancestors()):
            taken.add(element)
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
