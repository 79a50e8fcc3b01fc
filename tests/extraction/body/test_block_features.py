"""What the models of the body are told about the blocks of a page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from newsbot.extraction.body import neighbour_features
from newsbot.extraction.body.block_features import NAMES, Known, describe
from newsbot.extraction.body.blocks import Block, read_blocks
from newsbot.extraction.body.body_model import load_forests
from newsbot.extraction.body.choice import MAX_CANDIDATES, candidates
from newsbot.extraction.body.neighbour_features import in_context
from newsbot.extraction.page.page import Page

PAGE = """
<body class="news-page"><h1>Bridge over the Elm opens</h1>
<div id="story" class="article-text"><p>The bridge was opened on Monday by the mayor, 12 years after the plan.</p>
<p>It is 340 metres long; the town paid 41 million for it.</p></div>
<aside class="related"><p>Read more: the old ferry</p><div><a href="/x">Nothing but a link to another story</a></div></aside></body>
"""


NOTHING = Known()
Rows = NDArray[np.float32]


def described(html: str, known: Known = NOTHING) -> tuple[list[Block], Rows]:
    blocks, prose = candidates(read_blocks(Page.from_text(html).tree))
    return blocks, describe(blocks, prose, known)


def named(rows: Rows, names: Sequence[str], name: str) -> list[float]:
    """Return a column; the last of a name, as families of words and elements share some."""
    place = len(names) - 1 - names[::-1].index(name)
    return [round(float(value), 3) for value in rows[:, place]]


def column(name: str, html: str = PAGE, known: Known = NOTHING) -> list[float]:
    return named(described(html, known)[1], NAMES, name)


def later(name: str, scores: Sequence[float], html: str = PAGE) -> list[float]:
    """Return a column of what the second model sees, after the first has given these scores."""
    blocks, rows = described(html)
    return named(in_context(blocks, rows, np.array(scores, dtype=np.float32)), neighbour_features.NAMES, name)


def wording(text: str, name: str) -> float:
    return column(name, f"<body><p>{text}</p></body>")[0]


def test_a_row_for_each_block_that_is_not_all_link() -> None:
    blocks, rows = described(PAGE)
    assert [block.text[:9] for block in blocks] == ["Bridge ov", "The bridg", "It is 340", "Read more"]
    assert rows.shape == (4, len(NAMES))
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()


def test_the_models_take_these_rows() -> None:
    blocks, rows = described(PAGE)
    first, second = load_forests()
    scores = first.probabilities(rows)
    later_scores = second.probabilities(in_context(blocks, rows, scores))
    for found in (scores, later_scores):
        assert found.shape == (4,)
        assert ((found >= 0) & (found <= 1)).all()
    assert scores[1] > scores[3]


@pytest.mark.parametrize("forest", [0, 1])
def test_the_models_take_no_other_rows(forest: int) -> None:
    width = (len(NAMES), len(neighbour_features.NAMES))[forest] - 1
    with pytest.raises(Exception, match="dimension"):
        load_forests()[forest].probabilities(np.zeros((3, width), dtype=np.float32))


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
        ("make_count", [1, 3, 3, 3]),
        ("before_heading", [0, 1, 0, 0]),
        ("after_make", [0, 1, 1, 0]),
        ("after_parent", [0, 1, 0, 0]),
        ("up", [1, 0, 0, 1]),
        ("contrast_side", [-1, -1, -1, -1]),
    ],
)
def test_what_the_second_model_sees(name: str, values: list[float]) -> None:
    assert later(name, [0.1, 0.9, 0.8, 0.3]) == values


def test_the_likely_text_in_such_elements_is_held_against_a_block() -> None:
    sizes = column("size")
    total = 0.1 * sizes[0] + 0.9 * sizes[1] + 0.8 * sizes[2] + 0.3 * sizes[3]
    assert later("contrast_related", [0.1, 0.9, 0.8, 0.3]) == [-1, -1, -1, round(0.3 * sizes[3] / total, 3)]


def test_no_score_at_all_is_no_error() -> None:
    assert later("mass_before", [0, 0, 0, 0]) == [0, 0, 0, 0]


def test_what_the_page_declares_is_found_in_its_blocks() -> None:
    known = Known(
        title="Bridge over the Elm opens",
        description="The bridge was opened on Monday by the mayor, 12 years after the plan.",
    )
    assert column("is_title", known=known) == [1, 0, 0, 0]
    assert column("after_headline", known=known) == [0, 1, 2, 3]
    assert column("in_description", known=known) == [0, 1, 0, 0]


def test_names_of_elements_count_for_all_inside() -> None:
    assert column("in_related") == [0, 0, 0, 1]
    assert column("in_aside") == [0, 0, 0, 1]
    assert column("tag_h1") == [1, 0, 0, 0]


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
        ("Read more about this", "says_more", 1),
        ("Photo: Getty Images", "says_rights", 1),
        ("© 2026", "says_rights", 1),
        ("相关 阅读", "says_cjk", 1),
    ],
)
def test_wording(text: str, name: str, value: float) -> None:
    assert wording(text, name) == value


def test_a_page_of_too_many_blocks_is_read_as_far_as_the_bound() -> None:
    lines = "".join(
        f"<div class='c{number}'><p>Line {number}</p></div>" for number in range(MAX_CANDIDATES + 500)
    )
    blocks, rows = described(f"<body>{lines}</body>")
    assert len(blocks) == len(rows) == MAX_CANDIDATES
    assert in_context(blocks, rows, np.full(len(rows), 0.5, np.float32)).shape == (
        len(rows),
        len(neighbour_features.NAMES),
    )
