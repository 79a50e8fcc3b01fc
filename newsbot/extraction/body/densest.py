"""The text of pages on which the models find none: an uncertain answer, because an empty one is worse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from newsbot.extraction.body.blocks import FLAG_NAMES, Block, Container
from newsbot.extraction.body.class_words import FAMILY_BITS
from newsbot.extraction.body.containers import HEADINGS, main_container
from newsbot.extraction.body.word_lists import words
from newsbot.text import size_of

MIN_PROSE_CHARS: Final = 600
"""Number of characters of running text from which a page has a text."""
MIN_SHARE: Final = 0.5
"""Share (0..1) of the running text of the page above which the densest element is the text."""
_ASCII_OTHERS: Final = bytes(code for code in range(128) if not chr(code).isalpha())
_HEAD_CHARS: Final = 200
"""Number of characters of a text that are searched for letters."""
_OUTSIDE: Final = sum(FAMILY_BITS[family] for family in words("comments popup header")) | sum(
    1 << FLAG_NAMES.index(tag) for tag in words("footer form dialog")
)
"""Parts of a page that are only taken if there is no text elsewhere."""


def densest_blocks(blocks: Sequence[Block], prose: Sequence[bool], scores: Sequence[float]) -> list[Block]:
    """Return the running text, with its headings, of the element that has most of it; else all of the page.

    Nothing if the page has less than `MIN_PROSE_CHARS` of it. `prose` says which blocks look like running text."""
    running = [
        block for block, is_prose in zip(blocks, prose, strict=True) if is_prose and has_words(block.text)
    ]
    running = [block for block in running if not block.container.inherited & _OUTSIDE] or running
    total = sum(size_of(block.text) for block in running)
    if total < MIN_PROSE_CHARS:
        return []
    taken = set(map(id, running))
    votes = [score + 0.2 if id(block) in taken else 0.0 for block, score in zip(blocks, scores, strict=True)]
    main = main_container(blocks, votes)
    inside = [block for block in blocks if _is_in(block.container, main) and _is_text(block, taken)]
    size = sum(size_of(block.text) for block in inside)
    return inside if size >= MIN_SHARE * total else running


def has_words(text: str) -> bool:
    """Return whether a third of the beginning of a text are letters; vowel signs, as in Hindi, are none."""
    head = text[:_HEAD_CHARS]
    if head.isascii():
        return 3 * len(head.encode().translate(None, _ASCII_OTHERS)) > len(head)
    return 3 * sum(map(str.isalpha, head)) > len(head)


def _is_in(container: Container | None, main: Container | None) -> bool:
    while container is not None and container is not main:
        container = container.parent
    return container is not None


def _is_text(block: Block, running: set[int]) -> bool:
    return id(block) in running or block.container.tag in HEADINGS
