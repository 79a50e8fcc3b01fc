"""Words that are written almost alike: letters left out, added, replaced, or two neighbours exchanged."""

from __future__ import annotations

_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзиклмнопрстуфхцчшщъыьэюяіґђјљњћџў",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويءىةپچژگ",
    "אבגדהוזחטיכלמנסעפצקרשתךםןףץ",
)
"""Folded letters by which a word of the same script may differ."""


def one_edit_away(word: str) -> set[str]:
    """Return all words that one edit makes of a word, with the letters of its script."""
    letters = next((alphabet for alphabet in _ALPHABETS if word[:1] in alphabet), "".join(sorted(set(word))))
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    shorter = {before + after[1:] for before, after in splits if after}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in splits if len(after) > 1}
    replaced = {before + letter + after[1:] for before, after in splits if after for letter in letters}
    longer = {before + letter + after for before, after in splits for letter in letters}
    return (shorter | swapped | replaced | longer) - {word, ""}


def distance(one: str, other: str, limit: int) -> int | None:
    """Return the number of edits between two words; None if there are more than `limit`.

    It is the optimal string alignment distance: no part is edited twice."""
    if abs(len(one) - len(other)) > limit:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, char in enumerate(one, 1):
        older, before, row = before, row, [at]
        for place, other_char in enumerate(other, 1):
            edits = min(before[place] + 1, row[-1] + 1, before[place - 1] + (char != other_char))
            is_swapped = at > 1 and place > 1 and char == other[place - 2] and one[at - 2] == other_char
            row.append(min(edits, older[place - 2] + 1) if is_swapped else edits)
        if min(row) > limit and min(before) > limit:
            return None
    return row[-1] if row[-1] <= limit else None
