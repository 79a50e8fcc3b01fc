"""Which stored texts a new one belongs to: found through an index, never by comparing with all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from newsbot.dedupe.sketches import Relation, Sketch, relation

MAX_PER_KEY = 64
"""Stored texts looked at for one key. Phrases that every page of a site has fill their keys, and are cut here."""
MAX_CANDIDATES = 48
"""Texts compared with a new one: those that share most keys with it."""


class SketchCandidate(NamedTuple):
    """A stored text that shares a key with a new one."""

    id: int
    content: bytes


class NearDuplicateStore(Protocol):
    """Stored sketches, to be found by their keys."""

    def candidates(self, keys: Sequence[int | None]) -> Iterable[SketchCandidate]:
        """Return the texts that share a key at the same place: at most `MAX_PER_KEY` a key, the newest, of them
        the `MAX_CANDIDATES` that share most."""


def relatives(sketch: Sketch, index: NearDuplicateStore) -> list[tuple[SketchCandidate, Relation]]:
    """Return the stored near duplicates and excerpts of a text, and the texts that it is an excerpt of."""
    found = ((each, relation(sketch.content, each.content)) for each in index.candidates(sketch.keys))
    return [(candidate, related) for candidate, related in found if related is not None]
