"""A word as a few numbers: rows of one table of vectors, whose sum stands for the word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

from newsbot.entities.neural.casing import casing
from newsbot.entities.neural.wordpiece import WordPiece

SLOTS = 12
"""Numbers that a word has: casing, shape, two beginnings, two endings, and the first of its pieces."""
NOTHING = (0,) * SLOTS
"""What fills the place between two sentences."""
CASINGS = 8
BUCKETS = 4096
"""Rows that shapes, beginnings and endings share by their hash."""
FIRST_BUCKET = 1 + CASINGS
FIRST_PIECE = FIRST_BUCKET + BUCKETS

_RUNS = ((re.compile(r"[A-Z]+"), "X"), (re.compile(r"[a-z]+"), "x"), (re.compile(r"\d+"), "9"))


class WordFeatures:
    """Gives words their numbers; remembers the words it has seen."""

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
