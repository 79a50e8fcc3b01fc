"""Signs that a page shows only the beginning of an article, and that the rest has to be paid for.

A flag alone says nothing: many sites flag all their articles, and show short ones as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, cast

from lxml import etree

from newsbot.extraction.body.blocks import CONCEALED
from newsbot.extraction.body.containers import HEADINGS
from newsbot.extraction.fields.about import paid_parts
from newsbot.extraction.kinds.signs import Signs
from newsbot.extraction.kinds.wall_words import PAYWALLS
from newsbot.extraction.page.schema_org import values_in
from newsbot.extraction.page.tree import raw_text
from newsbot.languages.word_patterns import found_anywhere
from newsbot.text import letters

_TEASER_WORDS: Final = 250
"""Number of words below which a flagged text may be the teaser of a paid article: 7 % of articles are shorter."""
_LONG_TEASER_WORDS: Final = 500
"""The same for a flagged text with a wall right after it."""
_SHORT_WORDS: Final = 120
"""The same for a text that is not flagged: 3 % of articles are shorter."""
_LEAD_WORDS: Final = 40
"""Number of words below which a flagged text is a lead and no article."""
_LEAD_PARAGRAPHS: Final = 2
"""Number of paragraphs up to which a text is a lead if its paid part is absent."""
_MIN_PARAGRAPH_CHARS: Final = 60
"""Shorter lines at the end of a text may be credits, which end without a full stop."""
_LAST_LINES: Final = 3
_MAX_WALL_CHARS: Final = 200
"""Maximum number of characters of a line of a wall in the text."""
_BLOCKS_AFTER: Final = 10
_MAX_AFTER_CHARS: Final = 1500
"""Limits of what is right after a text."""
_MIN_MISSING_SHARE: Final = 1.5
_MIN_MISSING_WORDS: Final = 60
"""A text is cut if the page declares more words than this number of times its own, and this number more."""
_MAX_PARTS: Final = 10
_MAX_SELECTOR_CHARS: Final = 200
_MAX_ELEMENTS: Final = 5
_MAX_ELEMENT_CHARS: Final = 50_000
_COMPARED_CHARS: Final = 40
_MAX_DECLARED_CHARS: Final = 500_000
_FULL_STOPS: Final = ".!?。！？．｡।॥۔؟։።။།។៕჻᠃෴⸮:;"
"""Marks that end a sentence in any script. A colon or semicolon ends a line of a list or an introduction to one."""
_CLOSINGS: Final = "\"'”’“‘»«›‹)]}」』）】〉》*†‡ \u200b\u200e\u200f\u00a0"
_WITHOUT_STOPS = re.compile("[\u0e00-\u0eff]")
"""Letters of scripts that end no sentence with a mark: Thai and Lao."""
_ELLIPSIS = re.compile(r"(?:…|\.\.\.|。。。|⋯|･･･|・・・)[\s)\]»”\"'’]*$")
_PAYWALL = re.compile(found_anywhere(PAYWALLS))
"""Entries of the list are in lower case: so are texts that are searched, which takes a quarter of the time."""
_NAMES = re.compile(r"[.#]([\w-]{1,80})")
_BY_NAME = etree.XPath(
    "//*[contains(concat(' ', normalize-space(@class), ' '), concat(' ', $name, ' ')) or @id = $name]"
)


def is_paywall(signs: Signs) -> bool:
    """Return whether the text of a page is the beginning of a paid article."""
    words = signs.article.word_count
    if words > _LONG_TEASER_WORDS or not signs.body.text:
        return False
    is_flagged = signs.article.is_free is False
    if not is_flagged and words > _TEASER_WORDS:
        return False
    lines = [line for line in signs.body.text.split("\n") if line.strip()]
    if signs.body.rule == "json-ld articleBody" and not _ELLIPSIS.search(lines[-1]):
        return False
    has_wall = _has_wall(signs, lines)
    if not is_flagged:
        return has_wall and (words < _SHORT_WORDS or _ends_open(signs, lines))
    is_cut = _ends_open(signs, lines) or _is_declared_longer(signs) or _has_empty_part(signs, lines)
    if words > _TEASER_WORDS:
        return has_wall and is_cut
    return has_wall or is_cut or _is_lead(signs)


def _has_wall(signs: Signs, lines: Sequence[str]) -> bool:
    """Return whether the words of a paywall are in the last lines of the text, or follow right after it.

    In a text that is not free they may be in any short line: offers below a wall are sometimes read as the text."""
    last = 0 if signs.article.is_free is False else -_LAST_LINES
    said = [line for line in lines[last:] if len(line) <= _MAX_WALL_CHARS]
    text = "\n".join([*said, _after(signs)])
    return _PAYWALL.search(text.replace("İ", "i").lower()) is not None


def _after(signs: Signs) -> str:
    """Return the lines right after a text; those that are hidden when the page loads are left out.

    If the article is not free, also the lines between its paragraphs: parts of an offer are sometimes read as the text."""
    if not signs.chosen:
        return signs.body.rest[:_MAX_AFTER_CHARS]
    first = signs.chosen[0] if signs.article.is_free is False else signs.chosen[-1]
    chosen = set(signs.chosen)
    later = (place for place in range(first + 1, len(signs.blocks)) if place not in chosen)
    shown = (
        signs.blocks[place].text for place in later if not signs.blocks[place].container.inherited & CONCEALED
    )
    return "\n".join(islice(shown, _BLOCKS_AFTER))[:_MAX_AFTER_CHARS]


def _ends_open(signs: Signs, lines: Sequence[str]) -> bool:
    """Return whether a text ends within a sentence or a section: with an ellipsis, a heading, or without a full stop."""
    if _ELLIPSIS.search(lines[-1]):
        return True
    if signs.chosen and signs.blocks[signs.chosen[-1]].container.tag in HEADINGS:
        return True
    long = (line for line in reversed(lines[-_LAST_LINES:]) if len(line) >= _MIN_PARAGRAPH_CHARS)
    last = next(long, "")
    if not last or _WITHOUT_STOPS.search(last[-_MIN_PARAGRAPH_CHARS:]):
        return False
    return _ELLIPSIS.search(last) is not None or not last.rstrip(_CLOSINGS).endswith(tuple(_FULL_STOPS))


def _is_declared_longer(signs: Signs) -> bool:
    """Return whether the page declares a much longer text than it shows."""
    shown = signs.article.word_count
    for item in signs.page.json_ld:
        declared = item.get("wordCount")
        if isinstance(declared, str) and declared.isdecimal() and len(declared) < 7:
            declared = int(declared)
        if isinstance(declared, int) and declared > max(
            _MIN_MISSING_SHARE * shown, shown + _MIN_MISSING_WORDS
        ):
            return True
        body = item.get("articleBody")
        size = min(len(body), _MAX_DECLARED_CHARS) if isinstance(body, str) else 0
        if size > _MIN_MISSING_SHARE * len(signs.body.text) + _MIN_PARAGRAPH_CHARS:
            return True
    return False


def _has_empty_part(signs: Signs, lines: Sequence[str]) -> bool:
    """Return whether the paid part of the article that the page declares has none of its text.

    A part that is absent counts only for a text of few paragraphs: scripts insert a wall of their own."""
    parts = islice(paid_parts(signs.page.json_ld), _MAX_PARTS)
    selectors = (value for part in parts for value in values_in(part.get("cssSelector")))
    texts = [text[:_MAX_SELECTOR_CHARS] for text in selectors if isinstance(text, str)][:_MAX_PARTS]
    names = [name for text in texts for name in _named(text)]
    found = [element for name in names for element in _elements(signs.page.tree, name)]
    if not found:
        return bool(names) and len(lines) <= _LEAD_PARAGRAPHS
    keys = [key for line in lines if len(key := letters(line)[:_COMPARED_CHARS]) == _COMPARED_CHARS]
    return not any(_has_text(element, keys) for element in found)


def _named(selector: str) -> Iterator[str]:
    """Yield the class name or id that each alternative of a selector ends with."""
    for alternative in selector.split(",")[:_MAX_PARTS]:
        names = _NAMES.findall(alternative.split()[-1]) if alternative.split() else []
        yield from names[-1:]


def _elements(tree: etree._Element, name: str) -> list[etree._Element]:
    """Return the first elements with a class name or an id."""
    return cast("list[etree._Element]", _BY_NAME(tree, name=name))[:_MAX_ELEMENTS]


def _has_text(element: etree._Element, keys: Sequence[str]) -> bool:
    """Return whether an element contains a line of the text, or is the whole page."""
    if element.tag in {"html", "body"}:
        return True
    text = letters(raw_text(element)[:_MAX_ELEMENT_CHARS])
    return any(key in text for key in keys)


def _is_lead(signs: Signs) -> bool:
    """Return whether a text is very short, or no more than the description that the page declares."""
    text, description = letters(signs.body.text), letters(signs.article.description or "")
    return signs.article.word_count < _LEAD_WORDS or (bool(text) and text in description)
