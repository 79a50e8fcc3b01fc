"""Truth for the blocks of a page: which of them are in the body that a person made out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_TOKEN = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_SHINGLE = 4
_OPTIONAL = 0.35  # weight of what one accepted body has and another has not
_DOUBTFUL = 0.3

Label = tuple[int, float]
"""In the body or not, and how much that is worth in training."""


def label_blocks(truth: dict[str, Any], texts: Sequence[str]) -> list[Label]:
    """Return a label for each block text; `truth` holds articleBody and alternatives, or with and without chunks."""
    return _by_chunks(truth, texts) if "with" in truth else _by_body(truth, texts)


def _by_chunks(truth: dict[str, Any], texts: Sequence[str]) -> list[Label]:
    lines = [_SPACE.sub(" ", text) for text in texts]
    labels: list[Label] = [(0, 0.0)] * len(texts)
    for chunk in truth["without"]:
        for at in _holding(chunk, lines):
            labels[at] = (0, 1.0)
    for chunk in truth["with"]:
        places = _holding(chunk, lines)
        for at in places:
            labels[at] = (1, 1.0) if len(places) == 1 else (0, 0.0)
    return labels


def _holding(chunk: str, lines: Sequence[str]) -> list[int]:
    chunk = _SPACE.sub(" ", chunk).strip()
    return [at for at, line in enumerate(lines) if chunk in line]


def _shingles(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[at : at + _SHINGLE]) for at in range(len(tokens) - _SHINGLE + 1)]


def _by_body(truth: dict[str, Any], texts: Sequence[str]) -> list[Label]:
    body = _TOKEN.findall(truth["articleBody"])
    places: dict[tuple[str, ...], int] = {}
    for at, shingle in enumerate(_shingles(body)):
        places.setdefault(shingle, at)
    others = [set(_shingles(_TOKEN.findall(text))) for text in truth.get("alternatives", ())]
    tokens = [_TOKEN.findall(text) for text in texts]
    labels: list[Label] = [(0, 1.0) if words else (0, 0.0) for words in tokens]
    starts: dict[int, int] = {}
    for at, words in enumerate(tokens):
        shingles = _shingles(words)
        hits = [places[shingle] for shingle in shingles if shingle in places]
        share = len(hits) / len(shingles) if shingles else 0.0
        if share >= 0.5:
            optional = any(sum(s in other for s in shingles) < 0.3 * len(shingles) for other in others)
            labels[at] = (1, _OPTIONAL if optional else min(1.0, share))
            starts[at] = min(hits)
        elif share > 0.15:
            labels[at] = (0, _DOUBTFUL)
    _drop_repeats(tokens, labels, starts)
    _label_short(body, tokens, labels, starts, optional=bool(others))
    return labels


def _drop_repeats(tokens: Sequence[list[str]], labels: list[Label], starts: dict[int, int]) -> None:
    """Of blocks that say the same, keep the one that stands where the truth has it."""
    same: dict[tuple[str, ...], list[int]] = {}
    for at in starts:
        same.setdefault(tuple(tokens[at]), []).append(at)
    single = [ats[0] for ats in same.values() if len(ats) == 1]

    def misplaced(at: int) -> float:
        return min(
            (
                abs(o - at) + abs(starts[o] - starts[at]) / 20 + 10 * ((o < at) != (starts[o] < starts[at]))
                for o in single
            ),
            default=0.0,
        )

    for ats in same.values():
        for at in sorted(ats, key=misplaced)[1:]:
            labels[at] = (0, _DOUBTFUL)
            del starts[at]


def _label_short(
    body: Sequence[str],
    tokens: Sequence[list[str]],
    labels: list[Label],
    starts: dict[int, int],
    *,
    optional: bool,
) -> None:
    """Label blocks of under four words: in the body if it has them between what stands before and after."""
    ends: list[int] = [len(body)] * len(tokens)
    following = len(body)
    for at in range(len(tokens) - 1, -1, -1):
        ends[at] = following
        following = starts.get(at, following)
    done = 0
    for at, words in enumerate(tokens):
        if at in starts:
            done = starts[at] + len(words)
        elif 0 < len(words) < _SHINGLE:
            last = ends[at] if done <= ends[at] <= done + 400 else min(len(body), done + 60)
            for place in range(max(0, done - 1), last):
                if body[place : place + len(words)] == words:
                    labels[at] = (1, _OPTIONAL if optional else 1.0)
                    done = place + len(words)
                    break
