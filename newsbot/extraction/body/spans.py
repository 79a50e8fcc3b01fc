"""Where the containers of a page begin and end among its blocks, and how much of the body is before them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import Final

from newsbot.extraction.body.blocks import Block, Container
from newsbot.extraction.body.features.characters import has_digit
from newsbot.text import size_of

MAX_STAMP_CHARS: Final = 60
"""Maximum number of characters of a line with a name and a time."""

Span = tuple[int, int]
"""Position of the first block, and the position after the last one."""


class Spans:
    """The blocks of a page, those of them that are chosen for the body, and the spans of the containers."""

    def __init__(self, blocks: Sequence[Block], chosen: Sequence[Block], headline: int | None) -> None:
        self.blocks = blocks
        self.chosen = chosen
        self.headline = headline
        self._starts: dict[Container, int] = {}
        for position, block in enumerate(blocks):
            container: Container | None = block.container
            while container is not None and container not in self._starts:
                self._starts[container] = position
                container = container.parent
        taken = set(map(id, chosen))
        is_chosen = [id(block) in taken for block in blocks]
        sizes = [size_of(block.text) if one else 0 for block, one in zip(blocks, is_chosen, strict=True)]
        self._chars = [0, *accumulate(sizes)]
        self._counts = [0, *accumulate(is_chosen)]

    @cached_property
    def _positions(self) -> dict[int, int]:
        """Id of a block -> its position."""
        return {id(block): position for position, block in enumerate(self.blocks)}

    def position(self, block: Block) -> int:
        """Return the position of a block of the page."""
        return self._positions[id(block)]

    def of(self, container: Container) -> Span:
        """Return the span of a container."""
        start = self._starts[container]
        return start, start + container.blocks

    def chars_before(self, position: int) -> int:
        """Return the number of chosen characters before a position."""
        return self._chars[position]

    def first_after(self, chars: int) -> int:
        """Return the first position with at least `chars` chosen characters before it."""
        return bisect_left(self._chars, chars)

    def chars_in(self, span: Span) -> int:
        """Return the number of chosen characters in a span."""
        return self._chars[span[1]] - self._chars[span[0]]

    def count_in(self, span: Span) -> int:
        """Return the number of chosen blocks in a span."""
        return self._counts[span[1]] - self._counts[span[0]]

    def has_headline(self, container: Container) -> bool:
        """Return whether the headline is in a container."""
        return self.headline is not None and self.is_headline_between(*self.of(container))

    def is_headline_between(self, start: int, end: int) -> bool:
        """Return whether the headline is in a span."""
        return self.headline is not None and start <= self.headline < end


def is_stamp(text: str) -> bool:
    """Return whether a line is short and has a number, as lines with a date or a time have."""
    return len(text) <= MAX_STAMP_CHARS and has_digit(text)
