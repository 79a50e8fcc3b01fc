from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.store.index.terms import MAX_QUERY_WORDS, MAX_WORD_BYTES, Term, parse_query, word_texts, words


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


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        pytest.param("harbour jobs", [Term(("harbour",)), Term(("jobs",))], id="words"),
        pytest.param('"two hundred" jobs', [Term(("two", "hundred")), Term(("jobs",))], id="phrase"),
        pytest.param("jobs -mayor", [Term(("jobs",)), Term(("mayor",), is_excluded=True)], id="not"),
        pytest.param(
            'jobs -"the mayor"', [Term(("jobs",)), Term(("the", "mayor"), is_excluded=True)], id="not-phrase"
        ),
        pytest.param("„two hundred“", [Term(("two", "hundred"))], id="typographic-quotes"),
        pytest.param('"two hundred', [Term(("two", "hundred"))], id="open-quote"),
        pytest.param("covid-19", [Term(("covid", "19"))], id="hyphen-is-a-phrase"),
        pytest.param("東京都", [Term(("東京", "京都"))], id="pairs"),
        pytest.param("都", [Term(("都",), is_prefix=True)], id="one-character"),
        pytest.param(
            "AND OR NEAR(a) col:b ^c d*",
            [Term((w,)) for w in ["and", "or"]]
            + [Term(("near", "a")), Term(("col", "b")), Term(("c",)), Term(("d",))],
            id="no-operators",
        ),
        pytest.param('- -- "" -"" 😀 \x00', [], id="nothing"),
    ],
)
def test_query_language(query: str, terms: list[Term]) -> None:
    assert parse_query(query) == terms


def test_long_queries_are_bounded() -> None:
    assert sum(len(term.words) for term in parse_query("word " * 100_000)) == MAX_QUERY_WORDS


@given(st.text(max_size=300))
def test_words_of_any_text_can_be_indexed(text: str) -> None:
    for word in words(text):
        assert 0 < len(word.text.encode()) <= MAX_WORD_BYTES
        assert not set(word.text) & set(" '\"\\\0")
        assert 0 <= word.start < word.end <= len(text)
    parse_query(text)


@given(st.text(alphabet="東京都はA1é -", min_size=1, max_size=20), st.data())
def test_any_part_of_a_text_without_spaces_is_found_in_it(text: str, data: st.DataObject) -> None:
    run = text.replace(" ", "").replace("-", "")
    start = data.draw(st.integers(0, len(run)))
    terms = parse_query(run[start:])
    indexed = texts(run)
    for term in terms:
        if not any(char.isascii() or char == "é" for char in run):
            assert _contains(indexed, term)


def _contains(indexed: list[str], term: Term) -> bool:
    size = len(term.words)
    return any(
        tuple(indexed[i : i + size]) == term.words
        or (term.is_prefix and indexed[i].startswith(term.words[0]))
        for i in range(len(indexed) - size + 1)
    )
