"""The feature vectors of blocks, which are the input of the body models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.body_model import load_body_models
from newsbot.extraction.body.features import neighbour_features
from newsbot.extraction.body.features.block_features import (
    MAX_CANDIDATES,
    NAMES,
    DeclaredMetadata,
    block_rows,
    candidate_blocks,
)
from newsbot.extraction.body.features.neighbour_features import neighbour_rows
from newsbot.extraction.body.scoring.block_walk import read_blocks
from newsbot.extraction.page.page import Page

PAGE = """
<body class="news-page"><h1>Bridge over the Elm opens</h1>
<div id="story" class="article-text"><p>The bridge was opened on Monday by the mayor, 12 years after the plan.</p>
<p>It is 340 metres long; the town paid 41 million for it.</p></div>
<aside class="related"><p>Read more: the old ferry</p><div><a href="/x">Nothing but a link to another story</a></div></aside></body>
"""


NOTHING = DeclaredMetadata()
Rows = NDArray[np.float32]


def candidates_and_rows(html: str, declared: DeclaredMetadata = NOTHING) -> tuple[list[Block], Rows]:
    blocks, prose = candidate_blocks(read_blocks(Page.from_text(html).tree))
    return blocks, block_rows(blocks, prose, declared)


def column_of(rows: Rows, names: Sequence[str], name: str) -> list[float]:
    """Return the last column with this name: some word families and tags have the same name, the tag comes last."""
    position = len(names) - 1 - names[::-1].index(name)
    return [round(float(value), 3) for value in rows[:, position]]


def first_column(name: str, html: str = PAGE, declared: DeclaredMetadata = NOTHING) -> list[float]:
    """Return a feature of all blocks, as the first model gets it."""
    return column_of(candidates_and_rows(html, declared)[1], NAMES, name)


def second_column(name: str, scores: Sequence[float], html: str = PAGE) -> list[float]:
    """Return a feature of all blocks as the second model gets it, if the first model returned `scores`."""
    blocks, rows = candidates_and_rows(html)
    second_rows = neighbour_rows(blocks, rows, np.array(scores, dtype=np.float32))
    return column_of(second_rows, neighbour_features.NAMES, name)


def text_feature(text: str, name: str) -> float:
    return first_column(name, f"<body><p>{text}</p></body>")[0]


def test_each_block_that_is_not_one_link_has_a_row() -> None:
    blocks, rows = candidates_and_rows(PAGE)
    assert [block.text[:9] for block in blocks] == ["Bridge ov", "The bridg", "It is 340", "Read more"]
    assert rows.shape == (4, len(NAMES))
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()


def test_the_models_accept_these_rows_and_return_probabilities() -> None:
    blocks, rows = candidates_and_rows(PAGE)
    first, second = load_body_models()
    scores = first.probabilities(rows)
    second_scores = second.probabilities(neighbour_rows(blocks, rows, scores))
    for found in (scores, second_scores):
        assert found.shape == (4,)
        assert ((found >= 0) & (found <= 1)).all()
    assert scores[1] > scores[3]


@pytest.mark.parametrize(
    ("number", "width"),
    [(0, len(NAMES)), (1, len(neighbour_features.NAMES))],
    ids=["first model", "second model"],
)
def test_a_model_rejects_rows_of_another_width(number: int, width: int) -> None:
    with pytest.raises(Exception, match="dimension"):
        load_body_models()[number].probabilities(np.zeros((3, width - 1), dtype=np.float32))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("score", [0.1, 0.9, 0.8, 0.3]),
        ("score_-1", [0, 0.1, 0.9, 0.8]),
        ("score_+2", [0.8, 0.3, 0, 0]),
        ("since_sure", [30, 30, 1, 1]),
        ("until_sure", [1, 1, 30, 30]),
        ("after_first", [-1, 0, 1, 2]),
        ("before_last", [2, 1, 0, -1]),
        ("sure", [2, 2, 2, 2]),
        ("heading_age", [30, 1, 2, 3]),
        ("heading_level", [0, 1, 1, 1]),
        ("heading_score", [0, 0.1, 0.1, 0.1]),
        ("element_count", [1, 2, 2, 1]),
        ("signature_count", [1, 3, 3, 3]),
        ("before_heading", [0, 1, 0, 0]),
        ("after_signature", [0, 1, 1, 0]),
        ("after_parent", [0, 1, 0, 0]),
        ("up", [1, 0, 0, 1]),
        ("contrast_side", [-1, -1, -1, -1]),
    ],
)
def test_features_of_the_second_model(name: str, values: list[float]) -> None:
    assert second_column(name, [0.1, 0.9, 0.8, 0.3]) == values


def test_a_contrast_is_the_share_of_the_likely_text_in_that_kind_of_container() -> None:
    sizes = first_column("size")
    total = 0.1 * sizes[0] + 0.9 * sizes[1] + 0.8 * sizes[2] + 0.3 * sizes[3]
    share = round(0.3 * sizes[3] / total, 3)
    assert second_column("contrast_related", [0.1, 0.9, 0.8, 0.3]) == [-1, -1, -1, share]


def test_a_page_whose_scores_are_all_zero_has_finite_features() -> None:
    assert second_column("mass_before", [0, 0, 0, 0]) == [0, 0, 0, 0]


def test_blocks_are_compared_with_the_declared_metadata() -> None:
    declared = DeclaredMetadata(
        title="Bridge over the Elm opens",
        description="The bridge was opened on Monday by the mayor, 12 years after the plan.",
    )
    assert first_column("is_title", declared=declared) == [1, 0, 0, 0]
    assert first_column("after_headline", declared=declared) == [0, 1, 2, 3]
    assert first_column("in_description", declared=declared) == [0, 1, 0, 0]


def test_blocks_inherit_the_names_and_tags_of_their_containers() -> None:
    assert first_column("in_related") == [0, 0, 0, 1]
    assert first_column("in_aside") == [0, 0, 0, 1]
    assert first_column("tag_h1") == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("3" * 150, "digit_share", 1),
        ("٣٤ km", "digit_share", 0.4),
        ("ÉTÉ À Nice", "capital_share", 1.667),
        ("one, two、 three", "commas", 2),
        ("日本の新聞", "cjk", 1),
        ("日本の新聞", "size", 10),
        ("Ende der Geschichte。", "ends_full", 1),
        ("Three things:", "ends_colon", 1),
        ("“Never”, she said", "opener", 1),
        ("𝟙 line beyond the first plane", "opener", 0),
        ("and so on", "lower", 1),
        ("write to news@paper.example", "url", 1),
        ("Read more about this", "opens_pointer", 1),
        ("Photo: Getty Images", "has_rights", 1),
        ("© 2026", "has_rights", 1),
        ("相关 阅读", "has_cjk_phrase", 1),
    ],
)
def test_text_features(text: str, name: str, value: float) -> None:
    assert text_feature(text, name) == value


def test_only_the_first_blocks_of_a_very_long_page_are_scored() -> None:
    lines = "".join(
        f"<div class='c{number}'><p>Line {number}</p></div>" for number in range(MAX_CANDIDATES + 500)
    )
    blocks, rows = candidates_and_rows(f"<body>{lines}</body>")
    assert len(blocks) == len(rows) == MAX_CANDIDATES
    assert neighbour_rows(blocks, rows, np.full(len(rows), 0.5, np.float32)).shape == (
        len(rows),
        len(neighbour_features.NAMES),
    )
