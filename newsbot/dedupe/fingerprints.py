"""Exact duplicates: the words of a text as they are compared, and the key that equal texts share."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Any

from newsbot.text import normalized
from newsbot.text.compiled_core import is_independent, load_core

KEY_BYTES = 16
MIN_BODY_CHARS = 200
"""Minimum normalised length of a body that identifies an article without its title; a shorter one may be a stock sentence."""


def words_of(text: str) -> list[str]:
    """Return the words of `text` for comparison: NFKC, case-folded, without punctuation and invisible characters."""
    text = normalized("NFKC", text).casefold()
    for char in set(text):
        if not char.isalnum():
            text = text.replace(char, _folded(char))
    return text.split()


@cache
def _folded(char: str) -> str:
    """Return letters, digits and marks unchanged, nothing for format characters, and a space for every other character."""
    category = unicodedata.category(char)
    return char if category[0] in "LNM" else "" if category == "Cf" else " "


@lru_cache(maxsize=64)  # asked for when an article is read, and again when it is stored with others
def text_key(title: str | None, body: str) -> bytes:
    """Return a 16-byte hash that is equal for texts that differ only in white space, case, quotes and dashes.

    The body alone decides, since reprints rewrite headlines; only where it is shorter than `MIN_BODY_CHARS`
    (stock sentences of videos and galleries) the title counts too."""
    folded = folded_text(body)
    if len(folded) < MIN_BODY_CHARS:
        folded = folded_text(title or "") + "\n" + folded
    return blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


def folded_text(text: str) -> str:
    """Return the words of a text as `words_of` returns them, with spaces between them."""
    folder = compiled_folder()
    folded: str | None = None if folder is None else folder.fold(text)
    return " ".join(words_of(text)) if folded is None else folded


@cache
def compiled_folder() -> Any:
    """Return what folds texts in the compiled core; None without it."""
    core = load_core()
    return None if core is None else core.words.TextFolder(_folded_alone)


def _folded_alone(char: str) -> str | None:
    """Return what `words_of` makes of a character; None if that depends on the characters beside it."""
    if unicodedata.combining(char) or not is_independent(normalized("NFKD", char)[0]):
        return None
    folded = normalized("NFKC", char).casefold()
    return "".join(part if part.isalnum() else _folded(part) for part in folded)
