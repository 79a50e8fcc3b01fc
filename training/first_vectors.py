"""Write vectors for the pieces of words to begin with: what the shipped model makes of each piece alone.

Usage: python training/first_vectors.py OUT.npy

Its embedding, and what its middle and last layers make of it in title case, reduced to fewer numbers (PCA).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from fast_model import VECTOR

from newsbot.entities.neural.casing import MARK, TITLE
from newsbot.entities.neural.shipped import FOLDER, load_vocabulary
from newsbot.entities.neural.wordpiece import CLS, SEP

LAYERS = tuple(
    f"/{name}/LayerNormalization_output_0"
    for name in ("norm", "layers.2/output_norm", "layers.5/output_norm")
)
BATCH = 256


def seen_alone() -> NDArray[np.float32]:
    """Return what `LAYERS` give for each piece between the marks of a sentence: (piece, number)."""
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
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def reduced(rows: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Return the `size` numbers a row that tell most of them, about one in size altogether."""
    centred = rows - rows.mean(0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    found = centred @ directions[:, : -size - 1 : -1]
    return (found / found.std()).astype(np.float32)


if __name__ == "__main__":
    np.save(sys.argv[1], reduced(seen_alone(), VECTOR))
