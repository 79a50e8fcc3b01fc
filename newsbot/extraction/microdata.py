"""Microdata (itemscope, itemprop) of the article on a page."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from newsbot.extraction.tree import select, text_of

MAX_PROPERTIES = etree.XPath(".//*[@itemprop]")
_NAMES = etree.XPath(".//*[@itemprop='name']")
_VALUE_ATTRIBUTES = ("content", "datetime", "href", "src")


def read_microdata(tree: etree._Element) -> dict[str, list[str]]:
    """Return itemprop -> values within the page's first article item; a nested item counts by its name.

    Source: the microdata section of the HTML standard, read loosely.
    """
    found: dict[str, list[str]] = {}
    articles = (scope for scope in select(_SCOPES, tree) if _ARTICLE_TYPE.search(scope.get("itemtype") or ""))
    for scope in islice(articles, 1):
        for element in select(_PROPERTIES, scope)[:MAX_PROPERTIES]:
            if _owner(element) is not scope:
                continue
            value = _value(element)
            for name in (element.get("itemprop") or "").split() if value else ():
                found.setdefault(name, []).append(value)
    return found


def _owner(element: etree._Element) -> etree._Element | None:
    """Return the item that the property belongs to: the nearest itemscope above it."""
    return next((above for above in element.iterancestors() if above.get("itemscope") is not None), None)


def _value(element: etree._Element) -> str:
    if element.get("itemscope") is not None:
        named = select(_NAMES, element)
        return (
            _value(named[0])
            if named and named[0].get("itemscope") is None
            else text_of(element)[:MAX_VALUE_CHARS]
        )
    for attribute in _VALUE_ATTRIBUTES:
        if value := (element.get(attribute) or "").strip():
            return value
    return text_of(element)[:MAX_VALUE_CHARS]
