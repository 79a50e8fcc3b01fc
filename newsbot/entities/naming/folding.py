"""Fold names, so that spellings of one name are equal."""

from __future__ import annotations

import re
from functools import lru_cache

from newsbot.text import normalized

_QUOTES = '"“”„«»״'
_VARIANTS = str.maketrans(
    {"’": "'", "‘": "'", "׳": "'", "‐": "-", "‑": "-", "–": "-", ".": None} | dict.fromkeys(_QUOTES)
)
_STABLE = re.compile(
    "[ -~«»“”‘’׳״‐‑–·・\u03ac-\u03ce\u0430-\u045f\u0490-\u04ff\u05d0-\u05ea\u0621-\u064a\u3041-\u3096\u30a1-\u30fa\u30fc"
    "\u4e00-\u9fff\uac00-\ud7a3]*"
)
"""Texts that normalization does not change: of letters of Greek, Cyrillic, Hebrew, Arabic and East Asian scripts."""
_LATIN_WITH_MARKS = re.compile("([a-z])[\u0300-\u036f]+")
_GREEK_MARKS = re.compile("([α-ω])[\u0300-\u036f]+")
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("·・‧•＝=\u200c\u00a0", " "),
        **dict.fromkeys("\u200d\u200e\u200f\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"),
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("يى", "ی"),
        "ك": "ک",
        "ة": "ه",
        "ۀ": "ه",
        "ё": "е",
    }
)
"""Letters that are written in several ways, and signs that part the words of foreign names in East Asia."""


def fold(name: str) -> str:
    """Return a name without case, quotation marks, full stops, and marks on Latin letters; hyphens and apostrophes are alike."""
    plain = name.casefold()
    if plain.isascii():
        return " ".join(plain.replace(".", "").replace('"', "").split()) or plain
    if not _STABLE.fullmatch(plain):
        decomposed = normalized("NFKD", plain)
        plain = normalized("NFC", _LATIN_WITH_MARKS.sub(r"\1", decomposed))
    return " ".join(plain.translate(_VARIANTS).split()) or name.casefold()


@lru_cache(maxsize=50_000)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name to compare it with others of the same article.

    More is alike than in keys: Greek accents, ё and е, the forms of Arabic letters, half spaces and middle dots."""
    folded = fold(name)
    if not folded.isascii():
        marked = normalized("NFD", folded) if _has_greek(folded) else folded
        folded = normalized("NFC", _GREEK_MARKS.sub(r"\1", marked)).translate(_ALIKE)
    return tuple(word for word in (part.strip("'") for part in folded.split()) if word)


def _has_greek(text: str) -> bool:
    return any("\u0370" <= letter <= "\u03ff" for letter in text)
