"""The features of a word: row numbers of one embedding table, whose vectors are added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

from newsbot.entities.neural.casing import casing
from newsbot.entities.neural.wordpiece import WordPiece

SLOTS = 12
"""Number of features per word: casing, shape, two prefixes, two suffixes, and the first word pieces."""
NOTHING = (0,) * SLOTS
"""The features of padding."""
CASINGS = 8
BUCKETS = 4096
"""Number of rows shared by the hashes of shapes, prefixes and suffixes."""
FIRST_BUCKET = 1 + CASINGS
FIRST_PIECE = FIRST_BUCKET + BUCKETS

_RUNS = ((re.compile(r"[A-Z]+"), "X"), (re.compile(r"[a-z]+"), "x"), (re.compile(r"\d+"), "9"))


class WordFeatures:
    """Computes and caches the features of words."""

    def __init__(self, wordpiece: WordPiece) -> None:
        self._wordpiece = wordpiece
        self.row_count = FIRST_PIECE + wordpiece.size
        self.of = lru_cache(maxsize=100_000)(self._of)

    def _of(self, word: str) -> tuple[int, ...]:
        pieces = self._wordpiece.pieces(word) or (self._wordpiece.unknown,)
        found = [1 + casing(word), *_buckets(word), *(FIRST_PIECE + piece for piece in pieces)]
        return (*found, *NOTHING)[:SLOTS]


def _buckets(word: str) -> Iterator[int]:
    shape = word[:20]
    for run, letter in _RUNS:
        shape = run.sub(letter, shape)
    for feature in (f"={shape}", f"<{word[:2]}", f"<{word[:3]}", f">{word[-2:]}", f">{word[-3:]}"):
        yield FIRST_BUCKET + crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS
