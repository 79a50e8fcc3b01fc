"""The network of the engine `multi`: label scores for the pieces of a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsbot.entities.multilingual.piece_vocabulary import END, START, PieceVocabulary
from newsbot.entities.multilingual.text_windows import Window
from newsbot.entities.neural.shipped import network_version
from newsbot.onnx import load_network


class PieceTagger:
    """Scores the units of a window; thread-safe.

    It reads one window at a time: the rounding of an int8 network depends on the batch, so the same window would not
    always have the same names. A window is long enough to keep a core busy.
    """

    def __init__(self, folder: Path, vocabulary: PieceVocabulary) -> None:
        # ONNX Runtime 1.32 takes longer for the two fused operations than for the separate ones.
        self._session = load_network(folder / "network.onnx", disabled_optimizers=["SkipLayerNormFusion"])
        self._vocabulary = vocabulary
        self.version = network_version(self._session)

    def scores(self, window: Window) -> NDArray[np.float32]:
        """Return the label scores of the units of a window. Shape (units, labels)."""
        vectors = self._vocabulary.vectors([START, *window.pieces, END])
        firsts = np.cumsum([1, *(len(unit.pieces) for unit in window.units[:-1])])
        scores: NDArray[np.float32] = self._session.run(["scores"], {"vectors": vectors, "firsts": firsts})[0]
        return scores
