"""Score the blocks of a page by both models, in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.body_model import load_body_models
from newsbot.extraction.body.features.block_features import DeclaredMetadata, block_rows
from newsbot.extraction.body.features.neighbour_features import neighbour_rows

MIN_FIRST_SCORE: Final = 0.02
"""First score from which the second model scores a block again; one in 150 blocks of the body has less."""


def block_scores(
    candidates: Sequence[Block], prose: Sequence[bool], declared: DeclaredMetadata
) -> list[float]:
    """Return the scores of the candidates, at least one; `prose` says which of them look like running text."""
    first_model, second_model = load_body_models()
    rows = block_rows(candidates, prose, declared)
    scores = first_model.probabilities(rows)
    possible = scores >= MIN_FIRST_SCORE
    scores[possible] = second_model.probabilities(neighbour_rows(candidates, rows, scores)[possible])
    found: list[float] = scores.tolist()
    return found
