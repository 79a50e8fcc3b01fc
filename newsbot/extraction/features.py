"""What is known about each block of a page, as numbers: the input of the two models that choose the body.

The first model sees a block, the elements around it, and what the page declares. The second sees the same block
among its neighbours and from where the first model believes the body to be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from newsbot.extraction import wording
from newsbot.extraction.blocks import TAG_BITS, Block, Frame
from newsbot.extraction.frames import HEADINGS, main_frame, paths_from, wider
from newsbot.extraction.words import FAMILIES

Row = list[float]
BITS: Final = (
    *FAMILIES,
    *sorted(set(TAG_BITS) - {"ol", "dl", "figcaption"}, key=TAG_BITS.__getitem__),
    "concealed",
)
TAGS: Final = ("p", "div", "li", "h1", "h2", "h3", "h4", "td", "blockquote", "other")
CONTRASTS: Final = (
    "concealed", "comments", "aside", "related", "popup", "side", "hidden", "form", "footer", "promo", "live", "list",
    "wall", "bio", "caption",
)  # fmt: skip
_CONTRAST_BITS: Final = tuple(1 << BITS.index(name) for name in CONTRASTS)
_ONE_HOT: Final = {tag: tuple(float(tag == other) for other in TAGS) for tag in TAGS}
_KEY = re.compile(r"[\W_]+")
_KEY_CHARS: Final = 400
_SURE: Final = 0.6
_NO_NEIGHBOUR: Final = [0.0] * 7
_FAR: Final = 30
_LINK_SHARE, _ENDS_FULL, _SAYS_MORE = (
    wording.NAMES.index(name) for name in ("link_share", "ends_full", "says_more")
)


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
    """Return the letters and digits of a text's beginning: nothing that is compared needs more."""
    return _KEY.sub("", text[:_KEY_CHARS]).lower()


@lru_cache(maxsize=4096)
def _bits(flags: int) -> tuple[int, ...]:
    return tuple(flags >> position & 1 for position in range(len(BITS)))


@lru_cache(maxsize=4096)
def _family_bits(flags: int) -> tuple[int, ...]:
    return _bits(flags)[: len(FAMILIES)]


def _frame_numbers(frame: Frame) -> tuple[float, ...]:
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
        size = len(block.text)
        make = makes.setdefault((block.frame.tag, block.frame.names), _Sums())
        make.blocks += 1
        make.chars += size
        make.link_chars += block.link_chars
        if is_text:
            make.prose_chars += size
    return makes


class _Declared:
    """Compares blocks with what the page declares, letters and digits only."""

    def __init__(self, known: Known, prose_chars: int) -> None:
        self.title = _key(known.title)
        self.description = _key(known.description)
        self.authors = [key for key in map(_key, known.authors) if key]
        self.body = _KEY.sub("", known.body).lower() if len(known.body) > _KEY_CHARS else ""
        self.body_share = len(self.body) / prose_chars
        self.seen: dict[str, int] = {}

    def row(self, key: str) -> tuple[float, ...]:
        times = self.seen.get(key, 0)
        self.seen[key] = times + 1
        size = len(key)
        title, description = self.title, self.description
        return (
            bool(key) and key == title,
            size > 12 and bool(title) and (key in title or title in key),
            size > 20 and bool(description) and (key[:60] in description or description[:60] in key),
            sum(len(author) for author in self.authors if author in key) / (size or 1),
            times,
            bool(self.body),
            size > 8 and bool(self.body) and key[:200] in self.body,
            self.body_share,
        )


def first_rows(blocks: Sequence[Block], prose: Sequence[bool], known: Known) -> list[Row]:
    """Return one row a block, in the order of `FIRST_NAMES`."""
    makes = _sums_by_make(blocks, prose)
    all_prose = sum(len(block.text) for block, is_text in zip(blocks, prose, strict=True) if is_text) or 1
    declared = _Declared(known, all_prose)
    keys = [_key(block.text) for block in blocks]
    headline = _headline(blocks, keys, declared.title)
    prose_before = 0
    frame_rows: dict[object, Row] = {}
    rows: list[Row] = []
    for position, (block, is_text, key) in enumerate(zip(blocks, prose, keys, strict=True)):
        frame = block.frame
        # Paragraphs of one make beside each other have all of this in common.
        alike = (frame.parent, frame.tag, frame.names, frame.flags) if frame.blocks == 1 else frame
        frame_row = frame_rows.get(alike)
        if frame_row is None:
            frame_row = frame_rows[alike] = _frame_row(frame, makes[frame.tag, frame.names], all_prose)
        row = wording.wording_row(block)
        row += (
            is_text, position / len(blocks), prose_before / all_prose, all_prose,
            position - headline if headline >= 0 else -99, block.since_media, block.media_depth,
        )  # fmt: skip
        row += declared.row(key)
        row += frame_row
        rows.append(row)
        if is_text:
            prose_before += len(block.text)
    return rows


