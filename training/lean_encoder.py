"""Write the network of `model` or `multi` as the engine runs it, from the quantised one: the last step before it ships.

    python -m training.lean_encoder tagger QUANTISED.onnx OUT.onnx --version N
    python -m training.lean_encoder pieces QUANTISED.onnx OUT.onnx --version N

QUANTISED.onnx is what `training.export_tagger` or `training.multilingual.export_pieces` wrote. The weights are the same.
Query, key and value are one matrix, the heads are divided by one transposition, and the last layer reads only the pieces whose
labels are wanted (the input `firsts`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper

from training.lean_graph import MICROSOFT, Graph

WIDTH, HEADS, LAYERS, POSITIONS = 384, 12, 6, 256
EPSILON = 1e-12
PREFIXES = {"tagger": "", "pieces": "tagger."}
"""What the names of the weights of each network begin with."""


class Linear(NamedTuple):
    """A matrix in int8 with the scales of its columns, and a bias."""

    matrix: NDArray[np.int8]
    scales: NDArray[np.float32]
    bias: NDArray[np.float32]

    def columns(self, start: int, end: int) -> Linear:
        """Return a part of the outputs."""
        return Linear(self.matrix[:, start:end], self.scales[start:end], self.bias[start:end])


class Encoder:
    """The weights of a quantised network."""

    def __init__(self, model: onnx.ModelProto, kind: str) -> None:
        self.prefix = PREFIXES[kind]
        self.weights = {weights.name: numpy_helper.to_array(weights) for weights in model.graph.initializer}
        self.segment = next(one for name, one in self.weights.items() if name.startswith("onnx::Add_"))
        found = self._linears(model)
        self.layers = [self._layer(found, is_last=number == LAYERS - 1) for number in range(LAYERS)]
        self.head = next(found)

    def _layer(self, found: Iterator[Linear], is_last: bool) -> dict[str, Linear]:
        if not self.prefix:
            attention = dict(zip(("query", "key", "value"), islice(found, 3), strict=True))
        elif is_last:
            key_value, query = islice(found, 2)
            attention = {
                "query": query,
                "key": key_value.columns(0, WIDTH),
                "value": key_value.columns(WIDTH, 2 * WIDTH),
            }
        else:
            whole = next(found)
            attention = {
                part: whole.columns(i * WIDTH, (i + 1) * WIDTH)
                for i, part in enumerate(("query", "key", "value"))
            }
        return attention | dict(zip(("attended", "inner", "outer"), islice(found, 3), strict=True))

    def _linears(self, model: onnx.ModelProto) -> Iterator[Linear]:
        """Yield the matrices in the order in which the network uses them."""
        users = {name: node for node in reversed(model.graph.node) for name in node.input}
        for node in model.graph.node:
            if node.op_type == "MatMulInteger":
                name = node.input[1].removesuffix("_quantized")
                sum_ = users[users[users[node.output[0]].output[0]].output[0]]
                bias = next(self.weights[one] for one in sum_.input if one in self.weights)
                yield Linear(self.weights[f"{name}_quantized"], self.weights[f"{name}_scale"], bias)


class Lean:
    """The lean network."""

    def __init__(self, encoder: Encoder, version: int) -> None:
        self._encoder, self._version = encoder, version
        self._graph = Graph()

    def tagger(self) -> onnx.ModelProto:
        """Return the network of `model`: pieces, casings, and which pieces are wanted -> scores."""
        embedded = self._graph.add(
            "Add", self._embedded("words", "pieces"), self._embedded("casings", "casings")
        )
        segment = self._graph.constant(self._encoder.segment)
        length = self._graph.add("Shape", "pieces")
        x = self._graph.add("Add", self._placed(embedded, length), segment)
        inputs = [(name, TensorProto.INT64, ["piece"]) for name in ("pieces", "casings")]
        return self._model(x, inputs)

    def pieces(self) -> onnx.ModelProto:
        """Return the network of `multi`: vectors of pieces, and which are wanted -> scores."""
        shape = self._graph.add("Shape", "vectors")
        length = self._graph.add("Slice", shape, self._graph.constant([0]), self._graph.constant([1]))
        return self._model(
            self._placed("vectors", length), [("vectors", TensorProto.FLOAT, ["piece", WIDTH])]
        )

    def _model(self, x: str, inputs: list[tuple[str, int, list[Any]]]) -> onnx.ModelProto:
        x = self._normalised(x, "norm")
        for number in range(LAYERS):
            x = self._layer(x, number)
        inputs.append(("firsts", TensorProto.INT64, ["word"]))
        return self._graph.model(inputs, self._product(self._bytes(x), self._encoder.head), self._version)

    def _embedded(self, name: str, numbers: str) -> str:
        """Return rows of a table in int8 as floats."""
        table, scale, zero = (
            self._encoder.weights[f"{name}.weight_{kind}"] for kind in ("quantized", "scale", "zero_point")
        )
        rows = self._graph.add("Gather", self._graph.constant(table), numbers, axis=0)
        return self._graph.add("DequantizeLinear", rows, *map(self._graph.scalar, (scale, zero)))

    def _placed(self, x: str, length: str) -> str:
        """Return vectors with those of their positions added."""
        weights = self._encoder.weights
        positions = weights.get("positions.weight", weights.get("tagger.positions"))
        assert positions is not None
        zero = self._graph.constant([0])
        rows = self._graph.add("Slice", self._graph.constant(positions[:POSITIONS]), zero, length, zero)
        return self._graph.add("Add", x, rows)

    def _layer(self, x: str, number: int) -> str:
        layer = self._encoder.layers[number]
        wanted = None if number < LAYERS - 1 else "firsts"
        everything = self._bytes(x)
        if wanted:
            x = self._graph.add("Gather", x, wanted, axis=0)
        mixed = self._attention(everything, layer, self._bytes(x) if wanted else None)
        found = self._product(self._bytes(mixed), layer["attended"])
        x = self._normalised(self._graph.add("Add", x, found), f"layers.{number}.attention_norm")
        inner = self._graph.add("Gelu", self._product(self._bytes(x), layer["inner"]), domain=MICROSOFT)
        found = self._product(self._bytes(inner), layer["outer"])
        return self._normalised(self._graph.add("Add", x, found), f"layers.{number}.output_norm")

    def _attention(self, x: list[str], layer: dict[str, Linear], wanted: list[str] | None) -> str:
        """Return what the wanted pieces, by default all, take from all pieces."""
        parts = {part: layer[part] for part in ("query", "key", "value")}
        if wanted:
            (query,) = self._heads(wanted, {"query": parts.pop("query")})
            key, value = self._heads(x, parts)
        else:
            query, key, value = self._heads(x, parts)
        scores = self._graph.add("FusedMatMul", query, key, transB=1, domain=MICROSOFT)
        mixed = self._graph.add("MatMul", self._graph.add("Softmax", scores, axis=-1), value)
        mixed = self._graph.add("Transpose", mixed, perm=[0, 2, 1, 3])
        return self._graph.add("Reshape", mixed, self._graph.constant([-1, WIDTH]))

    def _heads(self, x: list[str], parts: dict[str, Linear]) -> list[str]:
        """Return products of the same bytes, divided into heads. Shape (1, heads, pieces, width of a head).

        Queries and keys are multiplied by the root of what their product is multiplied by, as in the quantised network."""
        linears = list(parts.values())
        joined = Linear(
            np.concatenate([one.matrix for one in linears], 1),
            np.concatenate([one.scales for one in linears]),
            np.concatenate([one.bias for one in linears]),
        )
        count = len(parts)
        shape = self._graph.constant([-1, count, HEADS, WIDTH // HEADS])
        divided = self._graph.add("Reshape", self._product(x, joined), shape)
        divided = self._graph.add("Transpose", divided, perm=[1, 2, 0, 3])
        root = np.sqrt(np.float32(1) / np.sqrt(np.float32(WIDTH // HEADS)))
        factors = [np.float32(1) if part == "value" else root for part in parts]
        divided = self._graph.add(
            "Mul", divided, self._graph.constant(np.array(factors).reshape(-1, 1, 1, 1))
        )
        if count == 1:
            return [divided]
        return self._graph.split("Split", divided, self._graph.constant([1] * count), outputs=count, axis=0)

    def _bytes(self, x: str) -> list[str]:
        """Return bytes, their scale and their zero. The range is that of the sentence."""
        return self._graph.split("DynamicQuantizeLinear", x, outputs=3)

    def _product(self, x: list[str], linear: Linear) -> str:
        """Return the product of bytes and a matrix, and a bias, as floats."""
        scales, bias = self._graph.constant(linear.scales), self._graph.constant(linear.bias)
        zeros = self._graph.constant(np.zeros(len(linear.bias), np.int8))
        matrix = self._graph.constant(linear.matrix)
        return self._graph.add(
            "MatMulIntegerToFloat", x[0], matrix, x[1], scales, x[2], zeros, bias, domain=MICROSOFT
        )

    def _normalised(self, x: str, name: str) -> str:
        weight, bias = (
            self._encoder.weights[f"{self._encoder.prefix}{name}.{kind}"] for kind in ("weight", "bias")
        )
        return self._graph.normalised(x, weight, bias, EPSILON)


def main() -> None:
    """Read the arguments and write the network."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=PREFIXES)
    parser.add_argument("network", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--version", type=int, required=True, help="stored with every article that it reads")
    args = parser.parse_args()
    lean = Lean(Encoder(onnx.load(args.network), args.kind), args.version)
    onnx.save(lean.tagger() if args.kind == "tagger" else lean.pieces(), args.out)


if __name__ == "__main__":
    main()
