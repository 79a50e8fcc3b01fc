"""The compiled core of newsbot's extraction: blocks, features and decision trees.

Raises ImportError unless lxml is the one that this package was built with, whose structures it reads."""

from lxml import etree

from newsbot_core import blocks

FEATURES = "ff31322011e85bec8495396339007c354a8943897bf21791525452fc409a7761"
"""Hash of the code in newsbot that this package computes the same features as (`training/feature_hash.py`)."""

_FOUND = etree.__version__, int("".join(f"{part:02}" for part in etree.LIBXML_VERSION))
if _FOUND != blocks.BUILT_WITH:
    raise ImportError(
        f"newsbot-core was built with lxml and libxml2 {blocks.BUILT_WITH}; installed: {_FOUND}"
    )

from newsbot_core import features, forests, neighbours, scores, sketches, texts, words  # noqa: E402

__all__ = ["FEATURES", "blocks", "features", "forests", "neighbours", "scores", "sketches", "texts", "words"]
