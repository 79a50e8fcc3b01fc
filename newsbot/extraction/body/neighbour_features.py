"""What the first model's scores tell about each block of a page: the input of the second model.

It sees a block as the first did, among its neighbours and its like, and from where the first believes the body to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.body import block_features
from newsbot.extraction.body.block_features import BITS, FRAME_NAMES, bits_of, frame_numbers
from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.containers import HEADINGS, main_frame, paths_from, wider
from newsbot.extraction.body.text_features import array_of

Floats = NDArray[np.float64]
_SURE: Final = 0.6
_FAR: Final = 30
_NOWHERE: Final = 99
_REACH: Final = (-3, -2, -1, 1, 2, 3)
_BESIDE: Final = {"before": -1, "after": 1, "2after": 2}
_CONTRASTS: Final = (
    "concealed", "comments", "aside", "related", "popup", "side", "hidden", "form", "footer", "promo", "live", "list",
    "wall", "bio", "caption",
)  # fmt: skip
_CONTRAST_COLUMNS: Final = np.array([BITS.index(name) for name in _CONTRASTS])
_LINK_SHARE, _ENDS_FULL, _SAYS_MORE = (
    block_features.NAMES.index(name) for name in ("link_share", "ends_full", "says_more")
)

NAMES: Final = (
    *block_features.NAMES,
    "score", *(f"score_{step:+}" for step in _REACH),
    *(f"{group}_{name}" for group in ("element", "make", "branch") for name in ("score", "others_score", "share", "count")),
    "mass_before", "mass_after", "since_sure", "until_sure", "after_first", "before_last", "mass", "sure",
    "heading_age", "heading_level", "heading_more", "heading_score",
    *(
        f"{side}_{name}"
        for side in _BESIDE
        for name in ("size", "links", "ends", "up", "heading", "make", "parent")
    ),
    "up", "down", "at_main", *(f"branch_{name}" for name in FRAME_NAMES),
    *(f"path_{name}" for name in BITS),
    *(f"contrast_{name}" for name in _CONTRASTS),
)  # fmt: skip
"""What the columns of `in_context` hold."""


def in_context(
    blocks: Sequence[Block], rows: NDArray[np.float32], scores: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return a row a block, in the order of `NAMES`; `rows` are those of `features.describe`."""
    sizes = rows[:, 0].astype(np.float64)
    mass = scores * sizes
    main = main_frame(blocks, scores.tolist())
    paths = paths_from(main, blocks)
    ups, downs, flags, branches = zip(*(paths[block.frame] for block in blocks), strict=True)
    elements = [wider(block.frame, 1) for block in blocks]
    makes = _numbered((block.frame.tag, block.frame.names) for block in blocks)
    up = np.array(ups)
    at_main = [element is main for element in elements]
    outermost = [branch or block.frame for block, branch in zip(blocks, branches, strict=True)]
    columns = (
        rows,
        _scores_around(scores),
        *(_in_group(numbers, mass, sizes) for numbers in (_numbered(elements), makes, _numbered(branches))),
        _along_the_page(scores, mass),
        _under_heading(blocks, rows, scores),
        _beside(blocks, rows, makes, up),
        np.stack([up, downs, at_main], axis=1),
        array_of(map(frame_numbers, outermost), len(FRAME_NAMES)),
        bits_of(flags, len(BITS)),
        _contrasts(blocks, mass),
    )
    return np.hstack([np.asarray(column, dtype=np.float32) for column in columns])


def _numbered(keys: Iterable[object]) -> NDArray[np.int64]:
    """Return a number for each key, the same for the same ones."""
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys])


def _shifted(values: NDArray[Any], step: int) -> NDArray[Any]:
    """Return for each block the values of the one so many further on; 0 where there is none."""
    moved = np.zeros_like(values)
    if step < 0:
        moved[-step:] = values[:step]
    else:
        moved[:-step] = values[step:]
    return moved


def _scores_around(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack([scores, *(_shifted(scores, step) for step in _REACH)], axis=1)


def _in_group(numbers: NDArray[np.int64], mass: Floats, sizes: Floats) -> Floats:
    """Return what the blocks that a block has something in common with say: all of them, and the others alone."""
    group_mass, group_size = np.bincount(numbers, mass)[numbers], np.bincount(numbers, sizes)[numbers]
    rest = group_size - sizes
    others = np.where(rest > 0, (group_mass - mass) / np.maximum(rest, 1), -1)
    counts = np.bincount(numbers)[numbers]
    return np.stack([group_mass / group_size, others, group_mass / (mass.sum() or 1), counts], axis=1)


def _along_the_page(scores: NDArray[np.float32], mass: Floats) -> Floats:
    """Return how much of the likely text is before and after each block, and how far the sure blocks are."""
    total = mass.sum() or 1.0
    before = np.cumsum(mass) - mass
    positions = np.arange(len(scores))
    sure = np.flatnonzero(scores > _SURE)
    ends = np.r_[-_FAR, sure, len(scores) + _FAR]
    since = positions - ends[np.searchsorted(sure, positions)]
    until = ends[np.searchsorted(sure, positions, side="right") + 1] - positions
    first, last = (sure[0], sure[-1]) if len(sure) else (_NOWHERE, -_NOWHERE)
    return np.stack(
        [
            before / total, (total - before - mass) / total, np.minimum(since, _FAR), np.minimum(until, _FAR),
            positions - first, last - positions, np.full(len(scores), total), np.full(len(scores), len(sure)),
        ],
        axis=1,
    )  # fmt: skip


def _under_heading(blocks: Sequence[Block], rows: NDArray[np.float32], scores: NDArray[np.float32]) -> Floats:
    """Return how far back the last heading is, its level, whether it points elsewhere, and its score."""
    found = np.zeros((len(blocks), 4))
    found[:, 0] = _FAR
    levels = np.array([int(block.frame.tag[1]) if block.frame.tag in HEADINGS else 0 for block in blocks])
    positions = np.arange(len(blocks))
    last = np.maximum.accumulate(np.where(levels > 0, positions, -1))[:-1]
    under = last >= 0
    last = last[under]
    found[1:][under] = np.stack(
        [
            np.minimum(positions[1:][under] - last, _FAR),
            levels[last],
            rows[last, _SAYS_MORE],
            scores[last],
        ],
        axis=1,
    )
    return found


def _beside(
    blocks: Sequence[Block], rows: NDArray[np.float32], makes: NDArray[np.int64], up: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return what the neighbours are like: in what they are the same as the block, too."""
    headings = [block.frame.tag in HEADINGS for block in blocks]
    parents = _numbered(block.frame.parent for block in blocks)
    own = np.stack([rows[:, 0], rows[:, _LINK_SHARE], rows[:, _ENDS_FULL], up, headings], axis=1)
    columns: list[NDArray[np.float32]] = []
    for step in _BESIDE.values():
        same = [_shifted(numbers + 1, step) == numbers + 1 for numbers in (makes, parents)]
        columns += [_shifted(own, step), np.stack(same, axis=1)]
    return np.hstack(columns)


def _contrasts(blocks: Sequence[Block], mass: Floats) -> NDArray[np.float32]:
    """Return for each kind of element that a block is in how much of the likely text is in such; -1 where it is not."""
    inside = bits_of([block.frame.inherited for block in blocks], len(BITS))[:, _CONTRAST_COLUMNS]
    shares = mass @ inside / (mass.sum() or 1)
    contrasts: NDArray[np.float32] = np.where(inside > 0, shares, -1)
    return contrasts
