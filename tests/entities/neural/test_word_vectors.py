"""Vectors of words: sums of the rows of their features, the same whatever the cache has."""

from __future__ import annotations

import numpy as np
import pytest

from newsbot.entities.neural.token_features import WordFeatures
from newsbot.entities.neural.word_vectors import WordVectors
from newsbot.entities.neural.wordpiece import WordPiece

WORDPIECE = WordPiece(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "holm", "##s"])
WORDS = ["Holm", "holms", "Lind", "É", "U.S.", "\udc80", "7"]


@pytest.fixture
def table() -> np.ndarray:
    rows = WordFeatures(WORDPIECE).row_count
    return np.random.default_rng(1).integers(-127, 128, (rows, 96)).astype(np.int8)


def expected(table: np.ndarray, words: list[str]) -> list[list[int]]:
    features = WordFeatures(WORDPIECE)
    return [table[list(features.of(word))].astype(int).sum(0).tolist() for word in words]


def test_vector_is_the_sum_of_the_rows_of_its_features(table: np.ndarray) -> None:
    assert WordVectors(WORDPIECE, table).of(WORDS).tolist() == expected(table, WORDS)


@pytest.mark.parametrize("remembered", [2, 3, 7], ids=["less than a text", "emptied", "all"])
def test_full_cache_changes_no_vector(table: np.ndarray, remembered: int) -> None:
    vectors = WordVectors(WORDPIECE, table, remembered)
    for words in (WORDS[:3], ["Holm", "Holm"], WORDS[3:5], WORDS, WORDS[2:]):
        assert vectors.of(words).tolist() == expected(table, words)
