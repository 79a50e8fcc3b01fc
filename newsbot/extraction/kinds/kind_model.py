"""The model of the kinds: boosted trees, stored as an ONNX file, which distinguish articles from other pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.kinds.page_features import NAMES, page_row
from newsbot.extraction.kinds.signs import Signs
from newsbot.extraction.trees.models import load_trees
from newsbot.items import PageKind

FILE: Final = "page_kinds.onnx"
"""Name of the file, in this package."""
KINDS: Final[tuple[PageKind, ...]] = ("article", "documentation", "forum", "service", "shop", "list")
"""Kinds in the order of the columns of the model. Pages of a single product are shops, of several of them lists."""
MIN_SCORE: Final = 0.63
"""Probability from which a page is no article. With these thresholds, 99 % of the articles of publishers that the model was not
trained on stay articles, and 77 % of the other pages do not (benchmarks/kinds.md)."""
MIN_SIGNED_SCORE: Final = 0.42
"""The same for a page whose address or declarations are those of a forum, a shop or documentation."""
MIN_DATED_SCORE: Final = 0.68
"""The same for a page that declares itself an article, or a date."""
_SIGNS: Final = [NAMES.index(name) for name in ("docs_sign", "forum_sign", "shop_sign")]
NOTHING_AGAINST: Final = "nothing against it"
"""Name of the rule for pages that stay articles."""


class KindModel:
    """Boosted decision trees: feature vectors of pages in, the probability of each kind out."""

    def __init__(self) -> None:
        self._trees = load_trees(files("newsbot.extraction.kinds").joinpath(FILE))

    def probabilities(self, row: NDArray[np.float32]) -> list[float]:
        """Return the probability of each of `KINDS` for the feature vector of a page."""
        scores: list[float] = self._trees.probabilities(row[np.newaxis])[0].tolist()
        return scores

    def metadata(self) -> dict[str, str]:
        """Return the entries of `metadata_props` in the file."""
        return self._trees.metadata


@cache
def load_kind_model() -> KindModel:
    """Return the model as shipped, loaded once."""
    return KindModel()


def judged_kind(signs: Signs) -> tuple[PageKind, str]:
    """Return the kind of a page by the model, and the name of the rule.

    A page whose body a selector of its source has found is an article, and so is one that declares its news and their
    date: of 342 pages of other kinds, none does."""
    if signs.body.rule == "selector" or not signs.blocks or signs.is_dated_news:
        return "article", NOTHING_AGAINST
    row = page_row(signs)
    scores = load_kind_model().probabilities(row)
    return kind_of(scores, least_score(row, is_dated=signs.is_dated_article))


def least_score(row: NDArray[np.float32], *, is_dated: bool) -> float:
    """Return the probability from which a page with a feature vector is no article.

    `is_dated` says whether it declares itself an article, or a date."""
    if is_dated:
        return MIN_DATED_SCORE
    return MIN_SIGNED_SCORE if row[_SIGNS].any() else MIN_SCORE


def kind_of(scores: Sequence[float], least: float) -> tuple[PageKind, str]:
    """Return the kind that the probabilities of `KINDS` mean, and the name of the rule with the probability that the page
    is no article, if that is at least `least`."""
    other = 1 - scores[0]
    if other < least:
        return "article", NOTHING_AGAINST
    kind = max(KINDS[1:], key=lambda kind: scores[KINDS.index(kind)])
    return kind, f"model: {kind} {other:.2f}".replace(" 0.", " .")
