"""The two models that choose the body: boosted trees, stored as ONNX files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.trees.models import load_trees

FILES: Final = ("body_first.onnx", "body_second.onnx")
"""Names of the files of the first and the second model, in this package."""
FEATURES_KEY: Final = "newsbot.features"
"""Key, in the metadata of a file, of the hash of the code that computed the features it was trained on."""


class BodyModel:
    """Boosted decision trees: feature vectors of blocks in, probabilities that they are in the body out."""

    def __init__(self, file_name: str) -> None:
        self._trees = load_trees(files("newsbot.extraction.body").joinpath(file_name))

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a probability for each row. Shape (rows,)."""
        return self._trees.probabilities(rows).reshape(-1)

    def metadata(self) -> dict[str, str]:
        """Return the entries of `metadata_props` in the file."""
        return self._trees.metadata


@cache
def load_body_models() -> tuple[BodyModel, BodyModel]:
    """Return the first and the second model as shipped, loaded once."""
    first, second = map(BodyModel, FILES)
    return first, second
