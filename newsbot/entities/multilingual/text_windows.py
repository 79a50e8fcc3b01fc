"""Windows: the sequences of sentences that the network reads at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from newsbot.entities.multilingual.units import Unit
from newsbot.entities.tokens import split_sentences

MAX_PIECES = 126
"""Maximum number of pieces in a window, without the signs at its ends."""

_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class Window:
    """Units of one or several sentences, with offsets in the whole text, and the wording that decides their labels."""

    units: list[Unit] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The sentences: windows with the same key have the same names."""
        return "\n".join(self.sentences)

    @property
    def pieces(self) -> list[int]:
        """The numbers of all pieces."""
        return [piece for unit in self.units for piece in unit.pieces]


def windows(text: str, split: Callable[[str], list[Unit]]) -> Iterator[Window]:
    """Yield the windows of a text: as many whole sentences as fit, or parts of a sentence that is longer.

    Sentences without a capital letter that could begin a name are left out.
    """
    window, size = Window(), 0
    for part, offset, units in _parts(text, split):
        length = _size(units)
        if window.units and size + length > MAX_PIECES:
            yield window
            window, size = Window(), 0
        window.units += [Unit(offset + start, offset + end, pieces) for start, end, pieces in units]
        window.sentences.append(part)
        size += length
    if window.units:
        yield window


def _parts(text: str, split: Callable[[str], list[Unit]]) -> Iterator[tuple[str, int, list[Unit]]]:
    """Yield the sentences with at most `MAX_PIECES` pieces, and parts of longer ones, with their offsets and units."""
    for start, end in _worth_reading(text):
        sentence = text[start:end]
        units = split(sentence)
        if _size(units) <= MAX_PIECES:
            if units:
                yield sentence, start, units
            continue
        for cut in _cut(units, sentence):
            first, last = cut[0].start, cut[-1].end
            moved = [Unit(a - first, b - first, pieces) for a, b, pieces in cut]
            yield sentence[first:last], start + first, moved


def _worth_reading(text: str) -> list[tuple[int, int]]:
    """Return the sentences that may have a name, or all if most have no capital.

    A sentence has none if its only capital is that of its first word, which the text has with a small letter elsewhere.
    Scripts without capitals have no small letters either, so none of their sentences is left out.
    """
    sentences = list(split_sentences(text))
    small = {word for word in _LETTERS.findall(text) if word.islower()}
    worth = [place for place in sentences if _may_have_name(_LETTERS.findall(text, *place), small)]
    return worth if 2 * len(worth) >= len(sentences) else sentences


def _may_have_name(words: Sequence[str], small: Container[str]) -> bool:
    if not words:
        return False
    return words[0].lower() not in small or words[0][1:].isupper() or not all(map(str.islower, words[1:]))


def _cut(units: Sequence[Unit], sentence: str) -> Iterator[list[Unit]]:
    """Yield the units of a long sentence in parts, which end after a mark if there is one in their second half."""
    part: list[Unit] = []
    size = 0
    for unit in units:
        if part and size + len(unit.pieces) > MAX_PIECES:
            marks = (i + 1 for i in range(len(part) - 1, len(part) // 2, -1) if _is_mark(part[i], sentence))
            cut = next(marks, len(part))
            yield part[:cut]
            part = part[cut:]
            size = _size(part)
        part.append(Unit(unit.start, unit.end, unit.pieces[:MAX_PIECES]))
        size += min(len(unit.pieces), MAX_PIECES)
    yield part


def _size(units: Iterable[Unit]) -> int:
    return sum(len(unit.pieces) for unit in units)


def _is_mark(unit: Unit, sentence: str) -> bool:
    return unit.end == unit.start + 1 and not sentence[unit.start].isalnum()