def _frame_row(frame: Frame, make: _Sums, all_prose: int) -> Row:
    parent = wider(frame, 1)
    return [
        frame.depth, frame.repeats, frame.item_chars, frame.blocks,
        *_frame_numbers(parent), *_frame_numbers(wider(parent, parent.blocks)),
        make.blocks, make.chars / make.blocks, make.link_chars / make.chars,
        make.prose_chars / make.chars, make.prose_chars / all_prose,
        *_ONE_HOT.get(frame.tag, _ONE_HOT["other"]), *_family_bits(frame.near), *_bits(frame.inherited),
    ]  # fmt: skip


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


FIRST_NAMES: Final = (
    *wording.NAMES,
    "prose", "place", "prose_before", "page_prose", "after_headline", "since_media", "media_depth",
    "is_title", "shares_title", "in_description", "author_share", "seen", "has_declared", "in_declared", "declared_share",
    "depth", "repeats", "item_chars", "own_blocks",
    *(f"{frame}_{name}" for frame in ("parent", "grand") for name in ("chars", "links", "prose", "blocks", "long")),
    "make_blocks", "make_mean", "make_links", "make_prose", "make_share",
    *(f"tag_{tag}" for tag in TAGS),
    *(f"near_{name}" for name in FAMILIES),
    *(f"in_{name}" for name in BITS),
)  # fmt: skip


class _Group:
    """Sums over blocks that have something in common."""

    __slots__ = ("blocks", "mass", "size")

    def __init__(self) -> None:
        self.mass = self.size = 0.0
        self.blocks = 0


class _Scored:
    """The blocks of a page with the first model's scores, summed up in the ways that the second model asks for."""

    def __init__(self, blocks: Sequence[Block], first: Sequence[Row], scores: Sequence[float]) -> None:
        self.blocks = blocks
        self.first = first
        self.scores = scores
        self.sizes = [row[0] for row in first]
        self.mass = [score * size for score, size in zip(scores, self.sizes, strict=True)]
        self.total = sum(self.mass) or 1.0
        self.main = main_frame(blocks, scores)
        self.paths = paths_from(self.main, blocks)
        self.wides = [wider(block.frame, 1) for block in blocks]
        self.sure = [position for position, score in enumerate(scores) if score > _SURE]
        self.contrasts = self._contrasts()
        self.contrast_rows: dict[int, Row] = {}
        self.padded = [0.0, 0.0, 0.0, *scores, 0.0, 0.0, 0.0]
        self.groups = self._groups()
        self.beside = [
            [
                row[0],
                row[_LINK_SHARE],
                row[_ENDS_FULL],
                self.paths[block.frame].up,
                block.frame.tag in HEADINGS,
            ]
            for row, block in zip(first, blocks, strict=True)
        ]
        """What a block says of itself to its neighbours."""

    def _contrasts(self) -> list[float]:
        """Return the share of the text that stands in elements of each of `CONTRASTS`."""
        by_flags: dict[int, float] = {}
        for block, mass in zip(self.blocks, self.mass, strict=True):
            flags = block.frame.inherited
            by_flags[flags] = by_flags.get(flags, 0.0) + mass
        return [
            sum(mass for flags, mass in by_flags.items() if flags & bit) / self.total
            for bit in _CONTRAST_BITS
        ]

    def contrast_row(self, flags: int) -> Row:
        row = self.contrast_rows.get(flags)
        if row is None:
            pairs = zip(_CONTRAST_BITS, self.contrasts, strict=True)
            row = self.contrast_rows[flags] = [share if flags & bit else -1.0 for bit, share in pairs]
        return row

    def _groups(self) -> list[tuple[_Group, ...]]:
        """Return for each block those that stand, are made and lie as it does."""
        groups: dict[object, _Group] = {}
        found: list[tuple[_Group, ...]] = []
        for block, wide, mass, size in zip(self.blocks, self.wides, self.mass, self.sizes, strict=True):
            frame = block.frame
            own: list[_Group] = []
            for key in (wide, (frame.tag, frame.names), (self.paths[frame].branch, "branch")):
                group = groups.get(key)
                if group is None:
                    group = groups[key] = _Group()
                group.mass += mass
                group.size += size
                group.blocks += 1
                own.append(group)
            found.append(tuple(own))
        return found

    def group_row(self, position: int) -> Row:
        row: Row = []
        own_mass, own_size = self.mass[position], self.sizes[position]
        for group in self.groups[position]:
            rest = group.size - own_size
            others = (group.mass - own_mass) / rest if rest > 0 else -1.0
            row += group.mass / group.size, others, group.mass / self.total, group.blocks
        return row

    def neighbour_row(self, position: int, other: int) -> Row:
        if not 0 <= other < len(self.blocks):
            return _NO_NEIGHBOUR
        here, there = self.blocks[position].frame, self.blocks[other].frame
        is_same_make = there.tag == here.tag and there.names == here.names
        return [*self.beside[other], is_same_make, there.parent is here.parent]


