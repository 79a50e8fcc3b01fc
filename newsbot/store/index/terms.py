"""The words of texts and queries, as the full-text index of either database holds them.

They are made here rather than by SQLite or PostgreSQL, whose own ways of splitting disagree with each other (and
PostgreSQL's with itself, under another locale), so that a query finds the same on both. Case, accents and forms of
width do not count. In scripts without spaces every two neighbouring characters are a word, so that a query of any
length finds its characters in their order; trigrams, the usual other way, cannot find the words of two characters
that Chinese and Japanese mostly consist of.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

MAX_WORD_BYTES = 48
"""Longer words are cut, in texts and queries alike."""
MAX_QUERY_CHARS = 10_000
MAX_QUERY_WORDS = 64
"""More words than that are ignored: no database takes queries of any length."""

# Han, kana, Thai, Lao, Myanmar, Khmer: no spaces between words.
_UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff\u0e01-\u0eff\u1000-\u109f\u1780-\u17d3"
)
# Signs that are written on or after letters: Latin accents, Hebrew and Arabic points (which may be left out), and
# those of India's scripts (which may not).
_OPTIONAL_MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u064b-\u065f\u0670"
_MARKS = _OPTIONAL_MARKS + "\u0900-\u0963\u0966-\u0dff"
_RUN = re.compile(rf"([{_UNSPACED}]+)|(?:[^\W_{_UNSPACED}]|[{_MARKS}])+")
_PLAIN_RUN = re.compile(r"[^\W_]+")
_SPECIAL = re.compile(rf"[{_UNSPACED}{_MARKS}]")
"""What runs of letters and digits may hold besides, or are made of in scripts without spaces."""
_IGNORED = re.compile(rf"[{_OPTIONAL_MARKS}]|[\x00-/:-@\[-`{{-\x7f]")
_TERM = re.compile(r'(-?)"([^"]*)"?|(-?)(\S+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂", '"'))


class IndexedWord(NamedTuple):
    """A word as indexed, and the part of the text that it stands for."""

    text: str
    start: int
    end: int
    is_rest: bool = False
    """The last character of a run without spaces, which stands in the pair before as well."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must follow each other in a text; or must not, if it is excluded."""

    words: tuple[str, ...]
    is_excluded: bool = False
    is_prefix: bool = False
    """The last word may go on: a single character of a script without spaces."""


def words(text: str) -> Iterator[IndexedWord]:
    """Yield the words of `text` in their order."""
    if not _SPECIAL.search(text):
        for run in _PLAIN_RUN.finditer(text):
            if folded := _fold(run.group()):
                yield IndexedWord(folded, *run.span())
        return
    for run in _RUN.finditer(text):
        start, end = run.span()
        if run.group(1) is not None:
            for at in range(start, end):
                pair_end = min(at + 2, end)
                if folded := _fold(text[at:pair_end]):
                    yield IndexedWord(folded, at, pair_end, is_rest=start < at == pair_end - 1)
        elif folded := _fold(run.group()):
            yield IndexedWord(folded, start, end)


def word_texts(text: str) -> list[str]:
    """Return the texts of the words of `text`: the same as `words` gives, where their places do not matter."""
    if _SPECIAL.search(text):
        return [word.text for word in words(text)]
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter has become a letter and a mark
        return [folded for folded in map(_fold, _PLAIN_RUN.findall(text)) if folded]
    runs = _PLAIN_RUN.findall(lowered)
    return [
        folded
        for run in runs
        if (folded := run if run.isascii() and len(run) <= MAX_WORD_BYTES else _fold(run))
    ]


def parse_query(query: str) -> list[Term]:
    """Return what a query asks for: `words` (all of them), `"a phrase"`, `-not`. Everything else is ignored.

    A word that the index holds as several ("COVID-19") is a phrase of them."""
    terms: list[Term] = []
    room = MAX_QUERY_WORDS
    for match in _TERM.finditer(query[:MAX_QUERY_CHARS].translate(_QUOTES)):
        phrase = match.group(2) if match.group(4) is None else match.group(4)
        term = _term(phrase, is_excluded="-" in {match.group(1), match.group(3)})
        room -= len(term.words)
        if room < 0:
            break
        if term.words:
            terms.append(term)
    return terms


def _term(phrase: str, *, is_excluded: bool) -> Term:
    found = list(words(phrase))
    is_single = (
        bool(found) and len(found[-1].text) == 1 and re.match(f"[{_UNSPACED}]", found[-1].text) is not None
    )
    if is_single and found[-1].is_rest:
        del found[-1]
        is_single = False
    return Term(tuple(word.text for word in found), is_excluded, is_prefix=is_single)


@lru_cache(maxsize=50_000)
def _fold(word: str) -> str:
    """Return a word without case, accents and forms of width, cut to `MAX_WORD_BYTES`."""
    if word.isascii():
        return word[:MAX_WORD_BYTES].lower()
    folded = _IGNORED.sub("", unicodedata.normalize("NFKD", word[:MAX_WORD_BYTES].casefold()))
    return unicodedata.normalize("NFC", folded).encode()[:MAX_WORD_BYTES].decode(errors="ignore")
