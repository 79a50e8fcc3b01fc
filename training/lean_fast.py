"""Write the fast network as the engine runs it, from the quantised one: the last step before it ships.

    python -m training.lean_fast QUANTISED.onnx FOLDER

QUANTISED.onnx is what `training.quantize_fast` wrote. FOLDER gets `fast.onnx` and `fast_vectors.npy`, the table of
vectors, which the engine adds up once for every word. A layer takes the words beside a word by their numbers, as
bytes, instead of padding, cutting and joining rows of floats: sentences need no gap between them, and the matrices
are most of what is left. Scores are not rounded to bytes at the end of a layer, which `quantize_fast` did.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.fast_model import DILATIONS

VERSION = 4
"""Version stored with every article that the network reads. Increase it with every network that ships."""
MICROSOFT = "com.microsoft"
EPSILON = 1e-5
"""Epsilon of the normalisations, the default of PyTorch."""


class Quantised:
    """The weights of a quantised network."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.weights = {weights.name: numpy_helper.to_array(weights) for weights in model.graph.initializer}
        matrices = [name for name in self.weights if name.endswith("_quantized")]
        self.matrices = [name.removesuffix("_quantized") for name in matrices]
        inputs = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
        self.ranges = [
            (node.input[1], node.input[2]) for node in inputs if not node.input[0].endswith("MatMul_output_0")
        ]


class Graph:
    """A network under construction."""

    def __init__(self, quantised: Quantised) -> None:
        self._quantised = quantised
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, NDArray[np.generic]] = {}

    def constant(self, values: NDArray[np.generic] | list[int]) -> str:
        """Return the name of new weights."""
        name = f"weights{len(self.weights)}"
        self.weights[name] = np.ascontiguousarray(values)
        return name

    def add(self, kind: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        """Return the name of the output of a new node."""
        output = f"{kind}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], domain=domain, **attributes))
        return output

    def normalised(self, x: str, name: str) -> str:
        """Return the output of a layer normalisation."""
        weight, bias = (
            self.constant(self._quantised.weights[f"tagger.{name}.{kind}"]) for kind in ("weight", "bias")
        )
        return self.add("LayerNormalization", x, weight, bias, axis=-1, epsilon=EPSILON)

    def quantised(self, x: str, layer: int) -> str:
        """Return the input of a matrix as bytes in its fixed range."""
        return self.add("QuantizeLinear", x, *map(self._range, self._quantised.ranges[layer]))

    def beside(self, x: str, layer: int, neighbours: str) -> str:
        """Return the bytes of each word and of those beside it, in one row. The last row means no word."""
        _, zero = self._quantised.ranges[layer]
        width = len(self._quantised.weights[f"{self._quantised.matrices[layer]}_quantized"]) // 3
        nothing = np.full((1, width), self._quantised.weights[zero])
        rows = self.add("Concat", x, self.constant(nothing), axis=0)
        return self.add(
            "Reshape", self.add("Gather", rows, neighbours, axis=0), self.constant([-1, 3 * width])
        )

    def product(self, x: str, layer: int, bias: str) -> str:
        """Return the product of bytes and a matrix, and a bias, as floats."""
        name = self._quantised.matrices[layer]
        weights = self._quantised.weights
        scale, zero = map(self._range, self._quantised.ranges[layer])
        parts = [self.constant(weights[f"{name}_{kind}"]) for kind in ("quantized", "scale", "zero_point")]
        return self.add(
            "MatMulIntegerToFloat",
            x,
            parts[0],
            scale,
            parts[1],
            zero,
            parts[2],
            self.constant(weights[bias]),
            domain=MICROSOFT,
        )

    def _range(self, name: str) -> str:
        self.weights[name] = self._quantised.weights[name]
        return name


def lean(quantised: Quantised) -> onnx.ModelProto:
    """Return the network: int16 sums of vectors and the numbers of the words beside each word -> scores."""
    graph = Graph(quantised)
    vectors = graph.add("Cast", "sums", to=TensorProto.FLOAT)
    vectors = graph.add("Mul", vectors, graph.constant(quantised.weights["scale"]))
    beside = graph.beside(graph.quantised(vectors, 0), 0, "beside1")
    x = graph.add("Relu", graph.product(beside, 0, "tagger.first.weights.bias"))
    for number, distance in enumerate(DILATIONS):
        layer = number + 1
        bytes_ = graph.quantised(graph.normalised(x, f"norms.{number}"), layer)
        beside = graph.beside(bytes_, layer, f"beside{distance}")
        x = graph.add(
            "Add", x, graph.add("Relu", graph.product(beside, layer, f"tagger.layers.{number}.weights.bias"))
        )
    last = len(DILATIONS) + 1
    scores = graph.product(graph.quantised(graph.normalised(x, "head.0"), last), last, "tagger.head.2.bias")
    graph.nodes.append(helper.make_node("Identity", [scores], ["scores"]))
    return _model(graph, quantised.weights["table"].shape[1])


def _model(graph: Graph, width: int) -> onnx.ModelProto:
    beside = [
        helper.make_tensor_value_info(f"beside{distance}", TensorProto.INT32, ["word", 3])
        for distance in sorted(set(DILATIONS))
    ]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "fast",
            [helper.make_tensor_value_info("sums", TensorProto.INT16, ["word", width]), *beside],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["word", None])],
            [numpy_helper.from_array(values, name) for name, values in graph.weights.items()],
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)],
        ir_version=8,
    )
    model.model_version = VERSION
    return model


def main() -> None:
    """Read the arguments and write the network."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", type=Path)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    quantised = Quantised(onnx.load(args.network))
    onnx.save(lean(quantised), args.folder / "fast.onnx")
    np.save(args.folder / "fast_vectors.npy", quantised.weights["table"])


if __name__ == "__main__":
    main()
