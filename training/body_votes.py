"""Labels for pages whose truth names a few chunks only: blocks that others agree about.

trafilatura reads the page in its three modes. A block in all three, or in none, is labelled so, if a model that has
not seen the page does not object; such labels weigh a fifth of a truth made by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import trafilatura

MODES: tuple[dict[str, bool], ...] = ({}, {"favor_precision": True}, {"favor_recall": True})
PAGE_WEIGHT = 8.0
_SAME = 0.7
_DOUBTED, _BELIEVED = 0.3, 0.5
_SHINGLE = 4
_TOKEN = re.compile(r"\w+")


def count_votes(html: str, url: str, texts: Sequence[str]) -> Any:
    """Return for each block text how many of the modes hold it."""
    outputs = [trafilatura.extract(html, url=url, include_comments=False, **mode) or "" for mode in MODES]
    shingles = [_shingles(output) for output in outputs]
    lines = [{line.strip() for line in output.split("\n")} for output in outputs]
    return np.array([
        sum(_holds(text, *mode) for mode in zip(shingles, lines, strict=True)) for text in texts
    ])  # fmt: skip


def _holds(text: str, shingles: set[tuple[str, ...]], lines: set[str]) -> bool:
    own = _shingles(text)
    return len(own & shingles) >= _SAME * len(own) if own else text in lines


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _TOKEN.findall(text)
    return {tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}


def agreed_labels(votes: Any, scores: Any, labels: Any, weights: Any, block_weights: Any) -> tuple[Any, Any]:
    """Return the labels and weights of a page with those added that votes and scores agree about."""
    unknown = weights == 0
    inside = unknown & (votes == len(MODES)) & (scores >= _DOUBTED)
    outside = unknown & (votes == 0) & (scores <= _BELIEVED)
    added = block_weights * (inside | outside)
    return np.where(inside, 1, labels), weights + added * PAGE_WEIGHT / (added.sum() or 1)
