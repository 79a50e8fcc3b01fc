"""The WordPiece tokenizer of uncased BERT models: lower case, no accents, greedy longest match."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from newsbot.text import normalized

UNKNOWN, CLS, SEP = "[UNK]", "[CLS]", "[SEP]"
MAX_WORD_CHARS = 100


class WordPiece:
    """Converts words to the numbers of their pieces, with a cache."""

    def __init__(self, vocabulary: list[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._longest = max(map(len, vocabulary))
        self.size = len(vocabulary)
        self.unknown, self.cls, self.sep = (self._numbers[piece] for piece in (UNKNOWN, CLS, SEP))
        self.pieces = lru_cache(maxsize=50_000)(self._pieces)

    def _pieces(self, word: str) -> tuple[int, ...]:
        known = self._numbers.get(word.lower()) if word.isascii() and word.isalnum() else None
        if known is not None:
            return (known,)
        return tuple(number for part in _parts(word) for number in self._match(part))

    def _match(self, part: str) -> list[int]:
        if len(part) > MAX_WORD_CHARS:
            return [self.unknown]
        found: list[int] = []
        start = 0
        while start < len(part):
            for end in range(min(len(part), start + self._longest), start, -1):
                number = self._numbers.get(("##" if start else "") + part[start:end])
                if number is not None:
                    break
            else:
                return [self.unknown]
            found.append(number)
            start = end
        return found


def _parts(word: str) -> Iterator[str]:
    """Yield the basic tokens of BERT in `word`: runs of letters and digits, and single marks and ideographs."""
    if word.isascii() and word.isalnum():
        yield word.lower()
        return
    run = ""
    for character in normalized("NFD", word.lower()):
        category = unicodedata.category(character)
        if category == "Mn" or (category[0] == "C" and category != "Cn"):
            continue
        if _is_single_token(character, category):
            if run:
                yield run
            yield character
            run = ""
        else:
            run += character
    if run:
        yield run


def _is_single_token(character: str, category: str) -> bool:
    # BERT treats all ASCII symbols as punctuation, and no other symbols.
    symbol = character.isascii() and not character.isalnum()
    return symbol or category[0] == "P" or "一" <= character <= "鿿" or "㐀" <= character <= "䶿"
