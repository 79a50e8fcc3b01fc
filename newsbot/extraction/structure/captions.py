"""The caption and the credit of a picture, from the elements around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml import etree

from newsbot.extraction.body.class_words import FAMILY_BITS, family_bits
from newsbot.extraction.page.tree import text_of
from newsbot.languages.image_credits import bare_credit, split_credit, trimmed
from newsbot.text import one_line

MAX_LEVELS: Final = 4
"""Number of elements around a picture in which its caption is looked for."""
MAX_ELEMENTS: Final = 60
"""Number of elements that are looked at inside each of them."""
MAX_CAPTION_CHARS: Final = 1000
MAX_NAME_CHARS: Final = 60
_SMALL_PRINT: Final = frozenset(("span", "small", "cite", "em", "i", "div", "p"))
_CAPTION: Final = FAMILY_BITS["caption"]
_CREDIT_NAME: Final = re.compile(
    r"credit|copyright|photograph|photo-?by|fotograf|urheber|quelle|agentur|(?<![a-z])(?:source|rights|byline|fonte|fuente)",
    re.IGNORECASE,
)
"""Words in the class names of credits."""
_CREDIT_PROPERTIES: Final = frozenset(
    ("copyrightholder", "credittext", "creator", "author", "copyrightnotice")
)
"""Source: schema.org/ImageObject."""
_PICTURES: Final = ("img", "amp-img")


def read_caption(picture: etree._Element) -> tuple[str | None, str | None]:
    """Return the caption and the credit that are printed with a picture; None for what is not there."""
    frame = _frame(picture)
    if frame is None:
        return None, None
    credited = next((element for element in _inside(frame) if _is_credit(element) and _line(element)), None)
    captions = [text for element in islice(_captions(frame), 2) if (text := _line(element))]
    if credited is None:
        credited = next(map(_last_part, islice(_captions(frame), 1)), None)
    if credited is None:
        return _parted(captions[0]) if captions else (None, None)
    credit = _line(credited)
    beside = [_line(parent)] if (parent := credited.getparent()) is not None and parent is not frame else []
    others = (without(text, credit) for text in (*captions, *beside))
    caption = next((text for text in others if text), None)
    return (caption, bare_credit(credit) or None) if caption else _parted(credit, is_credit=True)


def _parted(text: str, *, is_credit: bool = False) -> tuple[str | None, str | None]:
    """Return the caption and the credit in one text; `is_credit`: it is all credit if nothing shows where that begins."""
    caption, credit = split_credit(text)
    if is_credit and credit is None:
        return None, bare_credit(text) or None
    return caption or None, credit


def without(text: str, credit: str) -> str:
    """Return a caption without the credit in it, and without brackets and dashes around that."""
    return trimmed(one_line(text.replace(credit, " ", 1))).strip("|–—-/ ")


def _last_part(caption: etree._Element) -> etree._Element | None:
    """Return the last element of a caption if it is a credit by its form: a name in capitals, or in small print.

    Other texts come before it."""
    last = caption[-1] if len(caption) else None
    if last is None or (last.tail and not last.tail.isspace()) or last.tag not in _SMALL_PRINT:
        return None
    text = _line(last)
    is_name = 0 < len(text) <= MAX_NAME_CHARS and (text.isupper() or last.tag in ("small", "cite"))
    return last if is_name and text != _line(caption) else None


def _frame(picture: etree._Element) -> etree._Element | None:
    """Return the figure around a picture, or the element that holds it, its caption and no other picture."""
    for element in islice(picture.iterancestors(), MAX_LEVELS):
        if element.tag == "figure":
            return element
        if (
            element.tag in ("body", "article", "main")
            or sum(1 for _ in islice(element.iter(*_PICTURES), 2)) > 1
        ):
            return None
        if next(_captions(element), None) is not None:
            return element
    return None


def _captions(frame: etree._Element) -> Iterator[etree._Element]:
    for element in _inside(frame):
        if element.tag == "figcaption" or (
            element.tag not in _PICTURES and _bits(element) & _CAPTION and element.find(".//img") is None
        ):
            yield element


def _inside(frame: etree._Element) -> Iterator[etree._Element]:
    return islice(frame.iterdescendants(), MAX_ELEMENTS)


def _bits(element: etree._Element) -> int:
    names = element.get("class")
    return family_bits(names) if names else 0


def _is_credit(element: etree._Element) -> bool:
    if (element.get("itemprop") or "").lower() in _CREDIT_PROPERTIES:
        return element.tag != "meta"
    return _CREDIT_NAME.search(element.get("class") or "") is not None and element.tag not in (
        "figure",
        "img",
    )


def _line(element: etree._Element) -> str:
    return one_line(text_of(element)[:MAX_CAPTION_CHARS])
