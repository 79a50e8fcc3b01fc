"""The pieces of the engine `multi`, and their vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsbot.entities.multilingual.piece_vectors import unpacked
from newsbot.entities.multilingual.unigram import Unigram
from newsbot.entities.multilingual.units import Unit, split_units

START, PADDING, END, UNKNOWN = range(4)
"""The first rows of the vectors: signs of the encoder."""
SIGNS = 4


class PieceVocabulary:
    """Converts texts to units and units to vectors; thread-safe.

    Its folder has `pieces.tsv` (piece, tab, score), `replacements.tsv` (code in hexadecimal, tab, text) and `vectors.npy`
    (a row of 4-bit blocks for each piece), which is mapped into memory and never read as a whole.
    """

    def __init__(self, folder: Path) -> None:
        rows = [line.split("\t") for line in _lines(folder / "pieces.tsv")][SIGNS:]
        replaced = dict(line.split("\t") for line in _lines(folder / "replacements.tsv"))
        self._tokenizer = Unigram(
            [piece for piece, _ in rows],
            [float(score) for _, score in rows],
            {chr(int(code, 16)): text for code, text in replaced.items()},
        )
        self._vectors: NDArray[np.uint8] = np.load(folder / "vectors.npy", mmap_mode="r")

    def units(self, text: str) -> list[Unit]:
        """Return the units of a text; their pieces are rows of the vectors."""
        return [
            Unit(start, end, tuple(number + SIGNS if number >= 0 else UNKNOWN for number in pieces))
            for start, end, pieces in split_units(text, self._tokenizer)
        ]

    def vectors(self, pieces: NDArray[np.int64] | list[int] | None = None) -> NDArray[np.float32]:
        """Return the vectors of pieces, by default of all. Shape (pieces, width)."""
        return unpacked(self._vectors if pieces is None else self._vectors[pieces])


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
