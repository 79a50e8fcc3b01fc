"""The vectors of words for the fast network: sums of rows of a table, computed once for each word."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from newsbot.entities.neural.token_features import WordFeatures
from newsbot.entities.neural.wordpiece import WordPiece

REMEMBERED_WORDS = 30_000
"""Number of words in the cache, 6 MB. When it is full it is emptied: the words of the next articles fill it again."""


class WordVectors:
    """Adds up the vectors of the features of words; thread-safe."""

    def __init__(
        self, wordpiece: WordPiece, table: NDArray[np.int8], remembered: int = REMEMBERED_WORDS
    ) -> None:
        self._features = WordFeatures(wordpiece)
        self._table = table
        self._sums = np.empty((remembered, table.shape[1]), np.int16)
        self._numbers: dict[str, int] = {}
        self._lock = Lock()

    def of(self, words: Sequence[str]) -> NDArray[np.int16]:
        """Return the sums of words, shape (words, width)."""
        with self._lock:
            distinct = dict.fromkeys(words)
            unseen = [word for word in distinct if word not in self._numbers]
            if len(distinct) > len(self._sums):
                return self._summed(words)
            if len(self._numbers) + len(unseen) > len(self._sums):
                self._numbers.clear()
                unseen = list(distinct)
            if unseen:
                start = len(self._numbers)
                self._sums[start : start + len(unseen)] = self._summed(unseen)
                self._numbers.update(zip(unseen, range(start, start + len(unseen)), strict=True))
            return self._sums[[self._numbers[word] for word in words]]

    def _summed(self, words: Sequence[str]) -> NDArray[np.int16]:
        rows = np.array([self._features.of(word) for word in words], np.int32)
        sums: NDArray[np.int16] = np.add.reduce(self._table[rows.T], axis=0, dtype=np.int16)
        return sums
