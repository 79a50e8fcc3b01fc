"""What a vector is, and how alike two of them are."""

from __future__ import annotations

import numpy as np

VERSION = "e5-small 1"
"""Version of the network; must change whenever the same text may give another vector."""
VECTOR_SIZE = 384
"""Number of bytes of a vector: each is a number from -127 to 127."""
SCALE = 400
"""Length of a vector. A number of a vector of length 1 is hardly ever above .3."""


def similarity(one: bytes, other: bytes) -> float:
    """Return how alike two vectors are, at most 1: the cosine of the angle between them."""
    first, second = (np.frombuffer(vector, np.int8).astype(np.float32) for vector in (one, other))
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / lengths if lengths else 0.0
