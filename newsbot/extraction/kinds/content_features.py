"""Features of what a page shows: its text, its links, its labels, and the containers around them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from lxml import etree

from newsbot.extraction.body.blocks import Block, Container
from newsbot.extraction.body.containers import HEADINGS
from newsbot.extraction.body.word_lists import words
from newsbot.extraction.kinds.kind_words import (
    LABELS,
    MARKUP,
    families_of_phrases,
    families_of_words,
)
from newsbot.extraction.page.tree import raw_text

MAX_BLOCKS: Final = 600
"""Number of blocks that are looked at: nine of ten pages have fewer."""
MAX_ELEMENTS: Final = 600
"""Number of controls that are looked at."""
_CODE: Final = frozenset(("pre", "code"))
_CELLS: Final = frozenset(("td", "th"))
_LABEL_CHARS: Final = 40
_SHORT_CHARS: Final = 80
_MIN_REPEATS: Final = 4
_MIN_POST_CHARS: Final = 120
_MIN_ITEM_LINKS: Final = 0.05
_MAX_POST_LINKS: Final = 0.3
_MAX_NAME_CHARS: Final = 200
_CACHE_SIZE: Final = 16_384
_CURRENCIES: Final = (
    *words("$ € £ ¥ ₹ ₽ ₺ ₩ ฿ ₫ ₴ ₪ zł Kč лв руб грн 円 元 원 บาท EUR USD CHF PLN"),
    "kr ",
    "kr.",
)
"""Signs and names of currencies, as they are written beside a price."""
_WORDS = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_CONTROLS: Final = words("button input select pre code")
_LABELS: Final = families_of_phrases(LABELS)
_MARKUP: Final = {
    word: sum(1 << number for number in set(numbers)) for word, numbers in families_of_words(MARKUP).items()
}
"""Word -> bits of its families."""
NAMES: Final = (
    *words("blocks chars link_share links prose_share links_per_char short_blocks linked_blocks"),
    *words(
        "heading_share linked_headings list_share pre_share table_share repeated_share post_share posts items"
    ),
    *words("prices price_share"),
    *(f"label_{name}" for name in LABELS),
    *(f"count_{name}" for name in _CONTROLS),
    *(f"markup_{name}" for name in MARKUP),
    *(f"root_{name}" for name in MARKUP),
)
"""Names of the numbers that `content_row` returns."""


def content_row(tree: etree._Element, blocks: Sequence[Block]) -> list[float]:
    """Return the numbers of `NAMES`."""
    blocks = blocks[:MAX_BLOCKS]
    short = [block.text for block in blocks if len(block.text) <= _SHORT_CHARS]
    counts, labels = _controls(tree)
    labels.update(text.lower() for text in short if len(text) <= _LABEL_CHARS)
    lines = "\n".join(short)
    prices = sum(map(lines.count, _CURRENCIES))
    return [
        *_text(blocks),
        math.log1p(prices),
        prices / (len(blocks) or 1),
        *_label_counts(labels),
        *(math.log1p(count) for count in counts),
        *_markup(blocks),
        *_root(tree),
    ]


def prose_chars(blocks: Sequence[Block]) -> int:
    """Return the number of characters of the page that are running text."""
    root = blocks[0].container if blocks else None
    while root is not None and root.parent is not None:
        root = root.parent
    return 0 if root is None else root.prose_chars


def _text(blocks: Sequence[Block]) -> list[float]:
    """Return the shares of the text of a page that is linked, repeated, or in elements of some names."""
    total = links = link_chars = short = linked = headings = linked_headings = listed = code = cells = 0
    repeated = posts = most_posts = most = 0
    for block in blocks:
        size, container = len(block.text), block.container
        tag = container.tag
        total += size
        links += block.links
        link_chars += block.link_chars
        short += size <= _SHORT_CHARS
        linked += block.is_link
        if tag in HEADINGS:
            headings += size
            linked_headings += block.links > 0
        elif tag == "li":
            listed += size
        elif tag in _CODE:
            code += size
        elif tag in _CELLS:
            cells += size
        repeats = container.repeats
        most = max(most, repeats)
        if repeats >= _MIN_REPEATS and container.item_links > _MIN_ITEM_LINKS:
            repeated += size
        if repeats > 1 and container.item_chars > _MIN_POST_CHARS and container.item_links < _MAX_POST_LINKS:
            posts += size
            most_posts = max(most_posts, repeats)
    total, count = total or 1, len(blocks) or 1
    return [
        math.log1p(len(blocks)),
        math.log1p(total),
        link_chars / total,
        math.log1p(links),
        prose_chars(blocks) / total,
        100 * links / total,
        short / count,
        linked / count,
        headings / total,
        math.log1p(linked_headings),
        listed / total,
        code / total,
        cells / total,
        repeated / total,
        posts / total,
        math.log1p(most_posts),
        math.log1p(most),
    ]


def _controls(tree: etree._Element) -> tuple[list[int], set[str]]:
    """Return the numbers of elements of `_CONTROLS`, and the labels of buttons."""
    counts = dict.fromkeys(_CONTROLS, 0)
    labels: set[str] = set()
    for element in islice(tree.iter(*_CONTROLS), MAX_ELEMENTS):
        tag = element.tag
        counts[tag] += 1
        if tag == "button":
            labels.add(_plain(raw_text(element)[:_SHORT_CHARS]))
        elif tag == "input" and element.get("type") == "submit":
            labels.add(_plain((element.get("value") or "")[:_SHORT_CHARS]))
    return list(counts.values()), labels


def _plain(text: str) -> str:
    """Return the words of a label in lower case."""
    return " ".join(_WORDS.findall(text.lower()))


def _label_counts(labels: set[str]) -> list[float]:
    """Return how many different labels of each family a page has."""
    found = [0.0] * len(LABELS)
    for label in labels & _LABELS.keys():
        for number in _LABELS[label]:
            found[number] += 1
    return found


@lru_cache(maxsize=_CACHE_SIZE)
def _name_bits(names: str) -> int:
    """Return the bits of the families whose words occur in class names and an id."""
    bits = 0
    for word in _NAME.findall(names[:_MAX_NAME_CHARS]):
        bits |= _MARKUP.get(word.lower(), 0)
    return bits


def _markup(blocks: Sequence[Block]) -> list[float]:
    """Return the share of the text that is in containers with class names of each family."""
    known: dict[Container | None, int] = {None: 0}
    chars: dict[int, int] = {}
    for block in blocks:
        container: Container | None = block.container
        path: list[Container] = []
        while container not in known and container is not None:
            path.append(container)
            container = container.parent
        bits = known[container]
        for inner in reversed(path):
            if inner.names:
                bits |= _name_bits(inner.names)
            known[inner] = bits
        chars[bits] = chars.get(bits, 0) + len(block.text)
    total = sum(chars.values()) or 1
    return [
        sum(size for bits, size in chars.items() if bits >> number & 1) / total
        for number in range(len(MARKUP))
    ]


def _root(tree: etree._Element) -> list[float]:
    """Return whether the class names and the id of the body element have a word of each family."""
    body = tree.find("body")
    bits = 0 if body is None else _name_bits(f"{body.get('class') or ''} {body.get('id') or ''}")
    return [float(bits >> number & 1) for number in range(len(MARKUP))]
