from __future__ import annotations

import pytest

from newsbot.web.html.rendering import teaser


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The board wants to move the market. It is too loud.", "The board wants to move the market. It is too loud."),
        ("The board wants to move the market. The", "The board wants to move the market."),
        ("The board wants to move the market, they sa", "The board wants to move the market, they …"),
        ("The board wants to move the market, th", "The board wants to move the market …"),
        ("„Der Markt zieht um“", "„Der Markt zieht …"),
        ("„Der Markt zieht um.“", "„Der Markt zieht um.“"),
        ("港は風が強かった。船は出", "港は風が強かった。船は出…"),
        ("Market", "Market…"),
        ("", ""),
        (None, ""),
    ],
    ids=["sentences", "word after a sentence", "cut word", "comma", "quotation", "sentence in quotes", "no spaces", "one word", "empty", "none"],
)  # fmt: skip
def test_teaser_ends_with_a_sentence_or_a_whole_word(text: str | None, shown: str) -> None:
    assert teaser(text, 300) == shown


def test_long_teaser_is_cut_at_a_word() -> None:
    assert teaser("word " * 100, 22) == "word word word word …"
