"""The model of the kinds was trained on the features that the code computes today, and decides only where it is asked."""

from __future__ import annotations

import numpy as np
import pytest

from newsbot.extraction.body.body_model import FEATURES_KEY
from newsbot.extraction.kinds.kind_model import (
    KINDS,
    MIN_DATED_SCORE,
    MIN_SCORE,
    MIN_SIGNED_SCORE,
    NOTHING_AGAINST,
    kind_of,
    least_score,
    load_kind_model,
)
from newsbot.extraction.kinds.kind_words import LABELS, MARKUP, PATHS, PRONOUNS
from newsbot.extraction.kinds.page_features import NAMES
from newsbot.items import PAGE_KINDS, STORED_KINDS
from training.kinds_hash import kind_feature_hash


def test_the_model_was_trained_on_these_features() -> None:
    assert load_kind_model().metadata().get(FEATURES_KEY) == kind_feature_hash(), (
        "page_kinds.onnx was trained on other features: code or tables of newsbot/extraction/kinds have changed.\n"
        "Train the model again with `python -m training.kinds_model CORPORA` (see training/README.md)."
    )


def test_names_of_features_are_unique() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_kinds_of_the_model_are_kinds_of_pages_and_only_articles_are_stored() -> None:
    assert set(KINDS) <= set(PAGE_KINDS)
    assert set(KINDS) & set(STORED_KINDS) == {"article"}


@pytest.mark.parametrize(
    ("names", "is_dated", "least"),
    [
        ((), False, MIN_SCORE),
        (("shop_sign",), False, MIN_SIGNED_SCORE),
        (("forum_sign",), True, MIN_DATED_SCORE),
    ],
    ids=["nothing", "address of a shop", "dated"],
)
def test_what_a_page_declares_moves_the_threshold(
    names: tuple[str, ...], is_dated: bool, least: float
) -> None:
    row = np.array([float(name in names) for name in NAMES], dtype=np.float32)
    assert least_score(row, is_dated=is_dated) == least


def test_a_page_in_doubt_stays_an_article() -> None:
    assert kind_of((0.45, 0.0, 0.5, 0.05, 0.0, 0.0), 0.6) == ("article", NOTHING_AGAINST)


def test_the_rule_says_how_sure_the_model_is() -> None:
    assert kind_of((0.07, 0.0, 0.0, 0.0, 0.9, 0.03), 0.6) == ("shop", "model: shop .93")


def test_words_of_the_tables_are_in_lower_case() -> None:
    tables = [*MARKUP.values(), *PATHS.values()]
    tables += [text for table in (LABELS, PRONOUNS) for lists in table.values() for text in lists.values()]
    assert [text for text in tables if text != text.lower()] == []
