"""The body models were trained on the features that the code computes today."""

from __future__ import annotations

import pytest

from newsbot.extraction.body.body_model import FEATURES_KEY, FILES, load_body_models
from newsbot.extraction.body.class_words import FAMILIES
from newsbot.extraction.body.word_lists import read_class_words, read_text_words
from training.feature_hash import feature_hash, word_list_bytes
from training.syntax_shape import module_shape

MODULE = b'''"""Features."""
LIMIT = 3
"""Number of links."""


def is_list(links):
    """Return whether it is a list."""
    return links > LIMIT
'''
SAME_CODE = b'''"""Features in other words."""

LIMIT = 3  # measured on 400 pages
def is_list(links):
    return (
        links > LIMIT
    )
'''


@pytest.mark.parametrize("number", [0, 1], ids=FILES)
def test_the_models_were_trained_on_these_features(number: int) -> None:
    trained = load_body_models()[number].metadata().get(FEATURES_KEY)
    assert trained == feature_hash(), (
        f"{FILES[number]} was trained on other features: code or word lists of newsbot/extraction/body have changed.\n"
        "Run `python -m training.feature_hash` before and after the change (git stash).\n"
        "Same digest: the features are bit-identical, run `python -m training.stamp_models` (needs onnx).\n"
        "Other digest: train the models again with `python -m training.body_model` (see training/README.md)."
    )


def test_documentation_and_formatting_do_not_change_the_hash() -> None:
    assert module_shape(SAME_CODE) == module_shape(MODULE)


@pytest.mark.parametrize(("old", "new"), [(b"= 3", b"= 4"), (b">", b">=")], ids=["constant", "operator"])
def test_code_changes_the_hash(old: bytes, new: bytes) -> None:
    assert module_shape(MODULE.replace(old, new)) != module_shape(MODULE)


def test_words_and_the_order_of_families_change_the_hash_but_languages_and_the_order_of_words_do_not() -> (
    None
):
    class_words, text_words = read_class_words(), read_text_words()
    now = word_list_bytes(FAMILIES, class_words, text_words)
    translated = [word._replace(languages="en") for word in text_words]
    assert word_list_bytes(FAMILIES, class_words[::-1], translated[::-1]) == now
    assert word_list_bytes(FAMILIES, class_words[1:], text_words) != now
    assert word_list_bytes(FAMILIES, class_words, text_words[:-1]) != now
    assert word_list_bytes(FAMILIES[::-1], class_words, text_words) != now
