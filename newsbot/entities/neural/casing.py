"""The casing of a word as one of eight classes, which an uncased vocabulary does not contain."""

from __future__ import annotations

MARK, LOWER, TITLE, UPPER, INITIAL, MIXED, NUMBER, WITH_DIGITS = range(8)


def casing(word: str) -> int:
    """Return the casing class of `word`. The numbers are an input of the trained networks and must not change."""
    if not word.isalpha():
        if not any(map(str.isalnum, word)):
            return MARK
        if any(map(str.isdigit, word)):
            return NUMBER if not any(map(str.isalpha, word)) else WITH_DIGITS
    if word.islower():
        return LOWER
    if word.isupper():
        return INITIAL if sum(map(str.isalpha, word)) == 1 else UPPER
    return TITLE if word.istitle() else MIXED
