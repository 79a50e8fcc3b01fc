"""The JSON-LD objects that describe a page's article, and typed readings of properties that may hold anything.

Source: schema.org/Article, its kinds and properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from newsbot.text import plain_line

Object = dict[str, Any]

_MAX_VALUES = 200  # of one property; hostile ones nest and repeat
_ARTICLE_TYPES = ("Article", "Posting", "Report", "Review", "Recipe")
_PAGE_TYPES = ("WebPage", "ItemPage")
_ADDRESS_NOISE = re.compile(r"^https?://(?:www\.)?|[?#].*$|/+$", re.DOTALL)


def article_objects(
    objects: list[Object], addresses: Iterable[str], headlines: Iterable[str]
) -> list[Object]:
    """Return the objects that describe the article of a page, best first.

    Pages also describe related articles. One that names an address or a headline of the page is preferred,
    else the first counts. Others follow only if they have the same headline, web pages as the last resort.
    """
    articles = [item for item in objects if is_a(item, _ARTICLE_TYPES)]
    here = {_bare_address(address) for address in addresses if address}
    titles = {headline.casefold() for headline in headlines}
    ranked = sorted(articles, key=lambda item: -_fit(item, here, titles))
    best = _headline(ranked[0]) if ranked else ""
    return [item for item in ranked if item is ranked[0] or _headline(item) == best] + [
        item for item in objects if is_a(item, _PAGE_TYPES)
    ]


def is_a(item: Object, endings: tuple[str, ...]) -> bool:
    """Whether a type of the object ends so: NewsArticle and ReportageNewsArticle are both an Article."""
    return any(kind.endswith(endings) for kind in texts_in(item.get("@type")))


def _fit(item: Object, here: set[str], titles: set[str]) -> int:
    """Return how surely the object is about this page: address, headline, and being more than a stub."""
    named = [
        _bare_address(url) for key in ("url", "@id", "mainEntityOfPage") for url in urls_in(item.get(key))
    ]
    headline = _headline(item)
    return (
        4 * any(url in here for url in named)
        + 2 * (headline in titles)
        + bool(headline and item.get("datePublished"))
    )


def _headline(item: Object) -> str:
    return next(texts_in(item.get("headline") or item.get("name")), "").casefold()


def _bare_address(url: str) -> str:
    return _ADDRESS_NOISE.sub("", url.strip())


def values_in(value: object) -> Iterator[object]:
    """Yield the strings, numbers and objects of a property, lists opened, in order."""
    waiting, count = [value], 0
    while waiting and count < _MAX_VALUES:
        value, count = waiting.pop(), count + 1
        if isinstance(value, list):
            waiting.extend(reversed(value[:_MAX_VALUES]))
        elif isinstance(value, dict) and isinstance(value.get("@list"), list):
            waiting.append(value["@list"])
        elif value is not None:
            yield value


def texts_in(value: object) -> Iterator[str]:
    """Yield the texts of a property on one line each, markup removed; an object stands for its name."""
    for item in values_in(value):
        named = (item.get("name") or item.get("@value")) if isinstance(item, dict) else item
        for text in values_in(named):
            if (
                isinstance(text, str | int | float)
                and not isinstance(text, bool)
                and (line := plain_line(str(text)))
            ):
                yield line


def urls_in(value: object) -> Iterator[str]:
    """Yield the addresses of a property: strings, or the url, contentUrl or @id of objects."""
    for item in values_in(value):
        named = (
            (item.get("url") or item.get("contentUrl") or item.get("@id")) if isinstance(item, dict) else item
        )
        yield from (url.strip() for url in values_in(named) if isinstance(url, str) and url.strip())


def names_in(value: object, index: dict[str, Object]) -> Iterator[str]:
    """Yield the names of the people and organisations of a property; `index` resolves references by @id."""
    for item in values_in(value):
        if not isinstance(item, dict):
            yield from texts_in(item)
            continue
        reference = item.get("@id")
        known = item
        if isinstance(reference, str) and not (item.get("name") or item.get("familyName")):
            known = index.get(reference, item)
        parts = [text for key in ("givenName", "familyName") for text in texts_in(known.get(key))]
        yield from texts_in(known.get("name") or " ".join(parts))
