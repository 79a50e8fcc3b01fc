"""The words of a text for the comparison of near duplicates, and which of them are facts: numbers and names."""

from __future__ import annotations

import re
from typing import NamedTuple

from newsbot.text import normalized

MAX_CHARS = 500_000
"""Maximum number of characters that are compared; of longer texts (live blogs of weeks) only the beginning is."""

SPACELESS = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
"""A regular expression for characters of scripts without spaces, where a run of letters is not one word: Thai, Lao,
Myanmar, Khmer, kana, Han."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,:]\d+)*")
_SPACELESS = re.compile(SPACELESS)
_ACCENTS = re.compile("[\u0300-\u036f]+")


class Words(NamedTuple):
    """The words of a text in order."""

    texts: list[str]
    """Case-folded; in scripts without spaces every pair of neighbouring characters."""
    facts: list[int]
    """Indexes of numbers and of words that this text only writes with a capital letter: mostly names."""


def words(text: str) -> Words:
    """Return the words of a text without case, punctuation and accents, which news wires drop."""
    text = text[:MAX_CHARS]
    if not text.isascii():
        text = normalized("NFC", _ACCENTS.sub("", normalized("NFKD", text)))
    tokens = _TOKEN.findall(text)
    common = {token for token in tokens if token[0].islower()}
    lower_count = sum(token in common for token in tokens)
    has_case = 2 * lower_count >= len(tokens)  # not so in capitals, title case, and scripts without case
    is_spaceless = _SPACELESS.search(text) is not None
    texts: list[str] = []
    facts: list[int] = []
    for token in tokens:
        if is_spaceless and _SPACELESS.search(token):
            texts += [token[at : at + 2] for at in range(max(1, len(token) - 1))]
        elif token in common:
            texts.append(token.casefold())
        else:
            folded = token.casefold()
            if token[0].isdecimal():
                facts.append(len(texts))
                folded = folded.replace(",", "")
            elif has_case and token[0].isupper() and folded not in common:
                facts.append(len(texts))
            texts.append(folded)
    return Words(texts, facts)
