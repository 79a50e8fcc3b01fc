"""The words of a text as near duplicates compare them, and which of them are facts: numbers and names."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

MAX_CHARS = 500_000
"""What is compared of a text; longer ones (live blogs of weeks) are compared by their beginning."""

SPACELESS = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
"""Characters of scripts written without spaces, where a run of letters is not one word: Thai, Lao, Myanmar, Khmer,
kana, Han. A regular expression."""

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
_SPACELESS = re.compile(SPACELESS)


class Word(NamedTuple):
    """A word without case; in scripts without spaces two neighbouring characters."""

    text: str
    is_fact: bool
    """A number, or a word that this text writes with a capital only: a name, more often than not."""


def words(text: str) -> list[Word]:
    """Return the words of a text in their order, whatever its white space, case, punctuation and typography."""
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", text[:MAX_CHARS]))
    lower = [token for token in tokens if token[0].islower()]
    common = set(lower)
    has_case = 2 * len(lower) >= len(tokens)  # not so in capitals, title case, and scripts without case
    return [
        word
        for token in tokens
        for word in (
            _pairs(token) if _SPACELESS.search(token) else [_word(token, has_case=has_case, common=common)]
        )
    ]


def _word(token: str, *, has_case: bool, common: set[str]) -> Word:
    folded = token.casefold()
    if token[0].isdecimal():
        return Word(folded.replace(",", ""), is_fact=True)
    return Word(folded, has_case and token[0].isupper() and folded not in common)


def _pairs(run: str) -> list[Word]:
    return [Word(run[at : at + 2], is_fact=False) for at in range(max(1, len(run) - 1))]
