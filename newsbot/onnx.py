"""Load models that are stored as ONNX files: neural networks and decision trees."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.resources.abc import Traversable

# From version 1.32 on, ONNX Runtime reports its use to its maker over the network, unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime  # type: ignore[import-untyped]


def load_network(file: Traversable, disabled_optimizers: Sequence[str] = ()) -> onnxruntime.InferenceSession:
    """Return a session that runs the model in `file` on one core.

    Crawls run several tasks at a time on all cores; more threads in a model only wait for each other.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        file.read_bytes(),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=list(disabled_optimizers),
    )
