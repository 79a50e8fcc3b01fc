"""Splits texts and queries into the words that the full-text index of both databases stores.

Words are made here and not by SQLite or PostgreSQL, because their tokenizers disagree with each other (and
PostgreSQL's with itself, under another locale); so a query finds the same on both. Case, accents and character width
are ignored. In scripts without spaces, every two neighbouring characters are a word (bigrams), so that a query of any
length finds its characters in their order; trigrams, the usual alternative, cannot find words of two characters, and
most words of Chinese and Japanese have two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from newsbot.text import normalized
from newsbot.text.compiled_core import load_core

MAX_WORD_BYTES = 48
"""Longer words are cut, in texts and queries alike."""
MAX_INFLECTED_CHARS = 30
"""Longer words are codes, addresses and rubbish; the longest words of German and Finnish news are shorter."""

# Han, kana, Thai, Lao, Myanmar, Khmer: no spaces between words.
_UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff\u0e01-\u0eff\u1000-\u109f\u1780-\u17d3"
)
# Combining marks: Latin accents, Hebrew and Arabic points (which writers may leave out), and the marks of Indic
# scripts (which they may not).
_OPTIONAL_MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u064b-\u065f\u0670"
_MARKS = _OPTIONAL_MARKS + "\u0900-\u0963\u0966-\u0dff"
_RUN = re.compile(rf"([{_UNSPACED}]+)|(?:[^\W_{_UNSPACED}]|[{_MARKS}])+")
_PLAIN_RUN = re.compile(r"[^\W_]+")
_SPECIAL = re.compile(rf"[{_UNSPACED}{_MARKS}]")
"""Characters that make a text need the slower `_RUN`: combining marks, and scripts without spaces."""
_IGNORED = re.compile(rf"[{_OPTIONAL_MARKS}]|[\x00-/:-@\[-`{{-\x7f]")
_UNSPACED_START = re.compile(f"[{_UNSPACED}]")
_UNINFLECTED = re.compile(rf"[\d{_UNSPACED}]")


class IndexedWord(NamedTuple):
    """A word as indexed, and its span in the text."""

    text: str
    start: int
    end: int
    is_rest: bool = False
    """It is the last character of a run without spaces, which is also part of the pair before."""


def words(text: str) -> Iterator[IndexedWord]:
    """Yield the words of `text` in their order."""
    if not _SPECIAL.search(text):
        for run in _PLAIN_RUN.finditer(text):
            if folded := fold(run.group()):
                yield IndexedWord(folded, *run.span())
        return
    for run in _RUN.finditer(text):
        start, end = run.span()
        if run.group(1) is not None:
            for at in range(start, end):
                pair_end = min(at + 2, end)
                if folded := fold(text[at:pair_end]):
                    yield IndexedWord(folded, at, pair_end, is_rest=start < at == pair_end - 1)
        elif folded := fold(run.group()):
            yield IndexedWord(folded, start, end)


def word_texts(text: str) -> list[str]:
    """Return the words of `text` without their spans; faster than `words`."""
    core = compiled_words()
    found: list[str] | None = None if core is None else core.words(text)
    return word_texts_in_python(text) if found is None else found


@cache
def compiled_words() -> Any:
    """Return what splits texts in the compiled core; None without it."""
    core = load_core()
    return core and core.words.IndexWords(_lowered_alone, str.isalnum, fold, max_chars=MAX_WORD_BYTES)


def _lowered_alone(char: str) -> str | None:
    """Return a character in lower case; None if its text needs `_RUN` or spans, or it depends on the characters beside it."""
    lowered = char.lower()
    return None if len(lowered) != 1 or char == "Σ" or _SPECIAL.match(char) else lowered


def word_texts_in_python(text: str) -> list[str]:
    """Return what `word_texts` returns, without the compiled core."""
    if _SPECIAL.search(text):
        return [word.text for word in words(text)]
    lowered = text.lower()
    if len(lowered) != len(text):  # lowering has split a letter into a letter and a combining mark
        return [folded for folded in map(fold, _PLAIN_RUN.findall(text)) if folded]
    runs = _PLAIN_RUN.findall(lowered)
    return [
        folded
        for run in runs
        if (folded := run if run.isascii() and len(run) <= MAX_WORD_BYTES else fold(run))
    ]


def is_unspaced(word: str) -> bool:
    """Return whether a word begins with a character of a script without spaces."""
    return _UNSPACED_START.match(word) is not None


def is_inflected(word: str) -> bool:
    """Return whether a word may have other forms: numbers, codes and characters of scripts without spaces have none."""
    if not 1 < len(word) <= MAX_INFLECTED_CHARS:
        return False
    return (word.isascii() and word.isalpha()) or _UNINFLECTED.search(word) is None


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return a word without case, accents and differences of character width, cut to `MAX_WORD_BYTES`."""
    if word.isascii():
        return word[:MAX_WORD_BYTES].lower()
    folded = _IGNORED.sub("", normalized("NFKD", word[:MAX_WORD_BYTES].casefold()))
    return normalized("NFC", folded).encode()[:MAX_WORD_BYTES].decode(errors="ignore")
