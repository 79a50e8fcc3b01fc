"""Write the word piece vectors that the training of the fast network starts from.

    python -m training.first_vectors OUT.npy

The vector of a piece consists of the shipped tagger's embedding of it and of the outputs of the tagger's middle and last
layers for the piece alone, in title case; all reduced by principal component analysis.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from newsbot.entities.neural.casing import MARK, TITLE
from newsbot.entities.neural.shipped import FOLDER, load_vocabulary
from newsbot.entities.neural.wordpiece import CLS, SEP
from training.fast_model import VECTOR

LAYERS = tuple(
    f"/{name}/LayerNormalization_output_0"
    for name in ("norm", "layers.2/output_norm", "layers.5/output_norm")
)
BATCH = 256


def piece_outputs() -> NDArray[np.float32]:
    """Return the outputs of `LAYERS` for each piece as the only one of its sentence. Shape (pieces, numbers)."""
    model = onnx.load_model_from_string(FOLDER.joinpath("tagger.onnx").read_bytes())
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(layer) for layer in LAYERS)
    network = onnxruntime.InferenceSession(
        model.SerializeToString(),
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"],
    )
    vocabulary = load_vocabulary()
    first, last = vocabulary.index(CLS), vocabulary.index(SEP)
    found = []
    for start in range(0, len(vocabulary), BATCH):
        pieces = np.array(
            [[first, piece, last] for piece in range(start, min(start + BATCH, len(vocabulary)))]
        )
        casings = np.full_like(pieces, MARK)
        casings[:, 1] = TITLE
        layers = network.run(LAYERS, {"pieces": pieces, "casings": casings})
        found.append(np.concatenate([_standard(layer[:, 1]) for layer in layers], -1))
    return np.concatenate(found)


def _standard(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows, scaled to length 1."""
    scaled: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return scaled


def reduced(rows: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Return the first `size` principal components of the rows, scaled to a standard deviation of 1."""
    centred = rows - rows.mean(0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    found = centred @ directions[:, : -size - 1 : -1]
    components: NDArray[np.float32] = (found / found.std()).astype(np.float32)
    return components


def main() -> None:
    """Write the vectors."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    np.save(parser.parse_args().out, reduced(piece_outputs(), VECTOR))


if __name__ == "__main__":
    main()
