"""A small neural tagger for English: a transformer, run by ONNX Runtime on one core.

How it was trained: training/README.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newsbot.entities.neural.casing import LOWER, MARK, casing
from newsbot.entities.neural.label_decoding import LABELS
from newsbot.entities.neural.shipped import FOLDER, load_wordpiece, network_version
from newsbot.entities.tokens import Token
from newsbot.onnx import load_network

MAX_PIECES = 160
"""Maximum number of pieces of a chunk; longer sentences are cut between words, because memory grows with the square of
the length and the training data had none."""


class Encoded(NamedTuple):
    """The pieces of a word and its casing class."""

    pieces: tuple[int, ...]
    style: int


class Chunk(NamedTuple):
    """The input of the network for as many words of a sentence as fit."""

    pieces: list[int]
    casings: list[int]
    firsts: list[int]
    """Index in `pieces` of the first piece of every word."""


def _cut(encoded: Sequence[Encoded], start: int) -> int:
    """Return the end of the chunk that begins at `start`: where it is full, but not inside a name if possible."""
    capacity = MAX_PIECES - 2
    end = start
    while end < len(encoded) and len(encoded[end].pieces) <= capacity:
        capacity -= len(encoded[end].pieces)
        end += 1
    if end == len(encoded):
        return end
    return next((i for i in range(end, start, -1) if encoded[i - 1].style in (MARK, LOWER)), end)


class Tagger:
    """Scores the words of a sentence; thread-safe.

    It reads one sentence at a time: the rounding of the int8 network depends on the batch, so the same sentence would not
    always give the same scores; and a sentence is long enough to keep a core busy (a tenth of the speed is lost).
    """

    def __init__(self) -> None:
        # ONNX Runtime 1.32 takes four times as long for the two fused operations as for the separate ones.
        self._session = load_network(
            FOLDER.joinpath("tagger.onnx"), disabled_optimizers=["SkipLayerNormFusion"]
        )
        self.version = network_version(self._session)
        self._wordpiece = load_wordpiece()
        self._encode_word = lru_cache(maxsize=50_000)(self._encoded_word)

    def scores(self, words: Sequence[Token], wanted: Sequence[int] | None = None) -> NDArray[np.float32]:
        """Return the label scores of the wanted words of a sentence, in their order, by default of all: (words, labels).

        The others are read too, but what their labels are is not computed to the end."""
        wanted = range(len(words)) if wanted is None else wanted
        parts = [np.zeros((0, len(LABELS)), np.float32)]
        start = 0
        for chunk in self._chunks(words):
            end = start + len(chunk.firsts)
            firsts = [chunk.firsts[word - start] for word in wanted if start <= word < end]
            start = end
            if firsts:
                inputs = {"pieces": chunk.pieces, "casings": chunk.casings, "firsts": firsts}
                arrays = {name: np.array(numbers, np.int64) for name, numbers in inputs.items()}
                parts.append(self._session.run(["scores"], arrays)[0])
        return np.concatenate(parts)

    def _chunks(self, words: Sequence[Token]) -> Iterator[Chunk]:
        encoded = [self._encode_word(word.text) for word in words]
        start = 0
        while start < len(encoded):
            end = _cut(encoded, start)
            yield self._chunk(encoded[start:end])
            start = end

    def _chunk(self, encoded: Sequence[Encoded]) -> Chunk:
        chunk = Chunk([self._wordpiece.cls], [MARK], [])
        for pieces, style in encoded:
            chunk.firsts.append(len(chunk.pieces))
            chunk.pieces.extend(pieces)
            chunk.casings.extend([style] * len(pieces))
        chunk.pieces.append(self._wordpiece.sep)
        chunk.casings.append(MARK)
        return chunk

    def _encoded_word(self, word: str) -> Encoded:
        pieces = self._wordpiece.pieces(word)[: MAX_PIECES // 4]
        return Encoded(pieces or (self._wordpiece.unknown,), casing(word))
