"""What is known about each block of a page, as numbers: the input of the first of two models that choose the body.

A block is described by its words, its place, the elements around it, and what of it the page declares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.body import text_features
from newsbot.extraction.body.blocks import TAG_BITS, Block, Frame
from newsbot.extraction.body.class_words import FAMILIES
from newsbot.extraction.body.containers import HEADINGS, wider

BITS: Final = (
    *FAMILIES,
    *sorted(set(TAG_BITS) - {"ol", "dl", "figcaption"}, key=TAG_BITS.__getitem__),
    "concealed",
)
_TAGS: Final = ("p", "div", "li", "h1", "h2", "h3", "h4", "td", "blockquote", "other")
_TAG_NUMBERS: Final = {tag: number for number, tag in enumerate(_TAGS)}
_OTHER: Final = _TAG_NUMBERS["other"]
_ONE_HOT: Final = np.eye(len(_TAGS), dtype=np.float32)
_MIN_BODY_CHARS: Final = 400
_NO_HEADLINE: Final = -99

_PLACE_NAMES: Final = ("prose", "since_media", "media_depth")
_DECLARED_NAMES: Final = ("is_title", "shares_title", "in_description", "author_share", "seen", "in_declared")
_PAGE_NAMES: Final = (
    "place",
    "after_headline",
    "prose_before",
    "page_prose",
    "has_declared",
    "declared_share",
)
FRAME_NAMES: Final = ("chars", "links", "prose", "blocks", "long")
_OWN_FRAME_NAMES: Final = (
    "depth", "repeats", "item_chars", "own_blocks",
    *(f"{frame}_{name}" for frame in ("element", "outer") for name in FRAME_NAMES),
    "make_blocks", "make_mean", "make_links", "make_prose", "make_share",
)  # fmt: skip
NAMES: Final = (
    *text_features.NAMES, *_PLACE_NAMES, *_DECLARED_NAMES, *_PAGE_NAMES, *_OWN_FRAME_NAMES,
    *(f"tag_{tag}" for tag in _TAGS),
    *(f"near_{name}" for name in FAMILIES),
    *(f"in_{name}" for name in BITS),
)  # fmt: skip
"""What the columns of `describe` hold."""


@dataclass(slots=True, frozen=True)
class Known:
    """What the page declares, for comparison with its blocks."""

    title: str = ""
    description: str = ""
    authors: Sequence[str] = ()
    body: str = ""
    """JSON-LD articleBody: often a teaser, and sometimes all there is."""


class _Sums:
    """Counts over blocks of one make: the same tag and the same names."""

    __slots__ = ("blocks", "chars", "link_chars", "prose_chars")

    def __init__(self) -> None:
        self.blocks = self.chars = self.link_chars = self.prose_chars = 0


def _key(text: str) -> str:
    """Return the letters of a text's first words: nothing that is compared needs more."""
    return "".join(text_features.first_words(text))


def bits_of(flags: Sequence[int], count: int) -> NDArray[np.float32]:
    """Return the lowest bits of each number, a row each."""
    bits = np.array(flags, dtype=np.int64)[:, None] >> np.arange(count) & 1
    return bits.astype(np.float32)


def frame_numbers(frame: Frame) -> tuple[float, ...]:
    """Return the numbers of an element, in the order of `FRAME_NAMES`."""
    chars = frame.chars or 1
    return (
        frame.chars,
        frame.link_chars / chars,
        frame.prose_chars / chars,
        frame.blocks,
        frame.prose_blocks,
    )


def _sums_by_make(blocks: Sequence[Block], prose: Sequence[bool]) -> dict[tuple[str, str], _Sums]:
    makes: dict[tuple[str, str], _Sums] = {}
    for block, is_text in zip(blocks, prose, strict=True):
        frame = block.frame
        size = len(block.text)
        make = makes.get((frame.tag, frame.names))
        if make is None:
            make = makes[frame.tag, frame.names] = _Sums()
        make.blocks += 1
        make.chars += size
        make.link_chars += block.link_chars
        if is_text:
            make.prose_chars += size
    return makes


