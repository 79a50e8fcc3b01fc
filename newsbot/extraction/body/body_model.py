"""The two models that choose the body: boosted trees, kept as ONNX files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from newsbot.onnx import load_network

FILES: Final = ("body_first.onnx", "body_second.onnx")


class Forest:
    """A sum of decision trees over a row of numbers, read as a probability."""

    def __init__(self, name: str) -> None:
        self._session: Any = load_network(files("newsbot.extraction.body").joinpath(name))

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return for each row a number from 0 to 1."""
        scores: NDArray[np.float32] = self._session.run(None, {"rows": rows})[0]
        return scores.reshape(-1)


@cache
def load_forests() -> tuple[Forest, Forest]:
    """Return the first and the second model of the body, as shipped."""
    first, second = map(Forest, FILES)
    return first, second
