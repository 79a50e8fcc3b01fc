"""Sets of mentions without overlaps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from newsbot.items import EntityType, Mention


def mention(text: str, start: int, end: int, kind: EntityType) -> Mention:
    """Return the mention `text[start:end]`."""
    return Mention(start=start, end=end, text=text[start:end], type=kind)


class Mentions:
    """The mentions of a text in order; adding one replaces those that it covers."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._found = sorted(mentions, key=lambda mention: mention.start)

    def overlapping(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that overlap `start` to `end`, in order."""
        first = bisect_left(self._found, start, key=lambda mention: mention.end - 1)
        found = []
        for one in self._found[first:]:
            if one.start >= end:
                break
            found.append(one)
        return found

    def replace(self, new: Mention) -> None:
        """Add a mention in place of all that overlap it."""
        old = self.overlapping(new.start, new.end)
        first = bisect_left(self._found, new.start, key=lambda mention: mention.end - 1)
        self._found[first : first + len(old)] = [new]

    def all(self) -> list[Mention]:
        """Return the mentions in order."""
        return list(self._found)
