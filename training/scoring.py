"""How good labels are: strict F1 over names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

Name = tuple[int, int, str]
"""First word, word after the last, type."""


def names(labels: Sequence[str]) -> set[Name]:
    """Return the names in `labels`; a stray I begins one."""
    found, start, kind = set(), 0, ""
    for i, label in enumerate([*labels, "O"]):
        if kind and (label[0] != "I" or label[2:] != kind):
            found.add((start, i, kind))
            kind = ""
        if label != "O" and not kind:
            start, kind = i, label[2:]
    return found


def f1(pairs: Iterable[tuple[set[Name], set[Name]]]) -> dict[str, float]:
    """Return the strict F1 of names found against true ones, sentence by sentence: in all, and by type."""
    hit, said, true = Counter[str](), Counter[str](), Counter[str]()
    for found, wanted in pairs:
        for counter, group in ((hit, found & wanted), (said, found), (true, wanted)):
            counter.update(kind for *_, kind in group)
            counter["all"] += len(group)
    return {kind: 200 * hit[kind] / max(1, said[kind] + true[kind]) for kind in ("all", "PER", "ORG", "LOC")}


def line(scores: dict[str, float]) -> str:
    """Return scores as a line for the log."""
    return "  ".join(f"{kind} {score:.1f}" for kind, score in scores.items())
