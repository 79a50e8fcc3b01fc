"""Exact search for the nearest of many vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from newsbot.embeddings.vectors import VECTOR_SIZE

_SPARE_SHARE = 0.2
"""Room that is made for vectors beyond those that are added."""


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
        latest = {article_id: vector for article_id, vector in found if len(vector) == VECTOR_SIZE}
        for article_id in latest.keys() & self._places.keys():
            self._vectors[self._places[article_id]] = np.frombuffer(latest.pop(article_id), dtype=np.int8)
        first, end = len(self._places), len(self._places) + len(latest)
        self._make_room(end)
        self._places.update(zip(latest, range(first, end), strict=True))
        self._ids[first:end] = list(latest)
        added = np.frombuffer(b"".join(latest.values()), dtype=np.int8)
        self._vectors[first:end] = added.reshape(-1, VECTOR_SIZE)

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

    def _make_room(self, count: int) -> None:
        missing = count - len(self._ids)
        if missing > 0:
            missing += int(count * _SPARE_SHARE)
            self._ids = np.concatenate([self._ids, np.zeros(missing, dtype=np.int64)])
            more = np.zeros((missing, VECTOR_SIZE), dtype=np.int8)
            self._vectors = np.concatenate([self._vectors, more])


def _highest(scores: NDArray[np.int32], limit: int) -> Sequence[int]:
    """Return the places of the highest scores. The vectors have nearly the same length, so scores order them."""
    if limit >= len(scores):
        return list(range(len(scores)))
    return list(np.argpartition(-scores, limit)[:limit].tolist())
