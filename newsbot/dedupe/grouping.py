"""Find the stored near duplicates of a text through an index, without comparing it with every stored text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, Protocol

from newsbot.dedupe.sketches import Relation, Sketch, relation

MAX_PER_KEY = 64
"""Maximum number of stored texts examined per key. Phrases that all pages of a site contain would match far more."""
MAX_CANDIDATES = 48
"""Maximum number of texts compared with a new one: those that share most keys with it."""


_relation = lru_cache(1024)(relation)
"""A transaction compares the same texts before and after it has locked their stories."""


class SketchCandidate(NamedTuple):
    """A stored text that shares a key with a new one."""

    id: int
    content: bytes
    """The `content` of its sketch."""


class NearDuplicateStore(Protocol):
    """Stored sketches that can be looked up by their keys."""

    def candidates(self, keys: tuple[int | None, ...]) -> Iterable[SketchCandidate]:
        """Return the texts that share a key at the same position.

        At most the newest `MAX_PER_KEY` per key, and of these the `MAX_CANDIDATES` that share most keys."""


def relatives(sketch: Sketch, store: NearDuplicateStore) -> list[tuple[SketchCandidate, Relation]]:
    """Return the stored near duplicates and excerpts of a text, and the stored texts that it is an excerpt of."""
    found = ((stored, _relation(sketch.content, stored.content)) for stored in store.candidates(sketch.keys))
    return [(candidate, related) for candidate, related in found if related is not None]
