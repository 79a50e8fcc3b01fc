"""How a text changed: what must be kept to restore the older one, and the words removed and added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from newsbot.dedupe.bounded_diff import Opcode, opcodes
from newsbot.dedupe.words import SPACELESS

MAX_DIFF_WORDS = 10_000
"""Of a changed stretch; a longer one is given as removed and added whole."""

_WORD = re.compile(rf"{SPACELESS}\s*|(?:(?!{SPACELESS})\S)+\s*|\s+")


class Segment(NamedTuple):
    """A stretch of text that stayed, went or came."""

    kind: Literal["same", "removed", "added"]
    text: str


class Splice(NamedTuple):
    """`text` stands in the old text in the place of `new[start:end]`."""

    start: int
    end: int
    text: str


def splices(old: str, new: str) -> list[Splice]:
    """Return a record, as small as the change, from which `restore` makes `old` out of `new`."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    places = [0]
    for word in after:
        places.append(places[-1] + len(word))
    return [
        Splice(places[new_start], places[new_end], "".join(before[old_start:old_end]))
        for is_same, old_start, old_end, new_start, new_end in _stretches(before, after)
        if not is_same
    ]


def restore(new: str, changes: Sequence[Splice]) -> str:
    """Return the text as it was before `changes`."""
    parts, done = [], 0
    for start, end, text in changes:
        parts += [new[done:start], text]
        done = end
    return "".join([*parts, new[done:]])


def word_diff(old: str, new: str) -> list[Segment]:
    """Return both texts as one: what stayed, and between it what was removed and then what was added."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    segments = []
    for is_same, old_start, old_end, new_start, new_end in _stretches(before, after):
        removed, added = "".join(before[old_start:old_end]), "".join(after[new_start:new_end])
        if is_same:
            segments.append(Segment("same", added))
            continue
        segments += [Segment("removed", removed)] if removed else []
        segments += [Segment("added", added)] if added else []
    return segments


def _stretches(before: Sequence[str], after: Sequence[str]) -> Iterator[Opcode]:
    # Its rule for frequent words (autojunk) keeps the time below the square of the length.
    return opcodes(before, after, MAX_DIFF_WORDS, autojunk=True)
