"""Names that begin like what somebody is typing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from newsbot.entities.naming.folding import fold


class Candidate(NamedTuple):
    """A value that a field accepts."""

    value: str
    label: str
    """What people know it by: of a source its name."""
    article_count: int


class Completions:
    """Candidates in the order in which they are offered, found by the beginning of any of their words."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._folded = [(_folded(candidate), candidate) for candidate in candidates]

    def find(self, beginning: str, limit: int) -> Sequence[Candidate]:
        """Return the first candidates in which `beginning` begins a word, whatever its case and accents."""
        wanted = " " + " ".join(fold(beginning).replace("-", " ").split())
        return list(islice((candidate for folded, candidate in self._folded if wanted in folded), limit))


def _folded(candidate: Candidate) -> str:
    """Return value and label for comparison, with a space before every word."""
    return " ".join(["", *fold(f"{candidate.value} {candidate.label}").replace("-", " ").split()])
