from __future__ import annotations

import pytest

from newsbot.query.query_words import is_inflected, word_texts
from newsbot.query.stems import STEMMED_LANGUAGES, UNSTEMMED, rules_of, stem, stem_all


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "protest protests protesting protested"),
        ("de", "Haus Häuser hauser"),
        ("fr", "élection élections elections"),
        ("es", "canción canciones cancion"),
        ("ru", "выборы выборов"),
        ("sv", "stad städer stader"),
        ("cs", "volby voleb"),
        ("el", "εκλογή εκλογές"),
        ("hu", "választás választások"),
    ],
)
def test_forms_of_a_word_have_one_stem_with_and_without_accents(language: str, forms: str) -> None:
    assert len({stem(word, language) for word in word_texts(forms)}) == 1


def test_numbers_codes_and_unknown_languages_have_no_stems() -> None:
    assert stem("1990s", "en") == "1990s"
    assert stem("protests", UNSTEMMED) == "protests"
    assert rules_of("ko") == rules_of(None) == UNSTEMMED
    assert rules_of("nb") == "no"


@pytest.mark.parametrize("language", sorted(STEMMED_LANGUAGES))
def test_every_word_has_a_stem_that_can_be_stored(language: str) -> None:
    for word in ("a", "ab", "s", "ii", "e" * 40, "ъ", "ё", "σ", "ى"):
        assert stem(word, language)


@pytest.mark.parametrize("language", ["en", "ru", UNSTEMMED])
def test_words_have_the_same_stems_together(language: str) -> None:
    words = ["protests", "s", "ii", "выборы", "elections"]
    assert stem_all(words, language) == [stem(word, language) for word in words]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("port", True),
        ("élan", True),
        ("p", False),
        ("", False),
        ("port2", False),
        ("a٣", False),
        ("選挙", False),
        ("x" * 30, True),
        ("x" * 31, False),
    ],
)
def test_numbers_codes_and_scripts_without_spaces_have_no_forms(word: str, *, expected: bool) -> None:
    assert is_inflected(word) == expected
