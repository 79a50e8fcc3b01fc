"""Text revisions: the record that restores an older text from the newer one, and word diffs for display."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from newsbot.dedupe.bounded_diff import Opcode, opcodes
from newsbot.dedupe.words import SPACELESS

MAX_DIFF_WORDS = 10_000
"""Maximum number of differing words that are compared; a longer range is one removal and one addition."""

_WORD = re.compile(rf"{SPACELESS}\s*|(?:(?!{SPACELESS})\S)+\s*|\s+")


class Segment(NamedTuple):
    """A piece of text that both versions have, or that was removed or added."""

    kind: Literal["same", "removed", "added"]
    text: str


class Splice(NamedTuple):
    """A replacement: the old text has `text` where the new text has `new[start:end]`."""

    start: int
    end: int
    text: str


def splices(old: str, new: str) -> list[Splice]:
    """Return the replacements by which `restore` turns `new` into `old`; as small as the change."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    places = [0]
    for word in after:
        places.append(places[-1] + len(word))
    return [
        Splice(places[new_start], places[new_end], "".join(before[old_start:old_end]))
        for is_equal, old_start, old_end, new_start, new_end in _word_opcodes(before, after)
        if not is_equal
    ]


def restore(new: str, changes: Sequence[Splice]) -> str:
    """Return the old text, given the new one and the result of `splices`."""
    parts, done = [], 0
    for start, end, text in changes:
        parts += [new[done:start], text]
        done = end
    return "".join([*parts, new[done:]])


def word_diff(old: str, new: str) -> list[Segment]:
    """Return both texts as one list of segments; at each change the removed text comes before the added text."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    segments = []
    for is_equal, old_start, old_end, new_start, new_end in _word_opcodes(before, after):
        removed, added = "".join(before[old_start:old_end]), "".join(after[new_start:new_end])
        if is_equal:
            segments.append(Segment("same", added))
            continue
        segments += [Segment("removed", removed)] if removed else []
        segments += [Segment("added", added)] if added else []
    return segments


def _word_opcodes(before: Sequence[str], after: Sequence[str]) -> Iterator[Opcode]:
    # difflib's heuristic for frequent words (autojunk) keeps the time below the square of the length.
    return opcodes(before, after, MAX_DIFF_WORDS, autojunk=True)
