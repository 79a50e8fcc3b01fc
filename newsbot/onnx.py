"""Load networks that are stored as ONNX files. ONNX Runtime is an extra: `pip install 'newsbot[entities]'`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]

# From version 1.32 on, ONNX Runtime reports its use to its maker over the network, unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

EXTRA = "pip install 'newsbot[entities]'"
"""How the networks are made to run."""


def has_runtime() -> bool:
    """Return whether networks can be run."""
    return find_spec("onnxruntime") is not None


def load_network(file: Traversable, disabled_optimizers: Sequence[str] = ()) -> onnxruntime.InferenceSession:
    """Return a session that runs the model in `file` on one core. Raises ImportError if ONNX Runtime is not installed.

    Crawls run several tasks at a time on all cores; more threads in a model only wait for each other.
    """
    try:
        import onnxruntime  # slow to import, and not always there
    except ImportError as error:
        raise ImportError(f"its network needs the package onnxruntime: {EXTRA}") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        file.read_bytes(),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=list(disabled_optimizers),
    )