class _Declared:
    """Compares blocks with what the page declares, letters only."""

    def __init__(self, known: Known) -> None:
        self.title = _key(known.title)
        self.description = _key(known.description)
        self.authors = [key for key in map(_key, known.authors) if key]
        self.body = "".join(text_features.words_of(known.body)) if len(known.body) > _MIN_BODY_CHARS else ""
        self.seen: dict[str, int] = {}

    def row(self, key: str) -> tuple[float, ...]:
        """Return the numbers of a block, in the order of `_DECLARED_NAMES`."""
        size = len(key)
        times = self.seen.get(key, 0) if size else 0
        self.seen[key] = times + 1
        title, description = self.title, self.description
        return (
            bool(key) and key == title,
            size > 12 and bool(title) and (key in title or title in key),
            size > 20 and bool(description) and (key[:60] in description or description[:60] in key),
            sum(len(author) for author in self.authors if author in key) / (size or 1),
            times,
            size > 8 and bool(self.body) and key in self.body,
        )


def describe(blocks: Sequence[Block], prose: Sequence[bool], known: Known) -> NDArray[np.float32]:
    """Return a row a block, at least one, in the order of `NAMES`; `prose` tells which of them look like running text."""
    spoken = [text_features.first_words(block.text) for block in blocks]
    keys = ["".join(words) for words in spoken]
    declared = _Declared(known)
    prose_chars = np.array(
        [len(block.text) if is_text else 0 for block, is_text in zip(blocks, prose, strict=True)]
    )
    page_prose = int(prose_chars.sum()) or 1
    positions = np.arange(len(blocks))
    headline = _headline(blocks, keys, declared.title)
    places = (
        (is_text, block.since_media, block.media_depth) for block, is_text in zip(blocks, prose, strict=True)
    )
    on_page = np.empty((len(blocks), len(_PAGE_NAMES)), dtype=np.float32)
    on_page[:, 0] = positions / len(blocks)
    on_page[:, 1] = positions - headline if headline >= 0 else _NO_HEADLINE
    on_page[:, 2] = (np.cumsum(prose_chars) - prose_chars) / page_prose
    on_page[:, 3:] = page_prose, bool(declared.body), len(declared.body) / page_prose
    return np.hstack((
        text_features.wording_rows(blocks, spoken),
        text_features.array_of(places, len(_PLACE_NAMES)),
        text_features.array_of(map(declared.row, keys), len(_DECLARED_NAMES)),
        on_page,
        _frame_rows(blocks, prose, page_prose),
    ))  # fmt: skip


def _frame_rows(blocks: Sequence[Block], prose: Sequence[bool], page_prose: int) -> NDArray[np.float32]:
    """Return what the elements around the blocks tell, worked out once for those that have all of it in common."""
    makes = _sums_by_make(blocks, prose)
    places: dict[object, int] = {}
    frames: list[Frame] = []
    own: list[int] = []
    for block in blocks:
        frame = block.frame
        # Paragraphs of one make beside each other.
        alike: object = (frame.parent, frame.tag, frame.names, frame.flags) if frame.blocks == 1 else frame
        if alike not in places:
            places[alike] = len(places)
            frames.append(frame)
        own.append(places[alike])
    rows = (_frame_row(frame, makes[frame.tag, frame.names], page_prose) for frame in frames)
    distinct = np.hstack((
        text_features.array_of(rows, len(_OWN_FRAME_NAMES)),
        _ONE_HOT[[_TAG_NUMBERS.get(frame.tag, _OTHER) for frame in frames]],
        bits_of([frame.near for frame in frames], len(FAMILIES)),
        bits_of([frame.inherited for frame in frames], len(BITS)),
    ))  # fmt: skip
    return distinct[own]


def _frame_row(frame: Frame, make: _Sums, page_prose: int) -> tuple[float, ...]:
    """Return the numbers of a block's frame, in the order of `_OWN_FRAME_NAMES`."""
    element = wider(frame, 1)
    outer = wider(element, element.blocks)
    return (
        frame.depth, frame.repeats, frame.item_chars, frame.blocks,
        *frame_numbers(element), *frame_numbers(outer),
        make.blocks, make.chars / make.blocks, make.link_chars / make.chars,
        make.prose_chars / make.chars, make.prose_chars / page_prose,
    )  # fmt: skip


def _headline(blocks: Sequence[Block], keys: Sequence[str], title: str) -> int:
    """Return the position of the headline: the heading that equals the title, else the first h1; -1 if none."""
    first = -1
    for position, block in enumerate(blocks):
        if block.frame.tag in HEADINGS:
            if title and keys[position] == title:
                return position
            if first < 0 and block.frame.tag == "h1":
                first = position
    return first
