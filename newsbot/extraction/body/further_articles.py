"""Other articles below the first one, which some pages show in full, as if one scrolled on.

Such an article has a headline of its own and an element of its own. It differs from a section of the first article in the
level of its headline, its element, or its byline; and from posts of a live blog and from teasers in their number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from newsbot.extraction.body.blocks import Block, Container
from newsbot.extraction.body.containers import HEADINGS
from newsbot.extraction.body.spans import Span, Spans, is_stamp

MIN_CHARS_BEFORE: Final = 200
"""Number of characters of the first article before another one."""
MIN_BLOCKS_BEFORE: Final = 2
"""Number of paragraphs of the first article: a summary is one."""
MIN_CHARS: Final = 150
"""Number of characters of another article."""
MAX_POSTS: Final = 3
"""Number of similar elements above which they are posts or teasers."""
MAX_HEAD_BLOCKS: Final = 3
"""Number of blocks (a label, a date) before a headline in its element."""
MAX_BYLINE_DISTANCE: Final = 4
_NEXT = re.compile(
    r"next[-_ ]?(?:article|story|post|read|up|page)|(?:article|story|post)[-_ ]?next|infinite[-_ ]?(?:scroll|article|item)|"
    r"second(?:ary)?[-_ ]?(?:article|story)|(?:another|other|more)[-_ ]?(?:article|story)\b|naechster|suivant|siguiente",
    re.IGNORECASE,
)
"""Class names of the next article."""
_CACHE_SIZE: Final = 4096


@lru_cache(maxsize=_CACHE_SIZE)
def _names_next(names: str) -> bool:
    """Return whether class names are those of the next article."""
    return _NEXT.search(names) is not None


def further_articles(spans: Spans) -> Iterator[Span]:
    """Yield the spans of further articles."""
    if spans.headline is None:
        return
    own = spans.blocks[spans.headline]
    siblings = _count_siblings(spans)
    end_of_last = 0
    for position in range(spans.headline + 1, len(spans.blocks)):
        heading = spans.blocks[position]
        if (
            position < end_of_last
            or heading.container.tag not in HEADINGS
            or spans.chars_in((spans.headline, position)) < MIN_CHARS_BEFORE
            or spans.count_in((spans.headline, position)) < MIN_BLOCKS_BEFORE
            or heading.text == own.text
        ):
            continue
        element = _element_of(spans, position)
        if element is not None and _is_article(spans, element, position, siblings):
            end_of_last = spans.of(element)[1]
            yield spans.of(element)
        elif _begins_article(spans, position):
            end_of_last = spans.of(heading.container.parent)[1] if heading.container.parent else 0
            yield position, end_of_last


def named_articles(spans: Spans) -> Iterator[Span]:
    """Yield the spans of elements that are named after a next article, without the headline, after the first article."""
    seen: set[Container] = set()
    for block in spans.chosen:
        container: Container | None = block.container
        while container is not None and container not in seen and not spans.has_headline(container):
            seen.add(container)
            start = spans.of(container)[0]
            if (
                spans.chars_before(start) >= MIN_CHARS_BEFORE
                and spans.count_in((0, start)) >= MIN_BLOCKS_BEFORE
                and _names_next(container.names)
            ):
                yield spans.of(container)
            container = container.parent


def _element_of(spans: Spans, position: int) -> Container | None:
    """Return the largest element that a heading begins, without the headline of the page."""
    found: Container | None = None
    container: Container | None = spans.blocks[position].container
    while container is not None and not spans.has_headline(container):
        if spans.of(container)[0] < position - MAX_HEAD_BLOCKS:
            break
        found = container
        container = container.parent
    return found


def _count_siblings(spans: Spans) -> Counter[Container | None]:
    """Return how many `article` elements each container has."""
    articles: set[Container] = set()
    seen: set[Container] = set()
    for block in spans.blocks:
        container: Container | None = block.container
        while container is not None and container not in seen:
            seen.add(container)
            if container.tag == "article":
                articles.add(container)
            container = container.parent
    return Counter(article.parent for article in articles)


def _is_article(spans: Spans, element: Container, position: int, siblings: Counter[Container | None]) -> bool:
    """Return whether the element of a heading is another article; `siblings` counts the articles in each element."""
    if (
        spans.chars_in(spans.of(element)) < MIN_CHARS
        or element.repeats > MAX_POSTS
        or siblings[element.parent] > MAX_POSTS
    ):
        return False
    own = spans.blocks[spans.headline or 0].container.tag
    tag = spans.blocks[position].container.tag
    names = _names_around(element, spans)
    if _NEXT.search(names):
        return True
    is_in_article = _article_in(spans, position, element) is not None
    if tag == own == "h1":
        return is_in_article or _has_byline(spans, position)
    return is_in_article and tag <= "h2" and _has_byline(spans, position)


def _names_around(element: Container, spans: Spans) -> str:
    """Return the names of an element and of those around it that have no headline."""
    names: list[str] = []
    container: Container | None = element
    while container is not None and not spans.has_headline(container) and len(names) < MAX_HEAD_BLOCKS:
        names.append(container.names)
        container = container.parent
    return " ".join(names)


def _article_in(spans: Spans, position: int, outer: Container) -> Container | None:
    """Return the innermost `article` element around a heading, up to an outer element; None if there is none."""
    container: Container | None = spans.blocks[position].container
    while container is not None:
        if container.tag == "article":
            return container
        if container is outer:
            return None
        container = container.parent
    return None


def _has_byline(spans: Spans, position: int) -> bool:
    """Return whether a line with a date is next to a heading."""
    near = (
        *spans.blocks[max(0, position - 2) : position],
        *spans.blocks[position + 1 : position + MAX_BYLINE_DISTANCE],
    )
    return any(_is_byline(block) for block in near)


def _is_byline(block: Block) -> bool:
    return is_stamp(block.text) and block.container.tag not in HEADINGS


def _begins_article(spans: Spans, position: int) -> bool:
    """Return whether a second h1 with a byline begins another article in the element of the first one."""
    own = spans.blocks[spans.headline or 0].container
    heading = spans.blocks[position].container
    return (
        heading.tag == own.tag == "h1"
        and heading.parent is own.parent
        and _has_byline(spans, position)
        and _has_byline(spans, spans.headline or 0)
    )
