from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.query.query_words import MAX_WORD_BYTES, word_texts, words


def texts(text: str) -> list[str]:
    return [word.text for word in words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The Harbour, opened.", ["the", "harbour", "opened"], id="case-and-punctuation"),
        pytest.param("Café naïve e\u0301cole", ["cafe", "naive", "ecole"], id="accents"),
        pytest.param("COVID-19 U.S. it's", ["covid", "19", "u", "s", "it", "s"], id="inner-punctuation"),
        pytest.param("ＡＢＣ ﬁne Straße", ["abc", "fine", "strasse"], id="forms"),
        pytest.param("東京都", ["東京", "京都", "都"], id="pairs"),
        pytest.param("日本GDP", ["日本", "本", "gdp"], id="mixed-scripts"),
        pytest.param("हिन्दी भाषा", ["हिन्दी", "भाषा"], id="vowel-signs-stay"),
        pytest.param("مُحَمَّد", ["محمد"], id="arabic-points-go"),
        pytest.param("snake_case 😀 \x00 \ud800", ["snake", "case"], id="rubbish"),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@given(st.text(max_size=200) | st.from_regex(r"[\w .,_\u0300-\u0310東京กข]{0,40}"))
def test_word_texts_are_the_texts_of_words(text: str) -> None:
    assert word_texts(text) == texts(text)


def test_words_have_their_span_in_the_text() -> None:
    text = "Über 東京 (Café)"
    assert [text[word.start : word.end] for word in words(text)] == ["Über", "東京", "京", "Café"]


@pytest.mark.parametrize("word", ["x" * 500, "ж" * 500, "𐐀" * 500], ids=["ascii", "two-bytes", "four-bytes"])
def test_long_words_are_cut(word: str) -> None:
    assert [len(text.encode()) for text in texts(word)] == [MAX_WORD_BYTES]


@given(st.text(max_size=300))
def test_words_of_any_text_can_be_indexed(text: str) -> None:
    for word in words(text):
        assert 0 < len(word.text.encode()) <= MAX_WORD_BYTES
        assert not set(word.text) & set(" '\"\\\0")
        assert 0 <= word.start < word.end <= len(text)
