"""Splitting texts into units, pieces and windows, without a network."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from newsbot.entities.multilingual.piece_vectors import BLOCK, unpacked
from newsbot.entities.multilingual.quotation import closed_name
from newsbot.entities.multilingual.text_windows import MAX_PIECES, windows
from newsbot.entities.multilingual.unigram import SPACE, Unigram
from newsbot.entities.multilingual.units import Unit, split_units

PIECES = {
    f"{SPACE}ferry": -5.0, f"{SPACE}fer": -4.0, "ry": -4.0, "ferry": -6.0, SPACE: -3.0, "é": -6.0, "caf": -6.0,
    f"{SPACE}caf": -6.0, "北京": -6.0, "北": -5.0, "京": -5.0, "在": -4.0, "fi": -6.0, "x": -6.0, ".": -3.0,
    "पुल": -6.0, "서울": -5.0, "에서": -5.0,
}  # fmt: skip


@pytest.fixture
def tokenizer() -> Unigram:
    return Unigram(list(PIECES), list(PIECES.values()), {"ﬁ": "fi", "\u200b": "", "\u3000": " "})


def pieces_of(tokenizer: Unigram, word: str, after_space: bool = True) -> list[tuple[str, int]]:
    names = list(PIECES)
    return [
        (names[number] if number >= 0 else "?", offset)
        for number, offset in tokenizer.split(word, after_space)
    ]


def test_pieces_with_the_highest_sum_of_scores_are_taken(tokenizer: Unigram) -> None:
    assert pieces_of(tokenizer, "ferry") == [(f"{SPACE}ferry", 0)]
    assert pieces_of(tokenizer, "ferry", after_space=False) == [("ferry", 0)]
    assert pieces_of(tokenizer, "ryferry", after_space=False) == [("ry", 0), ("ferry", 2)]


def test_unknown_character_is_a_piece_of_its_own(tokenizer: Unigram) -> None:
    assert pieces_of(tokenizer, "ferryЖry") == [(f"{SPACE}ferry", 0), ("?", 5), ("ry", 6)]


def test_replaced_character_has_the_offset_of_the_original(tokenizer: Unigram) -> None:
    assert pieces_of(tokenizer, "ﬁx", after_space=False) == [("fi", 0), ("x", 1)]
    assert pieces_of(tokenizer, "\u200bfi", after_space=False) == [("fi", 1)]


@pytest.mark.parametrize("word", ["caf\u00e9", "cafe\u0301"], ids=["composed", "decomposed"])
def test_accents_are_read_alike_and_offsets_are_those_of_the_text(tokenizer: Unigram, word: str) -> None:
    assert pieces_of(tokenizer, word, after_space=False) == [("caf", 0), ("é", 3)]


def test_word_of_invisible_characters_has_no_pieces(tokenizer: Unigram) -> None:
    assert tokenizer.split("\u200b", True) == ()


def units_of(tokenizer: Unigram, text: str) -> list[str]:
    return [text[unit.start : unit.end] for unit in split_units(text, tokenizer)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x-ferry, x’x.", ["x", "-", "ferry", ",", "x", "’", "x", "."]),
        ("在北京。", ["在", "北京", "。"]),
        ("서울에서 x", ["서울", "에서", "x"]),
        ("पुल पुलx", ["पुल", "पुलx"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("cafe\u0301 x", ["cafe\u0301", "x"]),
        ("x\u200b \u200b x", ["x", "x"]),
        ("U.S. 5,2", ["U", ".", "S", ".", "5", ",", "2"]),
    ],
    ids=["marks", "chinese", "korean", "hindi", "persian", "decomposed", "invisible", "dots"],
)
def test_units_are_words_or_pieces_of_scripts_without_spaces(
    tokenizer: Unigram, text: str, expected: list[str]
) -> None:
    assert units_of(tokenizer, text) == expected


def test_first_word_of_a_script_without_spaces_includes_the_space_sign(tokenizer: Unigram) -> None:
    first, *_ = split_units("北京在", tokenizer)
    assert (first.start, first.end) == (0, 2)
    assert len(first.pieces) == 2


def one_piece_a_word(text: str) -> list[Unit]:
    starts = [i for i in range(len(text)) if not text[i].isspace() and (i == 0 or text[i - 1].isspace())]
    return [Unit(start, start + len(text[start:].split(maxsplit=1)[0]), (start,)) for start in starts]


def test_windows_have_whole_sentences_as_far_as_they_fit() -> None:
    text = f"Ada {'word ' * 48}end. " * 4
    found = list(windows(text, one_piece_a_word))
    assert [len(window.sentences) for window in found] == [2, 2]
    offsets = [(unit.start, unit.end) for window in found for unit in window.units]
    assert offsets == [(unit.start, unit.end) for unit in one_piece_a_word(text)]


def test_long_sentence_is_cut_after_a_mark() -> None:
    text = "word " * 100 + ", " + "word " * 100
    sizes = [len(window.units) for window in windows(text, one_piece_a_word)]
    assert sizes == [101, 100]


def test_no_window_is_larger_than_the_network_reads() -> None:
    def many_pieces(text: str) -> list[Unit]:
        return [Unit(unit.start, unit.end, (1,) * 900) for unit in one_piece_a_word(text)]

    found = list(windows("Ada saw. Boris", many_pieces))
    assert all(len(window.pieces) <= MAX_PIECES for window in found)
    assert [unit.start for window in found for unit in window.units] == [0, 4, 9]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Ada saw it. It was late, she said. Then it was over, and Boris left.", ["Ada", "Then"]),
        ("NATO met. Berlin waited. Nato waited, and nato met.", ["NATO", "Berlin"]),
        ("it was late\nada kovac went to berlin\nNobody saw nobody.", ["it", "ada", "Nobody"]),
        ("北京在。上海在。", ["北京在。", "上海在。"]),
    ],
    ids=["capitals", "acronym", "small letters only", "no capitals in the script"],
)
def test_sentences_that_can_have_no_name_are_left_out(text: str, read: list[str]) -> None:
    found = windows(text, one_piece_a_word)
    assert [sentence.split()[0] for window in found for sentence in window.sentences] == read


def test_text_without_units_has_no_windows() -> None:
    assert list(windows(" \n ", one_piece_a_word)) == []


def test_units_of_windows_are_in_order_and_slice_the_text() -> None:
    text = "One two.\nThree, four five! " * 40
    units = [unit for window in windows(text, one_piece_a_word) for unit in window.units]
    assert all(a.end <= b.start for a, b in pairwise(units))
    assert {text[unit.start : unit.end] for unit in units} == {"One", "two.", "Three,", "four", "five!"}


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Фірма «Весна» працює", "Фірма «Весна", "Фірма «Весна»"),
        ("ТОВ «ТД «Весна» працює", "ТОВ «ТД «Весна", "ТОВ «ТД «Весна»"),
        ("die „Neue Post“ schrieb", "Neue Post“", "Neue Post"),
        ('the "Harbour Post" wrote', 'the "Harbour Post', 'the "Harbour Post"'),
        ("(Harbour Board)", "Harbour Board", "Harbour Board"),
        ("Bank (Malta) said", "Bank (Malta", "Bank (Malta)"),
        ("Ada’s", "Ada", "Ada"),
    ],
)
def test_marks_within_a_name_are_closed_within_it(text: str, found: str, expected: str) -> None:
    start = text.index(found)
    a, b = closed_name(text, start, start + len(found))
    assert text[a:b] == expected


def test_vectors_are_the_halves_of_bytes_less_eight_times_the_scale() -> None:
    scale = np.array([0.5], "<f2").view(np.uint8)
    row = np.concatenate([scale, np.arange(16, dtype=np.uint8) | 0xF0])
    numbers = unpacked(row[None])
    assert numbers.shape == (1, BLOCK)
    assert numbers[0].tolist() == [(i - 8) * 0.5 for i in range(16)] + [3.5] * 16
