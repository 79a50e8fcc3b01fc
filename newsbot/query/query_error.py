"""The error of a query that cannot be understood, with the place of its fault."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from newsbot.errors import UsageError
from newsbot.text import UNPRINTABLE

ACCEPTED = (
    'accepted: words, "a phrase", word*, =exact, -word or NOT, OR, AND, ( ), NEAR/n, and the fields'
    " title: author: source: lang: entity: section: topic:"
)
CONTEXT_CHARS = 50
"""Number of characters that are shown before and after the place of a fault."""
MAX_NAMES = 12
"""Maximum number of names that a message lists."""


class QueryError(UsageError):
    """A query that cannot be understood, or that asks for names that newsbot does not have.

    `query` is the query, `position` the number of the character at which the fault begins, from 1."""

    def __init__(self, reason: str, *, query: str, position: int, accepted: str = ACCEPTED) -> None:
        super().__init__(f"query, character {position}: {reason}; {accepted}")
        self.reason = reason
        self.accepted = accepted
        self.query = query
        self.position = position

    def pointer(self) -> str:
        """Return two lines: the query, or the part of it around the fault, and a caret below the place."""
        at = self.position - 1
        start, end = max(0, at - CONTEXT_CHARS), at + CONTEXT_CHARS
        shown = UNPRINTABLE.sub(lambda found: " " * len(found[0]), self.query[start:end])
        before = ("… " if start else "") + shown[: at - start]
        after = shown[at - start :] + (" …" if end < len(self.query) else "")
        return f"{before}{after}\n{' ' * sum(map(_columns, before))}^"


def _columns(char: str) -> int:
    """Return the number of columns of a terminal that a character takes."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def near_names(wanted: str, names: Iterable[str]) -> str:
    """Return the names that resemble one that does not exist, or the first of all of them, separated by commas."""
    by_folded = {name.casefold(): name for name in names}
    close = get_close_matches(wanted.casefold(), by_folded, n=5, cutoff=0.6)
    shown = [by_folded[name] for name in close] or sorted(by_folded.values())
    return ", ".join(shown[:MAX_NAMES]) + (", …" if len(shown) > MAX_NAMES else "")
