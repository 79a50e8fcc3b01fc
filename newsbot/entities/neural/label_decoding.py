"""Decode label scores into names: the best valid sequence of BIO labels, and the names that it marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, takewhile

import numpy as np
from numpy.typing import NDArray

from newsbot.entities import tables
from newsbot.entities.names import NameSpan, end_of_name, known_name, names_in
from newsbot.entities.tokens import Token
from newsbot.items import EntityType

KINDS: tuple[EntityType, ...] = ("PER", "ORG", "LOC")
OUTSIDE = 0
LABELS = ("O", *(f"{place}-{kind}" for kind in KINDS for place in "BI"))
"""BIO labels of the networks: odd indexes begin a name, even ones continue it."""
_FORBIDDEN = -1e9
_TRANSITIONS = np.array(
    [
        [_FORBIDDEN if b and b % 2 == 0 and a not in (b, b - 1) else 0.0 for b in range(len(LABELS))]
        for a in range(len(LABELS))
    ]
)


def doubtful(scores: NDArray[np.float32], probability: float) -> list[int]:
    """Return the words whose best label has less than this probability, with the names that they touch, in order."""
    best = scores.max(-1, keepdims=True)
    doubts = np.flatnonzero(np.exp(scores - best).sum(-1) * probability > 1).tolist()
    if not doubts:
        return []
    named = (scores.argmax(-1) != OUTSIDE).tolist()
    found = set(doubts)
    for doubt in doubts:
        found.update(takewhile(named.__getitem__, range(doubt - 1, -1, -1)))
        found.update(takewhile(named.__getitem__, range(doubt + 1, len(named))))
    return sorted(found)


def surroundings(scores: NDArray[np.float32], words: Sequence[int], around: int) -> slice:
    """Return the slice from the first to the last of `words` and `around` words on either side, and further to cut no name."""
    named = scores.argmax(-1) != OUTSIDE
    start, end = max(0, words[0] - around), min(len(scores), words[-1] + around + 1)
    while start > 0 and named[start - 1]:
        start -= 1
    while end < len(scores) and named[end]:
        end += 1
    return slice(start, end)


def best_labels(scores: NDArray[np.float32]) -> list[int]:
    """Return the best valid label sequence: a name continues only after its beginning. `scores`: shape (words, labels)."""
    greedy: list[int] = scores.argmax(-1).tolist()
    if not any(greedy) or all(
        b == OUTSIDE or b % 2 or a in (b, b - 1) for a, b in zip([OUTSIDE, *greedy], greedy, strict=False)
    ):
        return greedy
    return _viterbi(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))


def _viterbi(scores: NDArray[np.float32]) -> list[int]:
    total = scores[0] + _TRANSITIONS[OUTSIDE]
    came_from = []
    for row in scores[1:]:
        paths = total[:, None] + _TRANSITIONS
        came_from.append(paths.argmax(0))
        total = paths.max(0) + row
    labels = [int(total.argmax())]
    for step in reversed(came_from):
        labels.append(int(step[labels[-1]]))
    return labels[::-1]


def spans(words: Sequence[Token], labels: Sequence[int]) -> list[NameSpan]:
    """Return the names that a valid label sequence marks in `words`, and known ones that it misses, in order."""
    found = list(_labelled(words, labels)) if any(labels) else []
    acronyms = tables.acronyms()
    missed = [
        word
        for word, label in zip(words, labels, strict=True)
        if label == OUTSIDE and ("-" in word.text or word.text in acronyms)
    ]
    if missed and sum(word.text.isupper() for word in words) * 2 <= len(words):
        found.extend(chain.from_iterable(map(known_name, missed)))
        found.sort()
    return found


def _labelled(words: Sequence[Token], labels: Sequence[int]) -> Iterator[NameSpan]:
    start = None
    for i, label in enumerate([*labels, OUTSIDE]):
        if start is not None and (label == OUTSIDE or label % 2):
            end = end_of_name(words, i) if label == OUTSIDE else i
            yield from names_in(words[start:end], KINDS[(labels[start] - 1) // 2])
            start = None
        if label % 2:
            start = i
