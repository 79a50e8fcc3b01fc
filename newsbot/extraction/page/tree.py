"""Typed helper functions for lxml trees, and lists of names in them."""

from __future__ import annotations

from typing import cast

from lxml import etree


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
