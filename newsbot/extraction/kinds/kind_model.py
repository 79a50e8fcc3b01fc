"""The model of the kinds: boosted trees, stored as an ONNX file, which distinguish articles from other pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from newsbot.extraction.kinds.page_features import page_row
from newsbot.extraction.kinds.signs import Signs
from newsbot.items import PageKind
from newsbot.onnx import load_network

FILE: Final = "page_kinds.onnx"
"""Name of the file, in this package."""
KINDS: Final[tuple[PageKind, ...]] = ("article", "documentation", "forum", "service", "shop", "list")
"""Kinds in the order of the columns of the model. Pages of a single product are shops, of several of them lists."""
MIN_SCORE: Final = 0.62
"""Probability from which a page is no article. Of pages by publishers that the model was not trained on, it keeps 99 % of the
articles and every news article, and rejects 79 % of the others."""
MIN_DATED_SCORE: Final = 0.7
"""The same for a page that declares itself an article and its date."""

NOTHING_AGAINST: Final = "nothing against it"
"""Name of the rule for pages that stay articles."""


class KindModel:
    """Boosted decision trees: feature vectors of pages in, the probability of each kind out."""

    def __init__(self) -> None:
        self._session: Any = load_network(files("newsbot.extraction.kinds").joinpath(FILE))

    def probabilities(self, signs: Signs) -> list[float]:
        """Return the probability of each of `KINDS`."""
        scores: list[float] = self._session.run(None, {"rows": page_row(signs)})[0][0].tolist()
        return scores

    def metadata(self) -> dict[str, str]:
        """Return the entries of `metadata_props` in the file."""
        entries: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return entries


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
    return kind_of(load_kind_model().probabilities(signs), is_dated=signs.is_dated_article)


def kind_of(scores: Sequence[float], *, is_dated: bool) -> tuple[PageKind, str]:
    """Return the kind that the probabilities of `KINDS` mean, and the name of the rule with the probability that the page
    is no article. `is_dated` says whether the page declares itself an article or declares a date."""
    other = 1 - scores[0]
    if other < (MIN_DATED_SCORE if is_dated else MIN_SCORE):
        return "article", NOTHING_AGAINST
    kind = max(KINDS[1:], key=lambda kind: scores[KINDS.index(kind)])
    return kind, f"model: {kind} {other:.2f}".replace(" 0.", " .")
