"""What two texts must share to be the same text."""

from __future__ import annotations

import unicodedata
from functools import cache
from hashlib import blake2b

KEY_BYTES = 16
MIN_BODY_CHARS = 200
"""Below this many normalised characters a body may be a site's stock sentence, and the title decides as well."""


def words_of(text: str) -> list[str]:
    """Return the words of `text` as they are compared: NFKC, without case, punctuation and invisible characters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    for char in set(text):
        if not char.isalnum():
            text = text.replace(char, _folded(char))
    return text.split()


@cache
def _folded(char: str) -> str:
    """Return what is left of a character for comparison: letters, digits and marks; a space for everything else."""
    category = unicodedata.category(char)
    return char if category[0] in "LNM" else "" if category == "Cf" else " "


def text_key(title: str | None, body: str) -> bytes:
    """Return the 16 bytes that equal texts share, whatever their white space, case, quotes and dashes.

    The body alone decides, since reprints rewrite headlines; only where it is shorter than `MIN_BODY_CHARS`
    (stock sentences of videos and galleries) the title counts too."""
    folded = " ".join(words_of(body))
    if len(folded) < MIN_BODY_CHARS:
        folded = " ".join(words_of(title or "")) + "\n" + folded
    return blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()
