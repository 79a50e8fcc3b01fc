"""Counts and classes of the characters in many texts at once, looked up in tables of code points."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ranges = tuple[tuple[int, int], ...]
"""First and last code point of each range."""

_CODES: Final = 1 << 16
"""Number of rows of a table. All characters from U+FFFF on share its last row, which is empty."""


def _single(characters: str) -> Ranges:
    """Return ranges of one character each."""
    return tuple((ord(character), ord(character)) for character in characters)


_COUNTED: Final[dict[str, Ranges]] = {
    "digits": (
        (0x0030, 0x0039),  # ASCII
        (0x0660, 0x0669),  # Arabic-Indic
        (0x06F0, 0x06F9),  # Eastern Arabic-Indic
        (0x0966, 0x096F),  # Devanagari
        (0xFF10, 0xFF19),  # full width
    ),
    "capitals": (
        (0x0041, 0x005A),  # A to Z
        (0x00C0, 0x00D6),  # Latin-1, up to the multiplication sign
        (0x00D8, 0x00DE),  # Latin-1, after it
        (0x0410, 0x042F),  # Cyrillic
        (0x0391, 0x03A9),  # Greek
    ),
    "commas": _single(",;\N{ARABIC COMMA}\N{IDEOGRAPHIC COMMA}\N{FULLWIDTH COMMA}"),
    "cjk": (
        (0x3040, 0x30FF),  # Hiragana and Katakana
        (0x3400, 0x9FFF),  # Han
        (0xAC00, 0xD7A3),  # Hangul
    ),
    "spaces": _single(" "),
    "bars": _single("|"),
}
COUNTED_CLASSES: Final = tuple(_COUNTED)
"""Names of the columns of `count_characters`."""
CJK_RANGES: Final = _COUNTED["cjk"]

_FULL_STOPS: Final = (
    ".!?\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}\N{HORIZONTAL ELLIPSIS}"
    "\N{DEVANAGARI DANDA}\N{ARABIC QUESTION MARK}"
    '"\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}'
)
_OTHER_ENDS: Final = ":;)]'\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
_LAST: Final[tuple[Ranges, ...]] = (
    _single(_FULL_STOPS + _OTHER_ENDS),
    _single(_FULL_STOPS),
    _single(":"),
    _single("?"),
)
LAST_CLASSES: Final = ("ends", "ends_full", "ends_colon", "ends_question")
"""Names of the columns of `last_characters`."""
_OPENERS: Final = (
    "\"'-*|#@(>"
    "\N{LEFT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}"
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
    "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}\N{LEFT CORNER BRACKET}\N{LEFT WHITE CORNER BRACKET}"
    "\N{EN DASH}\N{EM DASH}\N{BULLET}\N{MIDDLE DOT}\N{BLACK SMALL SQUARE}\N{BLACK RIGHT-POINTING POINTER}"
    "\N{INVERTED QUESTION MARK}\N{INVERTED EXCLAMATION MARK}\N{COPYRIGHT SIGN}"
)
"""Quotation marks, dashes, bullets and signs that a text may begin with."""

HEAD_CHARS: Final = 200
"""Number of characters that are read at the beginning of a block, where its kind shows."""
_COUNTER_BITS: Final = 10
"""Width of a counter. All counters of a text are packed into one int64, so that one sum counts all classes."""
_MAX_COUNT: Final = (1 << _COUNTER_BITS) - 1
# A counter that overflowed would silently change the next one, and with it the input of the models.
assert HEAD_CHARS <= _MAX_COUNT
assert len(_COUNTED) * _COUNTER_BITS < np.iinfo(np.int64).bits


def _table(classes: Iterable[Ranges]) -> NDArray[np.int64]:
    """Return a table with a row for each code point: bit 0 of counter n is set if the character is in class n."""
    table = np.zeros(_CODES, dtype=np.int64)
    for position, ranges in enumerate(classes):
        for first, last in ranges:
            table[first : last + 1] |= 1 << position * _COUNTER_BITS
    return table


COUNTER_TABLE: Final = _table(_COUNTED.values())
LAST_TABLE: Final = _table(_LAST)
FIRST_TABLE: Final = _table([_single(_OPENERS)])
SHIFTS: Final = np.arange(len(_COUNTED)) * _COUNTER_BITS
_DIGIT: Final = re.compile(r"\d")


def _codes(text: str) -> NDArray[np.uint32]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.minimum(codes, _CODES - 1)


def count_characters(heads: Sequence[str]) -> NDArray[np.float32]:
    """Return how often each of `COUNTED_CLASSES` occurs in each text. Shape (texts, classes).

    The texts must not be empty, nor longer than `HEAD_CHARS`."""
    ends = np.cumsum([len(head) for head in heads])
    packed = np.add.reduceat(COUNTER_TABLE[_codes("".join(heads))], np.r_[0, ends[:-1]])
    return (packed[:, None] >> SHIFTS & _MAX_COUNT).astype(np.float32)


def last_characters(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return 1 where the last character of a text is in one of `LAST_CLASSES`, else 0. Shape (texts, classes)."""
    return _members(LAST_TABLE, "".join([text[-1] for text in texts]), len(_LAST))


def first_characters(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return 1 where a text begins with a quotation mark, dash, bullet or sign, else 0. Shape (texts, 1)."""
    return _members(FIRST_TABLE, "".join([text[0] for text in texts]), 1)


def _members(table: NDArray[np.int64], characters: str, class_count: int) -> NDArray[np.float32]:
    """Return 1 where a character is in a class of the table, else 0. Shape (characters, classes)."""
    return (table[_codes(characters)][:, None] >> SHIFTS[:class_count] & 1).astype(np.float32)


def has_digit(text: str) -> bool:
    """Return whether a text has a digit of any script."""
    # The search is quicker; it finds all digits but those such as "²".
    return _DIGIT.search(text) is not None or (not text.isascii() and any(map(str.isdigit, text)))
