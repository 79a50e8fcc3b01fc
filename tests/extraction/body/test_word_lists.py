"""The tables of words, and how they are found in class names and texts."""

from __future__ import annotations

import re

import pytest

from newsbot.extraction.body.blocks import Block, Container
from newsbot.extraction.body.class_words import FAMILIES, FAMILY_BITS, family_bits
from newsbot.extraction.body.features.text_features import NAMES, first_words, text_rows, words_of
from newsbot.extraction.body.word_lists import read_class_words, read_text_words

CLASS_WORDS = read_class_words()
TEXT_WORDS = read_text_words()


def has_language_codes(languages: str) -> bool:
    codes = languages.split(" ")
    are_codes = all(re.fullmatch("[a-z]{2}", code) for code in codes)
    return codes == ["any"] or (are_codes and codes == sorted(set(codes)))


def test_languages_are_sorted_codes_or_any() -> None:
    assert [word for word in CLASS_WORDS if not has_language_codes(word.languages)] == []
    assert [word for word in TEXT_WORDS if not has_language_codes(word.languages)] == []


def test_no_word_is_listed_twice() -> None:
    class_words = [(word.family, word.match, word.text) for word in CLASS_WORDS]
    text_words = [(word.list_name, word.text) for word in TEXT_WORDS]
    assert len(set(class_words)) == len(class_words)
    assert len(set(text_words)) == len(text_words)


def test_class_words_are_comparable_with_class_names() -> None:
    assert {word.match for word in CLASS_WORDS} == {"word", "part"}
    assert all(word.text == word.text.lower() for word in CLASS_WORDS)
    assert all(len(word.text) >= 4 for word in CLASS_WORDS if word.match == "part")


def test_text_words_are_comparable_with_the_words_of_a_text() -> None:
    words = [word.text for word in TEXT_WORDS if word.list_name != "cjk"]
    assert [word for word in words if words_of(word) != [word]] == []


@pytest.mark.parametrize(
    ("names", "families"),
    [
        ("article-text", {"article", "body"}),
        ("relatedStories", {"article", "related"}),
        ("relatedstories", {"related"}),
        ("ad", {"promo"}),
        ("shadow", set()),
        ("noticia__cuerpo", {"article", "body"}),
        ("verwandte-beitraege", {"related"}),
        ("lireaussi", {"related"}),
        ("", set()),
    ],
)
def test_families_of_class_names(names: str, families: set[str]) -> None:
    found = family_bits(names)
    assert {family for family in FAMILIES if found & FAMILY_BITS[family]} == families


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        pytest.param("Read more: the old ferry", "opens_pointer", id="en pointer"),
        pytest.param("Lesen Sie auch: die alte Fähre", "opens_pointer", id="de pointer"),
        pytest.param("Lire aussi : le vieux bac", "opens_pointer", id="fr pointer"),
        pytest.param("Lea también: el viejo ferri", "opens_pointer", id="es pointer"),
        pytest.param("Leia também: a velha balsa", "opens_pointer", id="pt pointer"),
        pytest.param("Leggi anche: il vecchio traghetto", "opens_pointer", id="it pointer"),
        pytest.param("Lees ook: de oude veerpont", "opens_pointer", id="nl pointer"),
        pytest.param("Läs mer: den gamla färjan", "opens_pointer", id="sv pointer"),
        pytest.param("Les mer: den gamle ferja", "opens_pointer", id="nb pointer"),
        pytest.param("Læs også: den gamle færge", "opens_pointer", id="da pointer"),
        pytest.param("Lue myös: vanha lautta", "opens_pointer", id="fi pointer"),
        pytest.param("Zobacz też: stary prom", "opens_pointer", id="pl pointer"),
        pytest.param("Ayrıca: eski vapur", "opens_pointer", id="tr pointer"),
        pytest.param("Читайте также: старый паром", "opens_pointer", id="ru pointer"),
        pytest.param("延伸阅读：旧渡轮", "has_cjk_phrase", id="zh pointer"),
        pytest.param("あわせて読みたい：古い渡し船", "has_cjk_phrase", id="ja pointer"),
        pytest.param("관련 기사: 오래된 나룻배", "has_cjk_phrase", id="ko pointer"),
        pytest.param("Od naszego korespondenta", "opens_credit", id="hr credit"),
        pytest.param("Jetzt kostenlos abonnieren", "has_join", id="de join"),
        pytest.param("Foto: Stadtarchiv", "has_rights", id="de rights"),
        pytest.param("12 comentarios", "has_talk", id="es talk"),
        pytest.param("Publicité", "has_ad", id="fr ad"),
    ],
)
def test_words_of_each_language_are_found_in_text(text: str, feature: str) -> None:
    block = Block(text, Container("p", "", 0, None), 0, 0, 0, 0, is_link=False)
    row = dict(zip(NAMES, text_rows([block], [first_words(text)])[0].tolist(), strict=True))
    assert row[feature] == 1
    others = {"opens_pointer", "opens_credit", "has_cjk_phrase"} - {feature}
    assert [name for name in others if row[name]] == []
