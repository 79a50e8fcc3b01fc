"""Scores of one page, 0 to 1 a field, as the field's evaluations of article extraction define them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

# Scripts that write no spaces: each character counts as a word.
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
SHINGLE_WORDS = 4


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return how often each run of four words occurs; a shorter text is one run."""
    words = _WORD.findall(text)
    if len(words) <= SHINGLE_WORDS:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(*(words[at:] for at in range(SHINGLE_WORDS)), strict=False))


def body_f1(true: str, found: str) -> float:
    """Return the F1 of four-word shingles; 1 if both texts are empty."""
    wanted, got = shingles(true), shingles(found)
    total = sum(wanted.values()) + sum(got.values())
    return 2 * sum((wanted & got).values()) / total if total else 1.0


def title_score(true: str | None, found: str | None) -> float:
    """Return whether two titles are the same but for case and spaces."""
    return float(_plain(true) == _plain(found))


def authors_f1(true: Iterable[str], found: Iterable[str]) -> float:
    """Return the F1 of sets of names; 1 if both are empty."""
    wanted, got = set(map(_plain, true)), set(map(_plain, found))
    return 2 * len(wanted & got) / (len(wanted) + len(got)) if wanted or got else 1.0


def _plain(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFKC", text or "").split()).casefold()
