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
        pieces, scores = _columns(folder / "pieces.tsv")
        codes, texts = _columns(folder / "replacements.tsv")
        replaced = {chr(int(code, 16)): text for code, text in zip(codes, texts, strict=True)}
        self._tokenizer = Unigram(pieces[SIGNS:], list(map(float, scores[SIGNS:])), replaced)
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


def _columns(path: Path) -> tuple[list[str], list[str]]:
    """Return both columns of a file of two, divided at once: splitting 217,000 lines one by one takes three times as long."""
    fields = path.read_text(encoding="utf-8").removesuffix("\n").replace("\n", "\t").split("\t")
    return fields[::2], fields[1::2]
