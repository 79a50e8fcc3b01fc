"""The unigram tokenizer of SentencePiece models: the pieces of a word with the highest sum of scores."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from newsbot.text import normalized

SPACE = "\u2581"
"""The sign for the space before a word."""
UNKNOWN_PENALTY = 10.0
"""An unknown character scores this much less than the rarest piece."""
CACHED_WORDS = 50_000
MAX_CACHED_CHARS = 40
"""Words that are longer are not cached; they are runs of a script without spaces."""

Piece = tuple[int, int]
"""The number of a piece, and the offset in the word at which it begins."""


class Unigram:
    """Splits words into pieces; thread-safe.

    `scores` are logarithms of frequencies. `replacements` are the characters that the model writes otherwise (full-width
    letters, ligatures), and what it writes.
    """

    def __init__(
        self, pieces: Sequence[str], scores: Sequence[float], replacements: Mapping[str, str]
    ) -> None:
        self._numbers = dict(zip(pieces, range(len(pieces)), strict=True))
        self._scores = scores
        self._longest = max(map(len, pieces))
        self._replacements = dict(replacements)
        self._unknown_score = min(scores) - UNKNOWN_PENALTY
        self._cached = lru_cache(maxsize=CACHED_WORDS)(self._split)

    def split(self, word: str, after_space: bool) -> tuple[Piece, ...]:
        """Return the pieces of a word; number -1 is an unknown character. A word of invisible characters has none."""
        return (self._cached if len(word) <= MAX_CACHED_CHARS else self._split)(word, after_space)

    def _split(self, word: str, after_space: bool) -> tuple[Piece, ...]:
        written = list(self._written(word))
        if not written:
            return ()
        text = "".join(character for character, _ in written)
        offsets = [offset for _, offset in written]
        if after_space:
            text, offsets = SPACE + text, [0, *offsets]
        return tuple((number, offsets[start]) for number, start in self._best(text))

    def _written(self, word: str) -> Iterator[tuple[str, int]]:
        """Yield the characters that the model reads, with the offset of the character in the word that gave it."""
        if word.isascii():
            yield from zip(word, range(len(word)), strict=True)
            return
        for cluster, offset in _clusters(word):
            for character in cluster:
                for replaced in self._replacements.get(character, character):
                    if not replaced.isspace():
                        yield replaced, offset

    def _best(self, text: str) -> list[tuple[int, int]]:
        """Return the numbers and starts of the pieces that `text` consists of."""
        numbers, known, unknown = self._numbers, self._scores, self._unknown_score
        size = len(text)
        scores = [0.0] + [float("-inf")] * size
        came_from = [(0, -1)] * (size + 1)
        for start in range(size):
            before = scores[start]
            for end in range(start + 1, min(start + self._longest, size) + 1):
                number = numbers.get(text[start:end], -1)
                if number < 0 and end > start + 1:
                    continue
                score = before + (known[number] if number >= 0 else unknown)
                if score > scores[end]:
                    scores[end], came_from[end] = score, (start, number)
        path: list[tuple[int, int]] = []
        while size:
            size, number = came_from[size]
            path.append((number, size))
        return path[::-1]


def _clusters(word: str) -> Iterator[tuple[str, int]]:
    """Yield the characters of a word, composed with the marks that follow them, and their offsets."""
    if unicodedata.is_normalized("NFC", word):
        yield from zip(word, range(len(word)), strict=True)
        return
    start = 0
    for end in range(1, len(word) + 1):
        if end == len(word) or not _continues(word[end]):
            yield normalized("NFC", word[start:end]), start
            start = end


def _continues(character: str) -> bool:
    return bool(unicodedata.combining(character)) or "\u1160" <= character <= "\u11ff"
