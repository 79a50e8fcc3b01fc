"""Made-up vectors."""

from __future__ import annotations

from newsbot.embeddings import VECTOR_SIZE


def vector(*numbers: int) -> bytes:
    """Return a vector that begins with these numbers, from -127 to 127; the others are 0."""
    return bytes(number % 256 for number in numbers).ljust(VECTOR_SIZE, b"\0")
