"""The feature vector of a page: the input of the model of its kind."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.kinds import content_features, declared_features, prose_features
from newsbot.extraction.kinds.signs import Signs

NAMES: Final = (*declared_features.NAMES, *content_features.NAMES, *prose_features.NAMES)
"""Names of the numbers of `page_row`."""


def page_row(signs: Signs) -> NDArray[np.float32]:
    """Return the feature vector of a page. Shape (`NAMES`,)."""
    numbers = (
        *declared_features.declared_row(signs),
        *content_features.content_row(signs.page.tree, signs.blocks),
        *prose_features.prose_row(signs),
    )
    return np.array(numbers, dtype=np.float32)