def second_rows(
    blocks: Sequence[Block], first: Sequence[Row], scores: Sequence[float], min_score: float
) -> list[Row | None]:
    """Return rows in the order of `SECOND_NAMES`; None for blocks that the first model scored below `min_score`."""
    page = _Scored(blocks, first, scores)
    until_sure = _until_sure(scores)
    first_sure, last_sure = (page.sure[0], page.sure[-1]) if page.sure else (99, -99)
    heading: Row = [_FAR, 0, 0, 0]
    before = 0.0
    previous = -_FAR
    rows: list[Row | None] = []
    for position, (block, score) in enumerate(zip(blocks, scores, strict=True)):
        frame = block.frame
        if score >= min_score:
            path = page.paths[frame]
            rows.append([
                *first[position],
                *page.padded[position : position + 3], *page.padded[position + 4 : position + 7], score,
                *page.group_row(position),
                before / page.total, (page.total - before - page.mass[position]) / page.total,
                min(position - previous, _FAR), until_sure[position], position - first_sure, last_sure - position,
                path.up, path.down, page.wides[position] is page.main,
                *_frame_numbers(path.branch or frame), page.total, len(page.sure),
                *heading,
                *page.neighbour_row(position, position - 1), *page.neighbour_row(position, position + 1),
                *page.neighbour_row(position, position + 2),
                *_bits(path.flags),
                *page.contrast_row(frame.inherited),
            ])  # fmt: skip
        else:
            rows.append(None)
        before += page.mass[position]
        if score > _SURE:
            previous = position
        if frame.tag in HEADINGS:
            heading = [0, int(frame.tag[1]), first[position][_SAYS_MORE], score]
        heading[0] = min(heading[0] + 1, _FAR)
    return rows


def _until_sure(scores: Sequence[float]) -> list[int]:
    """Return for each block how far the next sure one is."""
    distances: list[int] = []
    distance = _FAR
    for score in reversed(scores):
        distances.append(distance)
        distance = 1 if score > _SURE else min(distance + 1, _FAR)
    return distances[::-1]


SECOND_NAMES: Final = (
    *FIRST_NAMES,
    "score_3before", "score_2before", "score_before", "score_after", "score_2after", "score_3after", "score",
    *(f"{group}_{name}" for group in ("parent", "make", "branch") for name in ("score", "others_score", "share", "count")),
    "mass_before", "mass_after", "since_sure", "until_sure", "after_first", "before_last", "up", "down", "at_main",
    *(f"branch_{name}" for name in ("chars", "links", "prose", "blocks", "long")),
    "mass", "sure", "heading_age", "heading_level", "heading_more", "heading_score",
    *(
        f"{side}_{name}"
        for side in ("before", "after", "2after")
        for name in ("size", "links", "ends", "up", "heading", "make", "parent")
    ),
    *(f"path_{name}" for name in BITS),
    *(f"contrast_{name}" for name in CONTRASTS),
)  # fmt: skip
FLAGS: Final = frozenset(
    position
    for position, name in enumerate(SECOND_NAMES)
    if name.startswith(("tag_", "near_", "in_", "path_"))
)
"""Features of both models that are 0 or 1."""
