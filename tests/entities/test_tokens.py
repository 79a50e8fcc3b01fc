"""Sentences and words, with their offsets."""

from __future__ import annotations

import pytest

from newsbot.entities.tokens import MAX_SENTENCE_CHARS, split_sentences, split_words

WORDS = {
    "abbreviation": ("the U.S. said", ["the", "U.S.", "said"]),
    "abbreviation in a compound": ("a U.S.-led raid", ["a", "U.S.-led", "raid"]),
    "abbreviation at the end of a compound": ("a Japan-U.S. pact", ["a", "Japan-U.S.", "pact"]),
    "title": ("Mr. Holm", ["Mr", ".", "Holm"]),
    "possessive": ("Holm's and NATO’s", ["Holm", "'s", "and", "NATO", "’s"]),
    "apostrophe inside": ("O'Brien d’Ivoire", ["O'Brien", "d’Ivoire"]),
    "hyphen": ("al-Qaeda", ["al-Qaeda"]),
    "ampersand": ("AT&T", ["AT&T"]),
    "number": ("$5,300.50", ["$", "5,300.50"]),
    "quotes": ("“Yes,” he", ["“", "Yes", ",", "”", "he"]),
    "end of a sentence": ("in Rome.", ["in", "Rome", "."]),
}
SENTENCES = {
    "two": ("He came. She left.", ["He came. ", "She left."]),
    "title": ("I met Mr. Holm.", ["I met Mr. Holm."]),
    "initials": ("J. R. Holm came. He left.", ["J. R. Holm came. ", "He left."]),
    "abbreviation": ("The U.S. Senate met.", ["The U.S. Senate met."]),
    "quotes": ("“It is so.” He left.", ["“It is so.” ", "He left."]),
    "lower case goes on": ("It cost approx. two. Yes.", ["It cost approx. two. ", "Yes."]),
    "lines": ("A headline\n\nA lead", ["A headline\n\n", "A lead"]),
    "line that ends in an abbreviation": ("in the U.S.\nThe lead", ["in the U.S.\n", "The lead"]),
    "chinese": ("你好。再见。", ["你好。", "再见。"]),
    "empty": ("", []),
}


@pytest.mark.parametrize(("text", "expected"), WORDS.values(), ids=WORDS)
def test_words(text: str, expected: list[str]) -> None:
    words = split_words(text)
    assert [word.text for word in words] == expected
    assert all(text[word.start : word.end] == word.text for word in words)


@pytest.mark.parametrize(("text", "expected"), SENTENCES.values(), ids=SENTENCES)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == expected


@pytest.mark.parametrize(
    "text", ["a" * 50_000, "a-" * 50_000, "A. " * 50_000, "." * 50_000, "\n" * 50_000, "'" * 50_000]
)
def test_hostile_text_is_cut_into_bounded_sentences_that_cover_it(text: str) -> None:
    sentences = list(split_sentences(text))
    assert "".join(text[start:end] for start, end in sentences) == text
    assert all(end - start <= MAX_SENTENCE_CHARS for start, end in sentences)
    split_words(text)


def test_long_sentence_is_cut_between_words() -> None:
    text = "harbour " * MAX_SENTENCE_CHARS
    assert {word for start, end in split_sentences(text) for word in text[start:end].split()} == {"harbour"}
