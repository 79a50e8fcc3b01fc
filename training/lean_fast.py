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
from onnx import TensorProto, numpy_helper

from training.fast_model import DILATIONS
from training.lean_graph import MICROSOFT, Graph

VERSION = 4
"""Version stored with every article that the network reads. Increase it with every network that ships."""
EPSILON = 1e-5
"""Epsilon of the normalisations, the default of PyTorch."""


class Lean:
    """The lean network, from the weights of the quantised one."""

    def __init__(self, quantised: onnx.ModelProto) -> None:
        self.weights = {
            weights.name: numpy_helper.to_array(weights) for weights in quantised.graph.initializer
        }
        self._matrices = [
            name.removesuffix("_quantized") for name in self.weights if name.endswith("_quantized")
        ]
        self._ranges = [
            (self.weights[node.input[1]], self.weights[node.input[2]])
            for node in quantised.graph.node
            if node.op_type == "QuantizeLinear" and not node.input[0].endswith("MatMul_output_0")
        ]
        self._graph = Graph()

    def model(self) -> onnx.ModelProto:
        """Return the network: int16 sums of vectors and the numbers of the words beside each word -> scores."""
        graph, last = self._graph, len(DILATIONS) + 1
        x = graph.add("Cast", "sums", to=TensorProto.FLOAT)
        x = graph.add("Mul", x, graph.constant(self.weights["scale"]))
        x = graph.add("Relu", self._layer(x, 0, 1, "first.weights"))
        for number, distance in enumerate(DILATIONS):
            found = self._layer(
                self._normalised(x, f"norms.{number}"), number + 1, distance, f"layers.{number}.weights"
            )
            x = graph.add("Add", x, graph.add("Relu", found))
        scores = self._product(self._bytes(self._normalised(x, "head.0"), last), last, "head.2")
        inputs = [("sums", TensorProto.INT16, ["word", self.weights["table"].shape[1]])]
        inputs += [(f"beside{distance}", TensorProto.INT32, ["word", 3]) for distance in sorted({*DILATIONS})]
        return graph.model(inputs, scores, VERSION)

    def _normalised(self, x: str, name: str) -> str:
        weight, bias = (self.weights[f"tagger.{name}.{kind}"] for kind in ("weight", "bias"))
        return self._graph.normalised(x, weight, bias, EPSILON)

    def _bytes(self, x: str, layer: int) -> str:
        """Return the input of a matrix as bytes in its fixed range."""
        return self._graph.add("QuantizeLinear", x, *map(self._graph.scalar, self._ranges[layer]))

    def _layer(self, x: str, layer: int, distance: int, name: str) -> str:
        """Return the output of a layer that reads each word with those beside it. The last row means no word."""
        _, zero = self._ranges[layer]
        width = len(self.weights[f"{self._matrices[layer]}_quantized"]) // 3
        nothing = self._graph.constant(np.full((1, width), zero))
        rows = self._graph.add("Concat", self._bytes(x, layer), nothing, axis=0)
        beside = self._graph.add("Gather", rows, f"beside{distance}", axis=0)
        joined = self._graph.add("Reshape", beside, self._graph.constant([-1, 3 * width]))
        return self._product(joined, layer, name)

    def _product(self, x: str, layer: int, name: str) -> str:
        """Return the product of bytes and a matrix, and a bias, as floats."""
        weights, scales, zeros = (
            self._graph.constant(self.weights[f"{self._matrices[layer]}_{kind}"])
            for kind in ("quantized", "scale", "zero_point")
        )
        scale, zero = map(self._graph.scalar, self._ranges[layer])
        bias = self._graph.constant(self.weights[f"tagger.{name}.bias"])
        return self._graph.add(
            "MatMulIntegerToFloat", x, weights, scale, scales, zero, zeros, bias, domain=MICROSOFT
        )


def main() -> None:
    """Read the arguments and write the network."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", type=Path)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    lean = Lean(onnx.load(args.network))
    onnx.save(lean.model(), args.folder / "fast.onnx")
    np.save(args.folder / "fast_vectors.npy", lean.weights["table"])


if __name__ == "__main__":
    main()
