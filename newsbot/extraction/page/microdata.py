"""Read the microdata (itemscope, itemprop) of the article on a page."""

from __future__ import annotations

from lxml import etree

from newsbot.extraction.page.tree import marked_elements, select, text_of

MAX_PROPERTIES = 300
MAX_ITEMS = 10_000
"""Maximum number of items of an article type that are looked at."""
MAX_VALUE_CHARS = 2000
_PROPERTIES = etree.XPath(".//*[@itemprop]")
_NAMES = etree.XPath(".//*[@itemprop='name']")
_URLS = etree.XPath(".//*[@itemprop='url' or @itemprop='contentUrl'][not(@itemscope)]")
_ARTICLE_TYPES = {"itemtype": ("Article", "Posting", "Report")}
_VALUE_ATTRIBUTES = ("content", "datetime", "href", "src")


def read_microdata(tree: etree._Element) -> dict[str, list[str]]:
    """Return itemprop -> values in the first article item of the page; the value of a nested item is its name or URL.

    Source: the microdata section of the HTML standard; deviations that pages contain are tolerated.
    """
    articles = marked_elements(tree, _ARTICLE_TYPES, MAX_ITEMS)
    article = next((item for item in articles if item.get("itemscope") is not None), None)
    found: dict[str, list[str]] = {}
    if article is None:
        return found
    for element in select(_PROPERTIES, article)[:MAX_PROPERTIES]:
        value = _value(element) if _item_of(element) is article else ""
        for name in (element.get("itemprop") or "").split() if value else ():
            found.setdefault(name, []).append(value)
    return found


def _item_of(element: etree._Element) -> etree._Element | None:
    """Return the item that a property belongs to: the nearest ancestor with an itemscope."""
    return next((above for above in element.iterancestors() if above.get("itemscope") is not None), None)


def _value(element: etree._Element) -> str:
    """Return the value of a property: the name or URL of a nested item, else an attribute, else the text."""
    if element.get("itemscope") is not None:
        names = [name for name in select(_NAMES, element) if name.get("itemscope") is None]
        nested = names or select(_URLS, element)
        return _value(nested[0]) if nested else text_of(element)[:MAX_VALUE_CHARS]
    for attribute in _VALUE_ATTRIBUTES:
        if value := (element.get(attribute) or "").strip():
            return value
    return text_of(element)[:MAX_VALUE_CHARS]
