"""The compiled core of newsbot's extraction: blocks, features, decision trees, and searches over a whole page.

Raises ImportError unless lxml is the one that this package was built with, whose structures it reads."""

from lxml import etree

from newsbot_core import block_walk

VERSION = 2
"""Version of the functions here. newsbot uses the one that it was written for, and no other."""
FEATURES = "f9207819abe6d69cbe56467ac85f9b27f7bd6de91c14a0112d5d665282a2903f"
"""Hash of the code in newsbot that this package computes the same features as (`training/feature_hash.py`)."""

_FOUND = etree.__version__, int("".join(f"{part:02}" for part in etree.LIBXML_VERSION))
if _FOUND != block_walk.BUILT_WITH:
    raise ImportError(
        f"newsbot-core was built with lxml and libxml2 {block_walk.BUILT_WITH}; installed: {_FOUND}"
    )

from newsbot_core import (  # noqa: E402
    blocks,
    features,
    forests,
    limits,
    marks,
    neighbours,
    scores,
    sketches,
    texts,
    words,
)

__all__ = [
    "FEATURES",
    "VERSION",
    "block_walk",
    "blocks",
    "features",
    "forests",
    "limits",
    "marks",
    "neighbours",
    "scores",
    "sketches",
    "texts",
    "words",
]
