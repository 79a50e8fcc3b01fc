"""Split text into sentences and tokens with offsets; made for finding names, not for grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple


class Token(NamedTuple):
    """One word, number or punctuation mark: `text[start:end]` of the text it was found in."""

    text: str
    start: int
    end: int


_new_token = partial(tuple.__new__, Token)
"""Makes a token in half of the time of `Token()`, of which an article needs a thousand."""

# Alternatives in this order: abbreviations with inner dots ("U.S.", "U.S.-led"), numbers, possessive endings, words held together by hyphens,
# apostrophes and ampersands ("al-Qaeda", "O'Brien", "AT&T", "Japan-U.S."), and any other single mark. Repeats are bounded, so
# that a megabyte of hyphens is cut instead of causing backtracking.
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,8}(?:[-‐‑]\w{1,60}){0,3}"
    r"|\d{1,20}(?:[.,]\d{1,20}){1,8}"
    r"|(?<=\w)['’](?:s|S|re|ve|ll|d|m)\b"
    r"|\w{1,60}(?:(?:['’](?!(?:s|S|re|ve|ll|d|m)\b)|[-&‐‑])(?:(?:[^\W\d_]\.){2,8}|\w{1,60})){0,8}"
    r"|[^\s\w]"
)

_SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]{0,3}\s+(?=[\"“‘'(\[]{0,3}[^\Wa-z_])|\n\s*|(?<=[。！？])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Capt|Cpl|Maj|Adm|Gov|Sen|Rep|Rev|Hon|Pres|St|Mt|Ft|No|Jr|Sr|vs|cf|al"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[^\W\d_]|\b(?:[^\W\d_]\.){1,5}[^\W\d_])\.$"
)
MAX_SENTENCE_CHARS = 2_000


def split_words(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Return the tokens of `text[start:end]`; offsets count from the start of `text`."""
    found = _WORD.finditer(text, start, len(text) if end is None else end)
    return [_new_token((match[0], *match.span())) for match in found]


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each sentence of `text`; a line break always ends one.

    A sentence without a full stop is cut after `MAX_SENTENCE_CHARS`, between words if possible.
    """
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _ends_in_abbreviation(text, start, match):
            continue
        yield from _bounded(text, start, match.end())
        start = match.end()
    yield from _bounded(text, start, len(text))


def _ends_in_abbreviation(text: str, start: int, match: re.Match[str]) -> bool:
    stop = match.start() + 1
    within_line = match[0].startswith(".") and "\n" not in match[0]
    return within_line and bool(_ABBREVIATION.search(text, max(start, stop - 12), stop))


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_SENTENCE_CHARS:
        space = text.rfind(" ", start + MAX_SENTENCE_CHARS // 2, start + MAX_SENTENCE_CHARS)
        cut = space + 1 if space > 0 else start + MAX_SENTENCE_CHARS
        yield start, cut
        start = cut
    if start < end:
        yield start, end
