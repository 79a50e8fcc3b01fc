"""From the scores of labels to names: the best sequence of labels that makes sense, and the spans it marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from newsbot.entities.words import Word
from newsbot.items import EntityType

Span = tuple[int, int, EntityType]
"""Start, end, type."""

KINDS: tuple[EntityType, ...] = ("PER", "ORG", "LOC")
OUTSIDE = 0
LABELS = ("O", *(f"{place}-{kind}" for kind in KINDS for place in "BI"))
"""What networks call words: odd numbers begin a name, even ones continue one."""
_DANGLING = frozenset(("of", "the", "and", "for", "in"))
_ABBREVIATIONS = frozenset(("Bros", "Co", "Corp", "Inc", "Jr", "Ltd", "Sr"))
_FORBIDDEN = -1e9
_TRANSITIONS = np.array(
    [
        [_FORBIDDEN if b and b % 2 == 0 and a not in (b, b - 1) else 0.0 for b in range(len(LABELS))]
        for a in range(len(LABELS))
    ]
)


def best_labels(scores: NDArray[np.float32]) -> list[int]:
    """Return the best sequence in which a name only goes on where it has begun. `scores`: (word, label)."""
    greedy: list[int] = scores.argmax(-1).tolist()
    if all(
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


def spans(words: Sequence[Word], labels: Sequence[int]) -> Iterator[Span]:
    """Yield the names that valid `labels` mark in `words`."""
    start = None
    for i, label in enumerate([*labels, OUTSIDE]):
        if start is not None and (label == OUTSIDE or label % 2):
            end = _with_full_stop(words, i) if label == OUTSIDE else i
            yield _trimmed(words[start:end], KINDS[(labels[start] - 1) // 2])
            start = None
        if label % 2:
            start = i


def _with_full_stop(words: Sequence[Word], end: int) -> int:
    """Return where a name ends that ends before `end`, or with the full stop there if that is part of it: "Jr."."""
    last, following = words[end - 1], words[end : end + 1]
    if last.text in _ABBREVIATIONS and following and following[0][:2] == (".", last.end):
        return end + 1
    return end


def _trimmed(words: Sequence[Word], kind: EntityType) -> Span:
    """Return the span of a name, without "of" at its end; of a compound such as "Moscow-based" only what is named."""
    while len(words) > 1 and words[-1].text in _DANGLING:
        words = words[:-1]
    name, hyphen, rest = words[-1].text.partition("-")
    if len(words) == 1 and hyphen and name[:1].isupper() and rest.islower():
        return words[0].start, words[0].start + len(name), kind
    return words[0].start, words[-1].end, kind
