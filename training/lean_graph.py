"""Build networks node by node, for ONNX Runtime on one core."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"
"""The operators of ONNX Runtime."""


class Graph:
    """A network under construction."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: dict[str, NDArray[Any]] = {}

    def constant(self, values: NDArray[Any] | Sequence[int]) -> str:
        """Return the name of new weights."""
        name = f"weights{len(self._weights)}"
        self._weights[name] = np.ascontiguousarray(values)
        return name

    def scalar(self, value: NDArray[Any]) -> str:
        """Return the name of a new weight without dimensions."""
        name = f"weights{len(self._weights)}"
        self._weights[name] = value
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Return the name of the output of a new node."""
        return self.split(kind, *inputs, outputs=1, **attributes)[0]

    def split(self, kind: str, *inputs: str, outputs: int, domain: str = "", **attributes: Any) -> list[str]:
        """Return the names of the outputs of a new node."""
        names = [f"{kind}{len(self._nodes)}_{number}" for number in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names

    def normalised(self, x: str, weight: NDArray[Any], bias: NDArray[Any], epsilon: float) -> str:
        """Return the output of a layer normalisation."""
        parts = self.constant(weight), self.constant(bias)
        return self.add("LayerNormalization", x, *parts, axis=-1, epsilon=epsilon)

    def model(
        self, inputs: Sequence[tuple[str, int, list[Any]]], scores: str, version: int
    ) -> onnx.ModelProto:
        """Return the network. `inputs` are names, types and shapes; `scores` is what it returns, a row a word."""
        self._nodes.append(helper.make_node("Identity", [scores], ["scores"]))
        made = helper.make_model(
            helper.make_graph(
                self._nodes,
                "lean",
                [helper.make_tensor_value_info(*given) for given in inputs],
                [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["word", None])],
                [numpy_helper.from_array(values, name) for name, values in self._weights.items()],
            ),
            opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)],
            ir_version=8,
        )
        made.model_version = version
        return made
