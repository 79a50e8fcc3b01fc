"""Vectors stored in 4 bits: blocks of 32 numbers, each with a scale as a 16-bit float.

The 16 bytes after the scale hold two numbers each: the low halves are the first 16 numbers, the high halves the last 16.
8 is subtracted from a half, and the result is multiplied by the scale.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
"""Numbers in a block."""
_BYTES = 2 + BLOCK // 2


def unpacked(rows: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the numbers of rows of blocks. Shape (rows, bytes) -> (rows, numbers)."""
    blocks = np.ascontiguousarray(rows).reshape(len(rows), -1, _BYTES)
    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    halves = blocks[..., 2:]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32)
    numbers -= 8
    numbers *= scales
    return numbers.reshape(len(rows), -1)
