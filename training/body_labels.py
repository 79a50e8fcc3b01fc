"""Label the blocks of a page by whether a hand-made truth has them in the body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_SHINGLE = 4
"""Number of words in a shingle; blocks with fewer are labelled by their neighbours."""
_MIN_BODY_SHARE = 0.5
"""Share of a block's shingles that occur in the body from which the block is in the body."""
_MIN_DOUBTFUL_SHARE = 0.15
_DOUBTFUL_WEIGHT = 0.3
"""Weight of blocks whose share is between the two, and of repeated blocks."""
_MIN_ACCEPTED_SHARE = 0.3
_OPTIONAL_WEIGHT = 0.35
"""Weight of blocks that are in the body but have less than that share in one of its accepted alternatives."""
_TOKENS_PER_BLOCK = 20
"""Number of words in the body that count as much as one block on the page when a repeated block is placed."""
_WRONG_SIDE_BLOCKS = 10
"""Number of blocks that count as much as being on the wrong side of another block."""
_MAX_GAP = 400
"""Number of words between two labelled blocks up to which short blocks are searched in the whole gap."""
_SEARCHED_WORDS = 60
"""Number of words that are searched for a short block if the gap is larger."""

Label = tuple[int, float]
"""1 if the block is in the body, else 0; and its weight in training, 0 if the label is unknown."""
Shingle = tuple[str, ...]


def label_blocks(truth: dict[str, Any], texts: Sequence[str]) -> list[Label]:
    """Return a label for each block text of a page.

    `truth` has the body in `articleBody`, and accepted variants in `alternatives`; or it has parts of the page in
    `with` and `without` that are and are not in the body."""
    return _labels_by_chunks(truth, texts) if "with" in truth else _labels_by_body(truth, texts)


def _labels_by_chunks(truth: dict[str, Any], texts: Sequence[str]) -> list[Label]:
    lines = [_SPACE.sub(" ", text) for text in texts]
    labels: list[Label] = [(0, 0.0)] * len(texts)
    for chunk in truth["without"]:
        for position in _positions_of(chunk, lines):
            labels[position] = (0, 1.0)
    for chunk in truth["with"]:
        positions = _positions_of(chunk, lines)
        for position in positions:
            labels[position] = (1, 1.0) if len(positions) == 1 else (0, 0.0)
    return labels


def _positions_of(chunk: str, lines: Sequence[str]) -> list[int]:
    """Return the positions of the lines that contain a chunk."""
    chunk = _SPACE.sub(" ", chunk).strip()
    return [position for position, line in enumerate(lines) if chunk in line]


def _shingles(tokens: Sequence[str]) -> list[Shingle]:
    return [tuple(tokens[start : start + _SHINGLE]) for start in range(len(tokens) - _SHINGLE + 1)]


@dataclass(slots=True)
class _Page:
    """The blocks of a page while they are labelled; lists have an entry for each block."""

    body: list[str]
    """Words of the truth."""
    tokens: list[list[str]]
    labels: list[Label]
    starts: dict[int, int]
    """Position of a block in the body -> position of its first shingle in the words of the truth."""
    is_optional: bool
    """Whether the truth has alternatives."""


def _labels_by_body(truth: dict[str, Any], texts: Sequence[str]) -> list[Label]:
    body = _TOKEN.findall(truth["articleBody"])
    tokens = [_TOKEN.findall(text) for text in texts]
    labels: list[Label] = [(0, 1.0) if words else (0, 0.0) for words in tokens]
    others = [set(_shingles(_TOKEN.findall(text))) for text in truth.get("alternatives", ())]
    page = _Page(body, tokens, labels, {}, is_optional=bool(others))
    _label_long(page, others)
    _drop_repeats(page)
    _label_short(page)
    return labels


def _label_long(page: _Page, others: Sequence[set[Shingle]]) -> None:
    """Label the blocks that have shingles by the share of these in the body; `others` are its alternatives."""
    places: dict[Shingle, int] = {}
    for place, shingle in enumerate(_shingles(page.body)):
        places.setdefault(shingle, place)
    for position, words in enumerate(page.tokens):
        shingles = _shingles(words)
        hits = [places[shingle] for shingle in shingles if shingle in places]
        share = len(hits) / len(shingles) if shingles else 0.0
        if share >= _MIN_BODY_SHARE:
            is_optional = any(
                sum(shingle in other for shingle in shingles) < _MIN_ACCEPTED_SHARE * len(shingles)
                for other in others
            )
            page.labels[position] = (1, _OPTIONAL_WEIGHT if is_optional else min(1.0, share))
            page.starts[position] = min(hits)
        elif share > _MIN_DOUBTFUL_SHARE:
            page.labels[position] = (0, _DOUBTFUL_WEIGHT)


def _drop_repeats(page: _Page) -> None:
    """Among blocks with the same words, keep the label of the one that fits the order of the body best."""
    same: dict[Shingle, list[int]] = {}
    for position in page.starts:
        same.setdefault(tuple(page.tokens[position]), []).append(position)
    single = [positions[0] for positions in same.values() if len(positions) == 1]

    def displacement(position: int) -> float:
        return min((_displacement(page.starts, position, other) for other in single), default=0.0)

    for positions in same.values():
        for position in sorted(positions, key=displacement)[1:]:
            page.labels[position] = (0, _DOUBTFUL_WEIGHT)
            del page.starts[position]


def _displacement(starts: dict[int, int], position: int, other: int) -> float:
    """Return how badly the place of a block relative to another one agrees with the body, in blocks."""
    words = abs(starts[other] - starts[position])
    is_on_wrong_side = (other < position) != (starts[other] < starts[position])
    return abs(other - position) + words / _TOKENS_PER_BLOCK + _WRONG_SIDE_BLOCKS * is_on_wrong_side


def _label_short(page: _Page) -> None:
    """Label blocks without a shingle: they are in the body if it has their words between those of their neighbours."""
    ends = _starts_after(page)
    done = 0
    for position, words in enumerate(page.tokens):
        if position in page.starts:
            done = page.starts[position] + len(words)
        elif 0 < len(words) < _SHINGLE:
            for place in _searched_places(done, ends[position], len(page.body)):
                if page.body[place : place + len(words)] == words:
                    page.labels[position] = (1, _OPTIONAL_WEIGHT if page.is_optional else 1.0)
                    done = place + len(words)
                    break


def _starts_after(page: _Page) -> list[int]:
    """Return for each block where in the body the next labelled block begins; the end of the body if there is none."""
    ends = [len(page.body)] * len(page.tokens)
    following = len(page.body)
    for position in range(len(page.tokens) - 1, -1, -1):
        ends[position] = following
        following = page.starts.get(position, following)
    return ends


def _searched_places(done: int, end: int, body_size: int) -> range:
    """Return the places in the body where a short block may begin, between the blocks before and after it."""
    last = end if done <= end <= done + _MAX_GAP else min(body_size, done + _SEARCHED_WORDS)
    return range(max(0, done - 1), last)
