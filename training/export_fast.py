"""Convert a checkpoint of the fast network to ONNX, with the word vectors in int8; `training.quantize_fast` does the rest.

python -m training.export_fast CHECKPOINT OUT.onnx
"""

from __future__ import annotations

import argparse
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from newsbot.entities.neural.token_features import SLOTS
from training.fast_model import FastTagger

OPSET = 17


class Shipped(nn.Module):
    """The network as the engine runs it: on one sequence of words, with rows of zeros between sentences."""

    def __init__(self, tagger: FastTagger) -> None:
        super().__init__()
        self.tagger = tagger
        table = tagger.table.weight.detach()
        scale = table.abs().amax(0) / 127
        self.register_buffer("table", (table / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, words: Tensor) -> Tensor:
        """Return label scores, shape (words, labels), for features, shape (words, slots)."""
        vectors = self.table[words].to(torch.float32).sum(1) * self.scale
        is_word = (words[:, :1] > 0).to(torch.float32)
        return self.tagger.tag(vectors[None], is_word[None])[0]


def export(checkpoint: Path, out: Path) -> None:
    """Write the network of a checkpoint."""
    state = torch.load(checkpoint)
    tagger = FastTagger(len(state["table.weight"]))
    tagger.load_state_dict(state)
    tagger.table.weight.data[0] = 0
    torch.onnx.export(
        Shipped(tagger).eval(),
        torch.randint(0, 1_000, (30, SLOTS), dtype=torch.int32),
        out,
        input_names=["words"],
        output_names=["scores"],
        dynamic_axes={"words": {0: "word"}, "scores": {0: "word"}},
        opset_version=OPSET,
        dynamo=False,
    )
    model = onnx.load(out)
    remove_unused(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, out)


def remove_unused(graph: onnx.GraphProto) -> None:
    """Remove the weights that no node reads: the word vectors in float."""
    used = {name for node in graph.node for name in node.input}
    for weights in [weights for weights in graph.initializer if weights.name not in used]:
        graph.initializer.remove(weights)


def main() -> None:
    """Read the arguments and export."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    export(args.checkpoint, args.out)


if __name__ == "__main__":
    main()
