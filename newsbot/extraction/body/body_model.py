"""The two models that choose the body: boosted trees, stored as ONNX files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from newsbot.onnx import load_network

FILES: Final = ("body_first.onnx", "body_second.onnx")
"""Names of the files of the first and the second model, in this package."""


class BodyModel:
    """Boosted decision trees: feature vectors of blocks in, probabilities that they are in the body out."""

    def __init__(self, file_name: str) -> None:
        self._session: Any = load_network(files("newsbot.extraction.body").joinpath(file_name))

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a probability for each row. Shape (rows,)."""
        scores: NDArray[np.float32] = self._session.run(None, {"rows": rows})[0]
        return scores.reshape(-1)

    def metadata(self) -> dict[str, str]:
        """Return the entries of `metadata_props` in the file."""
        entries: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return entries


@cache
def load_body_models() -> tuple[BodyModel, BodyModel]:
    """Return the first and the second model as shipped, loaded once."""
    first, second = map(BodyModel, FILES)
    return first, second
