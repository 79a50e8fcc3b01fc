"""Labels for pages whose truth names a few chunks only: blocks that other extractors agree about.

trafilatura reads the page in its three modes. A block that is in the text of all three, or of none, gets that label
unless a model that was not trained on the page disagrees. Such labels weigh a fifth of a hand-made truth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import trafilatura
from numpy.typing import NDArray

MODES: tuple[dict[str, Any], ...] = ({}, {"favor_precision": True}, {"favor_recall": True})
PAGE_WEIGHT = 8.0
"""Weight of all added labels of a page together; a page with a hand-made body weighs 40."""
_MIN_SHARE = 0.7
"""Share of the shingles of a block from which a text contains the block."""
_MIN_INSIDE_SCORE = 0.3
"""Score below which the model disagrees with three votes."""
_MAX_OUTSIDE_SCORE = 0.5
"""Score above which the model disagrees with no votes."""
_SHINGLE = 4
"""Number of words in a shingle."""
_TOKEN = re.compile(r"\w+")


def count_votes(html: str, url: str, texts: Sequence[str]) -> NDArray[np.int64]:
    """Return for each block text in how many modes the extracted text contains it. Shape (blocks,)."""
    outputs = [trafilatura.extract(html, url=url, include_comments=False, **mode) or "" for mode in MODES]
    shingles = [_shingles(output) for output in outputs]
    lines = [{line.strip() for line in output.split("\n")} for output in outputs]
    modes = list(zip(shingles, lines, strict=True))
    return np.array([sum(_contains(text, *mode) for mode in modes) for text in texts])


def _contains(text: str, shingles: set[tuple[str, ...]], lines: set[str]) -> bool:
    own = _shingles(text)
    return len(own & shingles) >= _MIN_SHARE * len(own) if own else text in lines


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _TOKEN.findall(text)
    return {tuple(words[start : start + _SHINGLE]) for start in range(len(words) - _SHINGLE + 1)}


def agreed_labels(
    votes: NDArray[Any],
    scores: NDArray[Any],
    labels: NDArray[Any],
    weights: NDArray[Any],
    block_weights: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the labels and weights of the blocks of a page, with the labels added that votes and scores agree about.

    Blocks with a weight keep their label. All arrays have the shape (blocks,)."""
    unknown = weights == 0
    inside = unknown & (votes == len(MODES)) & (scores >= _MIN_INSIDE_SCORE)
    outside = unknown & (votes == 0) & (scores <= _MAX_OUTSIDE_SCORE)
    added = block_weights * (inside | outside)
    return np.where(inside, 1, labels), weights + added * PAGE_WEIGHT / (added.sum() or 1)
