"""Word lists with a language for each entry, and regular expressions built from them.

A word list maps a language to its entries, which a comma and white space separate: `{"de": "teilen, drucken"}`.
Languages are ISO 639-1 codes; `mul` holds what all languages write alike, such as brand names. An entry is a word or
a phrase; it may use regular expression syntax (`lire (?:aussi|également)`), but no capturing groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

WordLists: TypeAlias = Mapping[str, str]

_SEPARATOR = re.compile(r",\s+")
_LAST_LATIN = "\u024f"
"""End of the Unicode block Latin Extended-B."""
_OPTIONAL = ("?", "*", "{", "|")
"""What makes the character before it optional in a regular expression."""


def entries_of(word_lists: WordLists) -> list[str]:
    """Return the entries of all languages without repeats, in the order of the lists."""
    found = (entry for text in word_lists.values() for entry in _SEPARATOR.split(text.strip()))
    return list(dict.fromkeys(found))


def any_of(word_lists: WordLists) -> str:
    """Return a regular expression that matches any entry, also inside a longer word."""
    return _alternation(entries_of(word_lists))


def any_word_of(word_lists: WordLists) -> str:
    """Return a regular expression that matches Latin entries as whole words and entries in other scripts anywhere.

    Several of the other scripts do not put spaces between words.
    """
    entries = entries_of(word_lists)
    latin = [entry for entry in entries if max(entry) <= _LAST_LATIN]
    others = [entry for entry in entries if max(entry) > _LAST_LATIN]
    begun: list[str] = []
    free: list[str] = []
    for entry in others:
        (begun if entry[0] > _LAST_LATIN and entry[1:2] not in _OPTIONAL else free).append(entry)
    # Without the look at the next character, every entry is tried at every character of a Latin text.
    guarded = [rf"(?=[^\x00-{_LAST_LATIN}]){_alternation(begun)}"] if begun else []
    return _alternation([rf"\b{_alternation(latin)}\b", *guarded, *free])


def _alternation(entries: Iterable[str]) -> str:
    return f"(?:{'|'.join(entries)})"
