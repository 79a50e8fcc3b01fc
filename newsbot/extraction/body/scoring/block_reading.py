"""Read the blocks of a page and score them: by the compiled core if there is one, else in Python, with the same result."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from lxml import etree

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.features.block_features import DeclaredKeys, DeclaredMetadata, candidate_blocks
from newsbot.extraction.body.scoring import block_walk as in_python
from newsbot.extraction.body.scoring.block_scores import block_scores
from newsbot.extraction.body.scoring.core_tables import load_core_tables


class ScoredBlocks(NamedTuple):
    """The blocks of a page that may be in the body."""

    blocks: list[Block]
    prose: list[bool]
    """Which of them look like running text."""
    scores: list[float]
    """Probabilities that they are in the body."""


def read_blocks(root: etree._Element) -> list[Block]:
    """Return the blocks of text below `root`, as `block_walk.read_blocks` describes."""
    core = load_core_tables()
    if core is not None:
        with suppress(core.unreadable):  # a tree that was not parsed from HTML
            found: list[Block] = core.reader.read(root)
            return found
    return in_python.read_blocks(root)


def score_blocks(blocks: Sequence[Block], declared: DeclaredMetadata) -> ScoredBlocks:
    """Return the blocks of a page that are not one link, and their scores. Counts the containers around all blocks."""
    core = load_core_tables()
    if core is not None and blocks and isinstance(blocks[0], core.block_type):
        candidates, prose = core.scorer.candidates(blocks)
        scores = core.scorer.scores(candidates, prose, DeclaredKeys(declared)) if candidates else []
        return ScoredBlocks(candidates, prose, scores)
    candidates, prose = candidate_blocks(blocks)
    return ScoredBlocks(candidates, prose, block_scores(candidates, prose, declared) if candidates else [])
