"""Families of words in class names and ids, in the languages that the markup of pages is written in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from newsbot.extraction.body.word_lists import ClassWord, Match, read_class_words

_CLASS_WORDS: Final = read_class_words()
FAMILIES: Final = tuple(dict.fromkeys(word.family for word in _CLASS_WORDS))
"""Names of the families; family number n has bit n."""
FAMILY_BITS: Final = {family: 1 << position for position, family in enumerate(FAMILIES)}
_MAX_NAME_CHARS: Final = 200
"""Number of characters of class names and id that are read: generated names run to thousands."""
_CACHE_SIZE: Final = 16_384


def _bits_by_text(class_words: Sequence[ClassWord], match: Match) -> dict[str, int]:
    """Return the bits of the families of each text that is compared in the given way."""
    bits: dict[str, int] = {}
    for word in class_words:
        if word.match == match:
            bits[word.text] = bits.get(word.text, 0) | FAMILY_BITS[word.family]
    return bits


# Short words must be equal; parts of four letters and more may occur anywhere in a word ("relatedstories").
_WORDS: Final = _bits_by_text(_CLASS_WORDS, "word")
_PARTS: Final = _bits_by_text(_CLASS_WORDS, "part")
_PART_SIZES: Final = sorted({len(part) for part in _PARTS})
_MIN_PART_CHARS: Final = _PART_SIZES[0]
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@lru_cache(maxsize=_CACHE_SIZE)
def family_bits(names: str) -> int:
    """Return the bits of all families whose words occur in an element's class names and id."""
    found = 0
    for word in _WORD.findall(names[:_MAX_NAME_CHARS]):
        found |= _word_bits(word)
    return found


@lru_cache(maxsize=_CACHE_SIZE)
def _word_bits(word: str) -> int:
    word = word.lower()
    found = _WORDS.get(word, 0)
    for start in range(len(word) - _MIN_PART_CHARS + 1):
        for size in _PART_SIZES:
            found |= _PARTS.get(word[start : start + size], 0)
    return found
