"""Turn a checkpoint of the fast network into the ONNX file that ships: vectors of words in int8, all else as it is.

Usage: python training/export_fast.py CHECKPOINT OUT.onnx
"""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parent.parent))

from fast_model import FastTagger

from newsbot.entities.neural.token_features import SLOTS

OPSET = 17
VERSION = 2
"""Stored with every article that the network reads: raise it with each one that ships."""


class Shipped(nn.Module):
    """The network as the engine runs it: one row of words, sentences parted by rows of zeros."""

    def __init__(self, tagger: FastTagger) -> None:
        super().__init__()
        self.tagger = tagger
        table = tagger.table.weight.detach()
        scale = table.abs().amax(0) / 127
        self.register_buffer("table", (table / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, words: Tensor) -> Tensor:
        """Return (word, label) of (word, slot)."""
        vectors = self.table[words].to(torch.float32).sum(1) * self.scale
        there = (words[:, :1] > 0).to(torch.float32)
        return self.tagger.tag(vectors[None], there[None])[0]


def main(checkpoint: Path, out: Path) -> None:
    """Export."""
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
    unused = [
        each
        for each in model.graph.initializer
        if not any(each.name in node.input for node in model.graph.node)
    ]
    for each in unused:
        model.graph.initializer.remove(each)
    model.model_version = VERSION
    onnx.checker.check_model(model)
    onnx.save(model, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
