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
_FIRST_GROUP = re.compile(r"\(\?:([^()]*)\)(\??)(?![*+{])")
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


def found_anywhere(word_lists: WordLists) -> str:
    """Return a regular expression by which `search` finds whether a text contains any entry, much faster than by `any_of`.

    Entries that begin with the same character are one branch of it, so that most characters of a text end the search there.
    What it matches may be the second half of an entry with an optional beginning."""
    branches: dict[str, list[str]] = {}
    for entry in entries_of(word_lists):
        for begun in _begun(entry):
            is_plain = begun[0] not in "\\([" and begun[1:2] not in _OPTIONAL
            branches.setdefault(begun[0] if is_plain else "", []).append(begun[1:] if is_plain else begun)
    return _alternation(f"{first}{_alternation(rests)}" for first, rests in branches.items())


def _begun(entry: str) -> list[str]:
    """Return an entry without the group that it begins with: once for each alternative of that; none if it is optional."""
    group = _FIRST_GROUP.match(entry)
    if group is None:
        return [entry]
    rest = entry[group.end() :]
    return [rest] if group[2] else [f"{alternative}{rest}" for alternative in group[1].split("|")]


def _alternation(entries: Iterable[str]) -> str:
    return f"(?:{'|'.join(entries)})"
