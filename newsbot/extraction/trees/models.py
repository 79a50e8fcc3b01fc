"""Load the models of extraction: by the compiled core, else ONNX Runtime, else by NumPy, whichever is installed.

Probabilities differ by less than a millionth. A page takes 1.5 ms more by NumPy than by ONNX Runtime."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.trees.onnx_file import TreeFile, read_tree_file
from newsbot.extraction.trees.tree_ensemble import TreeEnsemble
from newsbot.onnx import has_runtime, load_network
from newsbot.text.compiled_core import load_core


class TreeModel(Protocol):
    """Boosted decision trees."""

    @property
    def metadata(self) -> dict[str, str]:
        """The entries of `metadata_props` in the file."""

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probabilities for each row. Shape (rows, targets)."""


class RuntimeTrees:
    """Decision trees that ONNX Runtime runs."""

    def __init__(self, file: Traversable) -> None:
        self._session: Any = load_network(file)

    @property
    def metadata(self) -> dict[str, str]:
        """The entries of `metadata_props` in the file."""
        entries: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return entries

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probabilities for each row. Shape (rows, targets)."""
        scores: NDArray[np.float32] = self._session.run(None, {"rows": rows})[0]
        return scores


class CoreTrees:
    """Decision trees that the compiled core runs."""

    def __init__(self, core: ModuleType, file: TreeFile) -> None:
        self._forest: Any = core.forests.Forest(file)

    @property
    def metadata(self) -> dict[str, str]:
        """The entries of `metadata_props` in the file."""
        entries: dict[str, str] = self._forest.metadata
        return entries

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probabilities for each row. Shape (rows, targets)."""
        found = self._forest.probabilities(np.ascontiguousarray(rows))
        return np.frombuffer(found, np.float32).reshape(len(rows), self._forest.targets)


def load_trees(file: Traversable) -> TreeModel:
    """Return the decision trees of a file."""
    if (core := load_core()) is not None:
        return CoreTrees(core, read_tree_file(file.read_bytes()))
    return RuntimeTrees(file) if has_runtime() else TreeEnsemble(read_tree_file(file.read_bytes()))
