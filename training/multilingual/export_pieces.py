"""Convert weights of the engine `multi` to the files of the package newsbot-models; several weights are averaged.

    python -m training.multilingual.export_pieces WEIGHTS ... --vocabulary FOLDER --out FOLDER [--version N]

The network has int8 weights with a scale for each channel, in a reduced range, and reads one sequence at a time.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

from training.export_tagger import quantize
from training.multilingual.piece_network import WIDTH, PieceTagger

OPSET = 17
VOCABULARY_FILES = ("pieces.tsv", "replacements.tsv", "vectors.npy")


class OneSequence(nn.Module):
    """The tagger for a single sequence, which scores the first piece of each unit only."""

    def __init__(self, tagger: PieceTagger) -> None:
        super().__init__()
        self.tagger = tagger

    def forward(self, vectors: Tensor, firsts: Tensor) -> Tensor:
        """Return the scores at the positions `firsts`. Shape (pieces, width), (units) -> (units, labels)."""
        x = self.tagger.norm(vectors[None] + self.tagger.positions[: vectors.shape[0]])
        *layers, last = self.tagger.layers
        for layer in layers:
            x = layer(x, None)
        scores: Tensor = self.tagger.head(last.at(x, firsts))[0]
        return scores


def mean_tagger(weights: list[Path]) -> PieceTagger:
    """Return the tagger whose weights are the mean of those in the files."""
    saved = [torch.load(path) for path in weights]
    layers = 1 + max(int(name.split(".")[1]) for name in saved[0] if name.startswith("layers."))
    tagger = PieceTagger(layers)
    tagger.load_state_dict({name: sum(state[name] for state in saved) / len(saved) for name in saved[0]})
    tagger.eval()
    return tagger


def export(tagger: PieceTagger, out: Path) -> None:
    """Write the network with float weights."""
    torch.onnx.export(
        OneSequence(tagger),
        (torch.randn(20, WIDTH), torch.arange(1, 15)),
        out,
        input_names=["vectors", "firsts"],
        output_names=["scores"],
        dynamic_axes={"vectors": {0: "piece"}, "firsts": {0: "unit"}, "scores": {0: "unit"}},
        opset_version=OPSET,
        dynamo=False,
    )


def main() -> None:
    """Read the arguments and export."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", type=int, default=1)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        float_network = Path(folder) / "float.onnx"
        export(mean_tagger(args.weights), float_network)
        quantize(float_network, args.out / "network.onnx", args.version)
    for name in VOCABULARY_FILES:
        shutil.copy(args.vocabulary / name, args.out / name)


if __name__ == "__main__":
    main()
