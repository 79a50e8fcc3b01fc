"""Strict F1 over the names that labels mark: a name counts only with both borders and its type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

Name = tuple[int, int, str]
"""Position of the first word, position after the last word, and type."""


def names(labels: Sequence[str]) -> set[Name]:
    """Return the names that BIO labels mark. An I label without a name before it begins one."""
    found: set[Name] = set()
    start, kind = 0, ""
    for i, label in enumerate([*labels, "O"]):
        if kind and (label[0] != "I" or label[2:] != kind):
            found.add((start, i, kind))
            kind = ""
        if label != "O" and not kind:
            start, kind = i, label[2:]
    return found


def f1(pairs: Iterable[tuple[set[Name], set[Name]]]) -> dict[str, float]:
    """Return the strict F1 in percent, over all names ("all") and by type.

    `pairs` are the found and the true names of each sentence."""
    hit, predicted, true = Counter[str](), Counter[str](), Counter[str]()
    for found, wanted in pairs:
        for counter, group in ((hit, found & wanted), (predicted, found), (true, wanted)):
            counter.update(kind for *_, kind in group)
            counter["all"] += len(group)
    return {
        kind: 200 * hit[kind] / max(1, predicted[kind] + true[kind]) for kind in ("all", "PER", "ORG", "LOC")
    }


def line(scores: dict[str, float]) -> str:
    """Return scores as one line for the log."""
    return "  ".join(f"{kind} {score:.1f}" for kind, score in scores.items())
