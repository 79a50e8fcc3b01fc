"""Feature vectors for the second model: the scores of the first model, on the block, its neighbours and its groups.

They extend the rows of `block_features`. A block is also described by its place relative to the main container, which
holds most of the text that the first model considers likely.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.body.blocks import FLAG_NAMES, Block
from newsbot.extraction.body.comment_labels import is_comment_label
from newsbot.extraction.body.containers import HEADINGS, larger_container, main_container, tree_paths
from newsbot.extraction.body.features import block_features
from newsbot.extraction.body.features.block_features import CONTAINER_NAMES, bits_of, container_numbers
from newsbot.extraction.body.features.text_features import array_of
from newsbot.extraction.body.word_lists import words

Floats = NDArray[np.float64]

_MIN_SURE_SCORE: Final = 0.6
"""First score above which a block counts as sure."""
_MAX_DISTANCE: Final = 30
"""Upper limit of distances to headings and sure blocks; also their value where there is none."""
_BEYOND: Final = 99
"""Position used for the first sure block if there is none; negative, for the last one."""
_STEPS: Final = (-3, -2, -1, 1, 2, 3)
"""Distances of the neighbours whose scores are features."""
_NEIGHBOURS: Final = {"before": -1, "after": 1, "2after": 2}
"""Name -> distance of the neighbours with more features."""
_CONTRASTS: Final = words(
    "concealed comments aside related popup side hidden form footer promo live list wall bio caption"
)
"""Kinds of containers that rarely hold the body. If much of the likely text is in one, this page is an exception."""
CONTRAST_COLUMNS: Final = np.array([FLAG_NAMES.index(name) for name in _CONTRASTS])
_LINK_SHARE, _ENDS_FULL, _OPENS_POINTER = (
    block_features.NAMES.index(name) for name in ("link_share", "ends_full", "opens_pointer")
)

_GROUP_NAMES: Final = words("score others_score share count")
_PAGE_NAMES: Final = words("mass_before mass_after since_sure until_sure after_first before_last mass sure")
_HEADING_NAMES: Final = words("heading_age heading_level heading_pointer heading_score since_label")
_NEIGHBOUR_NAMES: Final = words("size links ends up heading signature parent")
NAMES: Final = (
    *block_features.NAMES,
    "score",
    *(f"score_{step:+}" for step in _STEPS),
    *(f"{group}_{name}" for group in ("element", "signature", "branch") for name in _GROUP_NAMES),
    *_PAGE_NAMES,
    *_HEADING_NAMES,
    *(f"{neighbour}_{name}" for neighbour in _NEIGHBOURS for name in _NEIGHBOUR_NAMES),
    *words("up down at_main"),
    *(f"branch_{name}" for name in CONTAINER_NAMES),
    *(f"path_{name}" for name in FLAG_NAMES),
    *(f"contrast_{name}" for name in _CONTRASTS),
)
"""Names of the columns of `neighbour_rows`. "mass" is score times size; a branch is the part of the tree below an
ancestor of the main container that the block is in."""


def neighbour_rows(
    blocks: Sequence[Block], rows: NDArray[np.float32], scores: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the feature vectors for the second model. Shape (blocks, `NAMES`).

    `rows` come from `block_features.block_rows`, `scores` from the first model. Shapes (blocks, ...) and (blocks,)."""
    sizes = rows[:, 0].astype(np.float64)
    mass = scores * sizes
    total = _sum(mass) or 1.0
    main = main_container(blocks, scores.tolist())
    paths = tree_paths(main, blocks)
    ups, downs, flags, branches = zip(*(paths[block.container] for block in blocks), strict=True)
    elements = [larger_container(block.container, 1) for block in blocks]
    signatures = _numbered((block.container.tag, block.container.names) for block in blocks)
    up = np.array(ups)
    at_main = [element is main for element in elements]
    outermost = [branch or block.container for block, branch in zip(blocks, branches, strict=True)]
    groups = (_numbered(elements), signatures, _numbered(branches))
    columns = (
        rows,
        _scores_around(scores),
        *(_group_rows(numbers, mass, sizes, total) for numbers in groups),
        _page_rows(scores, mass, total),
        _heading_rows(blocks, rows, scores),
        _adjacent_rows(blocks, rows, signatures, up),
        np.stack([up, downs, at_main], axis=1),
        array_of(map(container_numbers, outermost), len(CONTAINER_NAMES)),
        bits_of(flags, len(FLAG_NAMES)),
        _contrasts(blocks, mass, total),
    )
    return np.hstack([np.asarray(column, dtype=np.float32) for column in columns])


def _numbered(keys: Iterable[object]) -> NDArray[np.int64]:
    """Return a number for each key, counted from 0; equal keys have equal numbers."""
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys])


def _sum(values: Floats) -> float:
    """Return the sum of some numbers, added one after the other: the same on every processor."""
    return float(np.cumsum(values)[-1])


