"""The features of a word: row numbers of one embedding table, whose vectors are added."""

from __future__ import annotations

import re
from zlib import crc32

from newsbot.entities.neural.casing import LOWER, TITLE, casing
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
    """Computes the features of words."""

    def __init__(self, wordpiece: WordPiece) -> None:
        self._wordpiece = wordpiece
        self.row_count = FIRST_PIECE + wordpiece.size

    def of(self, word: str) -> tuple[int, ...]:
        """Return the features of a word, `SLOTS` row numbers."""
        style = casing(word)
        pieces = self._wordpiece.pieces(word) or (self._wordpiece.unknown,)
        found = [1 + style, *_buckets(word, style), *[FIRST_PIECE + piece for piece in pieces]]
        return (*found, *NOTHING)[:SLOTS]


def _buckets(word: str, style: int) -> list[int]:
    features = (f"={_shape(word, style)}", f"<{word[:2]}", f"<{word[:3]}", f">{word[-2:]}", f">{word[-3:]}")
    return [FIRST_BUCKET + crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS for feature in features]


def _shape(word: str, style: int) -> str:
    """Return a word with "X", "x" and "9" in place of runs of capitals, small letters and digits."""
    if style in (LOWER, TITLE) and word.isascii() and word.isalpha() and word[1:].islower():
        return "x" if style == LOWER else "Xx"
    shape = word[:20]
    for run, letter in _RUNS:
        shape = run.sub(letter, shape)
    return shape
