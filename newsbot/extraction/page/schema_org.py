"""Find the JSON-LD objects that describe the article of a page, and read their properties, which may have any type.

Source: schema.org/Article with its subtypes and properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from newsbot.text import plain_line

Object = dict[str, Any]

_MAX_VALUES = 200
"""Maximum number of values that are read of one property; hostile pages nest and repeat them."""
ARTICLE_TYPES = ("Article", "Posting", "Report", "Review", "Recipe")
_PAGE_TYPES = ("WebPage", "ItemPage")
_URL_NOISE = re.compile(r"^https?://(?:www\.)?|[?#].*$|/+$", re.DOTALL)


def article_objects(objects: list[Object], urls: Iterable[str], headlines: Iterable[str]) -> list[Object]:
    """Return the objects that describe the article of a page, best match first.

    Pages also describe related articles. The best match is the one with a URL or a headline of the page, else the first
    one. Other articles follow only if they have the same headline. Objects of type WebPage come last.
    """
    articles = [item for item in objects if is_a(item, ARTICLE_TYPES)]
    ranked = articles
    if len(articles) > 1:
        page_urls = {_bare_url(url) for url in urls if url}
        titles = {headline.casefold() for headline in headlines}
        ranked = sorted(articles, key=lambda item: -_match_score(item, page_urls, titles))
    best = _headline(ranked[0]) if ranked else ""
    return [item for item in ranked if item is ranked[0] or _headline(item) == best] + [
        item for item in objects if is_a(item, _PAGE_TYPES)
    ]


def is_a(item: Object, endings: tuple[str, ...]) -> bool:
    """Return whether a type of the object has one of the endings, as NewsArticle has the ending Article."""
    kinds = item.get("@type")
    if isinstance(kinds, str) and kinds.isalnum() and kinds.isascii():
        return kinds.endswith(endings)
    return any(kind.endswith(endings) for kind in texts_in(kinds))


def _match_score(item: Object, page_urls: set[str], titles: set[str]) -> int:
    """Return a score from 0 to 7: 4 for a URL of the page, 2 for one of its headlines, 1 for a headline with a date."""
    values = (item.get(key) for key in ("url", "@id", "mainEntityOfPage"))
    item_urls = [_bare_url(url) for value in values for url in urls_in(value)]
    headline = _headline(item)
    has_url = any(url in page_urls for url in item_urls)
    return 4 * has_url + 2 * (headline in titles) + bool(headline and item.get("datePublished"))


def _headline(item: Object) -> str:
    return next(texts_in(item.get("headline") or item.get("name")), "").casefold()


def _bare_url(url: str) -> str:
    return _URL_NOISE.sub("", url.strip())


def values_in(value: object) -> Iterator[object]:
    """Yield the strings, numbers and objects of a property in order, including those in lists."""
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
    """Yield the texts of a property, each on one line and without markup; the text of an object is its name."""
    for item in values_in(value):
        named = (item.get("name") or item.get("@value")) if isinstance(item, dict) else item
        texts = (value for value in values_in(named) if isinstance(value, str | int | float))
        yield from filter(None, (plain_line(str(text)) for text in texts if not isinstance(text, bool)))


def urls_in(value: object) -> Iterator[str]:
    """Yield the URLs of a property: strings, or the url, contentUrl or @id of objects."""
    for item in values_in(value):
        named = (
            (item.get("url") or item.get("contentUrl") or item.get("@id")) if isinstance(item, dict) else item
        )
        yield from (url.strip() for url in values_in(named) if isinstance(url, str) and url.strip())


def names_in(value: object, index: dict[str, Object]) -> Iterator[str]:
    """Yield the names of the people and organisations in a property; `index` resolves references: @id -> object."""
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
