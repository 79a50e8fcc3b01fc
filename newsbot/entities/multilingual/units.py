"""Split a text into the units that a label belongs to: words, and single pieces of scripts without spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from newsbot.entities.multilingual.unigram import Unigram

_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff"  # Hangul: names and particles are one word
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
_SPACELESS_CHARACTER = re.compile(f"[{_SPACELESS}]")
_JOINERS = "\u200c\u200d\u00ad"


class Unit(NamedTuple):
    """A part of a text, `text[start:end]`, that has one label, and the numbers of its pieces."""

    start: int
    end: int
    pieces: tuple[int, ...]


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of runs: of a script without spaces, of other letters, digits and marks, or a single sign."""
    codes = (code for code in range(0x300, 0x20000) if not 0xAC00 <= code <= 0xD7A3)
    marks = "".join(re.escape(chr(code)) for code in codes if unicodedata.category(chr(code))[0] == "M")
    letter = f"(?:[^\\W_{_SPACELESS}]|[{marks}{_JOINERS}])"
    return re.compile(f"[{_SPACELESS}]+|{letter}+|\\S")


def is_spaceless(character: str) -> bool:
    """Return whether a character belongs to a script whose words, or particles of words, have no spaces between them."""
    return _SPACELESS_CHARACTER.match(character) is not None


def split_units(text: str, tokenizer: Unigram) -> Iterator[Unit]:
    """Yield the units of a text in order, without signs that the tokenizer leaves out."""
    for match in _pattern().finditer(text):
        start, end = match.span()
        after_space = start == 0 or text[start - 1].isspace()
        pieces = tokenizer.split(match[0], after_space)
        if not pieces:
            continue
        if is_spaceless(match[0][0]):
            yield from _units_of_pieces(start, end, pieces)
        else:
            yield Unit(start, end, tuple(number for number, _ in pieces))


def _units_of_pieces(start: int, end: int, pieces: tuple[tuple[int, int], ...]) -> Iterator[Unit]:
    """Yield a unit for every piece; pieces that begin at the same character are one unit."""
    waiting: list[int] = []
    for (number, offset), (_, following) in zip(pieces, [*pieces[1:], (0, end - start)], strict=True):
        waiting.append(number)
        if following > offset:
            yield Unit(start + offset, start + following, tuple(waiting))
            waiting = []
