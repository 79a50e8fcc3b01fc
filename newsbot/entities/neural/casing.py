"""How a word is written, as one of eight numbers: what an uncased vocabulary does not tell."""

from __future__ import annotations

MARK, LOWER, TITLE, UPPER, INITIAL, MIXED, NUMBER, WITH_DIGITS = range(8)


def casing(word: str) -> int:
    """Return which of the eight ways `word` is written in; the trained model knows them by number."""
    if not any(map(str.isalnum, word)):
        return MARK
    if any(map(str.isdigit, word)):
        return NUMBER if not any(map(str.isalpha, word)) else WITH_DIGITS
    if word.islower():
        return LOWER
    if word.isupper():
        return INITIAL if sum(map(str.isalpha, word)) == 1 else UPPER
    return TITLE if word.istitle() else MIXED
