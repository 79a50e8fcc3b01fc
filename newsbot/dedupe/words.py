"""The words of a text for the comparison of near duplicates, and which of them are facts: numbers and names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from typing import NamedTuple

from newsbot.text import normalized
from newsbot.text.compiled_core import is_independent

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
    common = {token for token in set(tokens) if token[0].islower()}
    others = [place for place, token in enumerate(tokens) if token not in common]
    has_case = 2 * len(others) <= len(tokens)  # not so in capitals, title case, and scripts without case
    texts = list(map(str.casefold, tokens))
    facts = [place for place in others if _is_fact(tokens[place], texts[place], common, has_case=has_case)]
    for place in others:
        if tokens[place][0].isdecimal():
            texts[place] = texts[place].replace(",", "")
    if not text.isascii() and _SPACELESS.search(text):
        return _paired(Words(texts, facts), tokens)
    return Words(texts, facts)


def _is_fact(token: str, folded: str, common: Container[str], *, has_case: bool) -> bool:
    """Return whether a token is a number, or a word that the text writes with a capital letter only."""
    first = token[0]
    return first.isdecimal() or (has_case and first.isupper() and folded not in common)


def _paired(found: Words, tokens: Sequence[str]) -> Words:
    """Return the words with every token in a script without spaces cut into pairs; `tokens` are as written."""
    facts = set(found.facts)
    paired = Words([], [])
    for place, (text, token) in enumerate(zip(found.texts, tokens, strict=True)):
        if _SPACELESS.search(token):
            paired.texts.extend(token[at : at + 2] for at in range(max(1, len(token) - 1)))
        else:
            if place in facts:
                paired.facts.append(len(paired.texts))
            paired.texts.append(text)
    return paired


# ------------------------------------------------------------------ single characters, for the compiled core


def plain_alone(char: str) -> str | None:
    """Return a character as `words` reads it, without accents; None if that depends on the characters beside it."""
    plain = _ACCENTS.sub("", normalized("NFKD", char))
    if plain and (unicodedata.combining(char) or not is_independent(plain[0])):
        return None
    plain = normalized("NFC", plain)
    return None if _SPACELESS.search(plain) else plain


def flags_of(char: str) -> int:
    """Return a bit each: whether a character is a letter, a decimal digit, a small letter, a capital letter."""
    is_letter = char.isalnum() and not char.isdecimal()
    return is_letter | char.isdecimal() << 1 | char.islower() << 2 | char.isupper() << 3