def _shifted(values: NDArray[Any], step: int) -> NDArray[Any]:
    """Return for each block the values of the block `step` further on; 0 where there is none. Same shape."""
    moved = np.zeros_like(values)
    if step < 0:
        moved[-step:] = values[:step]
    else:
        moved[:-step] = values[step:]
    return moved


def _scores_around(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the scores of each block and of its neighbours. Shape (blocks, 1 + `_STEPS`)."""
    return np.stack([scores, *(_shifted(scores, step) for step in _STEPS)], axis=1)


def _group_rows(numbers: NDArray[np.int64], mass: Floats, sizes: Floats, total: float) -> Floats:
    """Return for each block: the mean score of its group, the same without the block, the group's share of the mass of
    the page, and its number of blocks. Shape (blocks, `_GROUP_NAMES`).

    `numbers` are the groups of the blocks, `total` is the mass of the page. Means are weighted by size; the second is -1 for a block alone."""
    group_mass, group_size = np.bincount(numbers, mass)[numbers], np.bincount(numbers, sizes)[numbers]
    rest = group_size - sizes
    others = np.where(rest > 0, (group_mass - mass) / np.maximum(rest, 1), -1)
    counts = np.bincount(numbers)[numbers]
    return np.stack([group_mass / group_size, others, group_mass / total, counts], axis=1)


def _page_rows(scores: NDArray[np.float32], mass: Floats, total: float) -> Floats:
    """Return the mass before and after each block, and the distances to the nearest, first and last sure blocks.

    Shape (blocks, `_PAGE_NAMES`)."""
    before = np.cumsum(mass) - mass
    positions = np.arange(len(scores))
    sure = np.flatnonzero(scores > _MIN_SURE_SCORE)
    ends = np.r_[-_MAX_DISTANCE, sure, len(scores) + _MAX_DISTANCE]
    since = positions - ends[np.searchsorted(sure, positions)]
    until = ends[np.searchsorted(sure, positions, side="right") + 1] - positions
    first, last = (sure[0], sure[-1]) if len(sure) else (_BEYOND, -_BEYOND)
    columns = [
        before / total,
        (total - before - mass) / total,
        np.minimum(since, _MAX_DISTANCE),
        np.minimum(until, _MAX_DISTANCE),
        positions - first,
        last - positions,
        np.full(len(scores), total),
        np.full(len(scores), len(sure)),
    ]
    return np.stack(columns, axis=1)


def _heading_rows(blocks: Sequence[Block], rows: NDArray[np.float32], scores: NDArray[np.float32]) -> Floats:
    """Return the distance to the last heading before each block, its level, whether it begins a reference to another
    page, and its score; and the distance to the last label of comments. Shape (blocks, `_HEADING_NAMES`)."""
    found = np.zeros((len(blocks), len(_HEADING_NAMES)))
    found[:, 0] = _MAX_DISTANCE
    tags = [block.container.tag for block in blocks]
    levels = np.array([int(tag[1]) if tag in HEADINGS else 0 for tag in tags])
    positions = np.arange(len(blocks))
    is_label = [is_comment_label(block.text) for block in blocks]
    found[:, -1] = np.minimum(
        positions - np.maximum.accumulate(np.where(is_label, positions, -_MAX_DISTANCE)), _MAX_DISTANCE
    )
    last = np.maximum.accumulate(np.where(levels > 0, positions, -1))[:-1]
    has_heading = last >= 0
    last = last[has_heading]
    distances = np.minimum(positions[1:][has_heading] - last, _MAX_DISTANCE)
    found[1:, :-1][has_heading] = np.stack(
        [distances, levels[last], rows[last, _OPENS_POINTER], scores[last]], axis=1
    )
    return found


def _adjacent_rows(
    blocks: Sequence[Block], rows: NDArray[np.float32], signatures: NDArray[np.int64], up: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return features of the neighbours of each block, and whether they have the same signature and parent.

    Shape (blocks, `_NEIGHBOURS` times `_NEIGHBOUR_NAMES`)."""
    headings = [block.container.tag in HEADINGS for block in blocks]
    parents = _numbered(block.container.parent for block in blocks)
    own = np.stack([rows[:, 0], rows[:, _LINK_SHARE], rows[:, _ENDS_FULL], up, headings], axis=1)
    columns: list[NDArray[np.float32]] = []
    for step in _NEIGHBOURS.values():
        same = [_shifted(numbers + 1, step) == numbers + 1 for numbers in (signatures, parents)]
        columns += [_shifted(own, step), np.stack(same, axis=1)]
    return np.hstack(columns)


def _contrasts(blocks: Sequence[Block], mass: Floats, total: float) -> NDArray[np.float32]:
    """Return the share of the mass of the page in each kind of container that a block is in; -1 where it is in none.

    Shape (blocks, `_CONTRASTS`)."""
    inherited = [block.container.inherited for block in blocks]
    inside = bits_of(inherited, len(FLAG_NAMES))[:, CONTRAST_COLUMNS]
    shares = np.cumsum(mass[:, None] * inside, axis=0)[-1] / total
    contrasts: NDArray[np.float32] = np.where(inside > 0, shares, -1)
    return contrasts
