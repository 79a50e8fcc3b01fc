"""Find the role of a person in apposition: "Foreign Minister", before or after the name."""

from __future__ import annotations

import re
from functools import cache

from newsbot.entities import tables

# Long enough for "Acting Deputy Foreign Ministry spokeswoman".
_APPOSITION_CHARS = 80


def role_at(text: str, start: int, end: int) -> str | None:
    """Return the role of the person named by `text[start:end]`, as written; None if there is none next to the name."""
    before, after = _patterns()
    found = before.search(text[max(0, start - _APPOSITION_CHARS) : start])
    found = found or after.match(text[end : end + _APPOSITION_CHARS])
    return found[1] if found else None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    role = rf"((?:{_any_of('role_modifiers')}[\s-])*{_any_of('roles')})"
    before = re.compile(rf"\b{role},?\s+$")
    after = re.compile(
        rf"^,\s+(?:(?:the|a|an|its|his|her|their|[\w.-]+['’]s)\s+)?(?:[\w-]+\s+){{0,2}}?{role}\b"
    )
    return before, after


def _any_of(words: str) -> str:
    longest_first = sorted(tables.words(words), key=lambda word: (-len(word), word))
    return "(?i:" + "|".join(longest_first).replace("-", r"[\s-]") + ")"
