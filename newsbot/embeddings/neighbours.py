"""Exact search for the nearest of many vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from newsbot.embeddings.vectors import VECTOR_SIZE

_GROWTH = 1.5


class Neighbours:
    """Vectors in memory under the ids of their articles: 384 bytes each. Not thread-safe while it changes."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._ids = np.zeros(0, dtype=np.int64)
        self._vectors = np.zeros((0, VECTOR_SIZE), dtype=np.int8)

    def __len__(self) -> int:
        return len(self._places)

    def put(self, found: Iterable[tuple[int, bytes]]) -> None:
        """Add vectors, or replace those under the same ids. A vector of another size is left out."""
        for article_id, vector in found:
            if len(vector) != VECTOR_SIZE:
                continue
            place = self._places.setdefault(article_id, len(self._places))
            if place == len(self._ids):
                self._grow()
            self._ids[place] = article_id
            self._vectors[place] = np.frombuffer(vector, dtype=np.int8)

    def keep(self, ids: Iterable[int]) -> None:
        """Remove the vectors of all other articles."""
        places = sorted(place for article_id in ids if (place := self._places.get(article_id)) is not None)
        self._ids, self._vectors = self._ids[places], self._vectors[places]
        self._places = {article_id: place for place, article_id in enumerate(self._ids.tolist())}

    def nearest(self, vector: bytes, limit: int) -> list[tuple[int, float]]:
        """Return the ids of the nearest vectors and how alike they are (`similarity`), the nearest first."""
        asked = np.frombuffer(vector, dtype=np.int8)
        own = self._vectors[: len(self._places)]
        scores = np.einsum("ij,j->i", own, asked, dtype=np.int32)
        best = _highest(scores, limit)
        lengths = np.linalg.norm(own[best].astype(np.float32), axis=1) * np.linalg.norm(
            asked.astype(np.float32)
        )
        alike = scores[best] / np.maximum(lengths, 1)
        found = zip(self._ids[best].tolist(), alike.tolist(), strict=True)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def _grow(self) -> None:
        size = int(len(self._ids) * _GROWTH) + 1024
        self._ids = np.resize(self._ids, size)
        grown = np.zeros((size, VECTOR_SIZE), dtype=np.int8)
        grown[: len(self._vectors)] = self._vectors
        self._vectors = grown


def _highest(scores: NDArray[np.int32], limit: int) -> Sequence[int]:
    """Return the places of the highest scores. The vectors have nearly the same length, so scores order them."""
    if limit >= len(scores):
        return list(range(len(scores)))
    return list(np.argpartition(-scores, limit)[:limit].tolist())
