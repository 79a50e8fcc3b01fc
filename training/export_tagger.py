"""Convert checkpoints of the tagger to the ONNX file that ships; several checkpoints are averaged.

    python -m training.export_tagger CHECKPOINT ... OUT.onnx

Weights are int8 with a scale for each channel, in a reduced range.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]

from training.tagger_model import Tagger

OPSET = 17
VERSION = 1
"""Version stored with every article that the network reads. Increase it with every network that ships."""


def export(checkpoints: list[Path], out: Path) -> None:
    """Write the network with float weights, which are the mean of those of the checkpoints."""
    saved = [torch.load(checkpoint) for checkpoint in checkpoints]
    tagger = Tagger()
    tagger.load_state_dict({name: sum(state[name] for state in saved) / len(saved) for name in saved[0]})
    tagger.eval()
    example = torch.randint(1, 1000, (2, 9)), torch.randint(0, 8, (2, 9))
    axes = {0: "sentence", 1: "piece"}
    torch.onnx.export(
        tagger,
        example,
        out,
        input_names=["pieces", "casings"],
        output_names=["scores"],
        dynamic_axes={"pieces": axes, "casings": axes, "scores": axes},
        opset_version=OPSET,
        dynamo=False,
    )


def quantize(source: Path, out: Path, version: int) -> None:
    """Write the network of `source` with int8 weights, and its version.

    With a reduced range (7 bits), sums cannot overflow on processors without VNNI."""
    quantize_dynamic(source, out, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    model = onnx.load(out)
    model.model_version = version
    onnx.save(model, out)


def main() -> None:
    """Read the arguments and export."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        float_model = Path(folder) / "float.onnx"
        export(args.checkpoints, float_model)
        quantize(float_model, args.out, VERSION)


if __name__ == "__main__":
    main()
