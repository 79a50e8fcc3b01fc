"""Small neural networks, kept as ONNX files, and how they are run."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable

import onnxruntime  # type: ignore[import-untyped]


def load_network(file: Traversable, disabled_optimizers: Sequence[str] = ()) -> onnxruntime.InferenceSession:
    """Return the network in a file, to be run on one core.

    Crawls do many things at once, and threads that wait for each other only lose.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        file.read_bytes(),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=list(disabled_optimizers),
    )
