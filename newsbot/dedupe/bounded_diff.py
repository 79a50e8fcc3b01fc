"""A diff of two sequences in bounded time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Opcode = tuple[bool, int, int, int, int]
"""(is_equal, i1, i2, j1, j2): whether `before[i1:i2]` equals `after[j1:j2]`."""


def opcodes(
    before: Sequence[str], after: Sequence[str], limit: int, *, autojunk: bool = False
) -> Iterator[Opcode]:
    """Yield the diff opcodes (is_equal, i1, i2, j1, j2) of two sequences in order; together they cover both.

    The middle between the common beginning and the common end is compared by difflib if neither sequence has more than
    `limit` elements there; a longer one is one replacement, because difflib takes up to the square of their number.
    `autojunk` is difflib's heuristic: frequent elements alone do not make two ranges equal.
    """
    start, old_end, new_end = 0, len(before), len(after)
    while start < min(old_end, new_end) and before[start] == after[start]:
        start += 1
    while start < min(old_end, new_end) and before[old_end - 1] == after[new_end - 1]:
        old_end, new_end = old_end - 1, new_end - 1
    if start:
        yield True, 0, start, 0, start
    if max(old_end, new_end) - start > limit:
        yield False, start, old_end, start, new_end
    else:
        changed = SequenceMatcher(None, before[start:old_end], after[start:new_end], autojunk)
        for tag, *ends in changed.get_opcodes():
            yield tag == "equal", start + ends[0], start + ends[1], start + ends[2], start + ends[3]
    if old_end < len(before):
        yield True, old_end, len(before), new_end, len(after)
