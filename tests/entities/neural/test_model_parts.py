"""The parts of the neural engine that need no network: pieces, casing, decoding, memory."""

from __future__ import annotations

import numpy as np
import pytest

from newsbot.entities.neural.casing import (
    INITIAL,
    LOWER,
    MARK,
    MIXED,
    NUMBER,
    TITLE,
    UPPER,
    WITH_DIGITS,
    casing,
)
from newsbot.entities.neural.hints import with_hints
from newsbot.entities.neural.label_decoding import best_labels, doubtful, spans, surroundings
from newsbot.entities.neural.recent import RecentAnswers
from newsbot.entities.neural.tagger import Tagger
from newsbot.entities.neural.wordpiece import WordPiece
from newsbot.entities.tokens import split_words

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "stolen",
    "stol",
    "##ten",
    "##berg",
    "u",
    ".",
    "s",
    "中",
    "€",
    "e",
]
PIECES = {
    "whole": ("Stolen", ["stolen"]),
    "longest first": ("Stoltenberg", ["stol", "##ten", "##berg"]),
    "accents": ("ÉÉ", ["[UNK]"]),
    "one accent": ("é", ["e"]),
    "every mark is a piece": ("U.S.", ["u", ".", "s", "."]),
    "every ideograph is a piece": ("中中", ["中", "中"]),
    "currency": ("€", ["€"]),
    "unknown": ("xyz", ["[UNK]"]),
    "too long": ("stolen" * 50, ["[UNK]"]),
    "invisible": ("\u200b", []),
}


@pytest.mark.parametrize(("word", "expected"), PIECES.values(), ids=PIECES)
def test_pieces(word: str, expected: list[str]) -> None:
    assert [VOCABULARY[number] for number in WordPiece(VOCABULARY).pieces(word)] == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("said", LOWER),
        ("Holm", TITLE),
        ("NATO", UPPER),
        ("U.S.", UPPER),
        ("J", INITIAL),
        ("iPhone", MIXED),
        ("McHolm", MIXED),
        ("2021", NUMBER),
        ("5,300.50", NUMBER),
        ("G20", WITH_DIGITS),
        ("—", MARK),
        ("中国", MIXED),
    ],
)
def test_casing(word: str, expected: int) -> None:
    assert casing(word) == expected


O, B_PER, I_PER, B_ORG, I_ORG, B_LOC, I_LOC = range(7)  # noqa: E741


def scores(*rows: dict[int, float]) -> np.ndarray:
    return np.array([[row.get(label, 0.0) for label in range(7)] for row in rows], np.float32)


DECODED = {
    "valid": (scores({B_PER: 5}, {I_PER: 5}, {O: 5}), [B_PER, I_PER, O]),
    "name cannot begin inside": (scores({I_PER: 5, B_PER: 4}, {I_PER: 5}), [B_PER, I_PER]),
    "name cannot change its type": (scores({B_PER: 5}, {I_ORG: 5, I_PER: 4}), [B_PER, I_PER]),
    "nor after nothing": (scores({O: 5}, {I_LOC: 3, O: 2.5}), [O, O]),
    "none": (np.zeros((0, 7), np.float32), []),
}


@pytest.mark.parametrize(("given", "expected"), DECODED.values(), ids=DECODED)
def test_best_labels_are_a_valid_sequence(given: np.ndarray, expected: list[int]) -> None:
    assert best_labels(given) == expected


SURE_O, SURE_PER, DOUBT = {O: 9.0}, {B_PER: 9.0}, {B_PER: 4.0, B_ORG: 3.0}
OPEN = {O: 4.0, B_ORG: 3.0}
DOUBTS = {
    "none": ([SURE_O, SURE_PER], []),
    "of nothing": ([], []),
    "of one word": ([SURE_O, SURE_O, DOUBT, SURE_O], [2]),
    "of two": ([SURE_O, DOUBT, SURE_O, DOUBT], [1, 3]),
    "and a name beside them": ([SURE_O, SURE_PER, OPEN, SURE_O, SURE_PER], [1, 2]),
    "and a whole name": ([SURE_O, SURE_PER, SURE_PER, DOUBT, SURE_PER, SURE_PER, SURE_O], [1, 2, 3, 4, 5]),
}


@pytest.mark.parametrize(("rows", "expected"), DOUBTS.values(), ids=DOUBTS)
def test_doubtful_words_and_the_names_that_they_touch(
    rows: list[dict[int, float]], expected: list[int]
) -> None:
    given = scores(*rows) if rows else np.zeros((0, 7), np.float32)
    assert doubtful(given, 0.9) == expected


SURROUNDINGS = {
    "one word on either side": ([SURE_O, SURE_O, DOUBT, SURE_O, SURE_O], [2], [1, 2, 3]),
    "up to the ends": ([DOUBT, SURE_O, DOUBT], [0, 2], [0, 1, 2]),
    "names are not cut": ([SURE_O, SURE_PER, SURE_PER, OPEN, SURE_PER, SURE_PER], [3], [1, 2, 3, 4, 5]),
}


@pytest.mark.parametrize(("rows", "words", "expected"), SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_surroundings_of_words(rows: list[dict[int, float]], words: list[int], expected: list[int]) -> None:
    assert list(range(len(rows))[surroundings(scores(*rows), words, around=1)]) == expected


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    pytest.importorskip("onnxruntime")
    return Tagger()


def test_tagger_scores_wanted_words_only(tagger: Tagger) -> None:
    words = split_words("Angela Merkel met Olaf Scholz in Berlin. " * 20)
    assert tagger.scores(words).shape == (len(words), 7)
    wanted = [0, 1, 6, len(words) - 2]
    found = tagger.scores(words, wanted).argmax(-1).tolist()
    assert found == [B_PER, I_PER, B_LOC, B_LOC]


def test_tagger_without_wanted_words_reads_nothing(tagger: Tagger) -> None:
    assert tagger.scores(split_words("Angela Merkel"), []).shape == (0, 7)


HINTS = {
    "country": ("in Chad now", [(1, B_LOC)]),
    "the longest name": (
        "New Zealand and the World Health Organization",
        [(0, B_LOC), (1, I_LOC), (4, B_ORG), (5, I_ORG), (6, I_ORG)],
    ),
    "no known name": ("Gull chad", []),
}


@pytest.mark.parametrize(("text", "expected"), HINTS.values(), ids=HINTS)
def test_known_names_are_hinted_at(text: str, expected: list[tuple[int, int]]) -> None:
    words = split_words(text)
    hinted = with_hints(words, np.zeros((len(words), 7), np.float32))
    assert [(int(word), int(label)) for word, label in np.argwhere(hinted)] == expected


SPANS = {
    "two names side by side": ("Holm Lind", [B_PER, B_PER], [(0, 4, "PER"), (5, 9, "PER")]),
    "name at the end": ("in New Gull", [O, B_LOC, I_LOC], [(3, 11, "LOC")]),
    "nothing dangles": ("Union of", [B_ORG, I_ORG], [(0, 5, "ORG")]),
    "abbreviation at the end of a name": ("Gull Inc. fell", [B_ORG, I_ORG, O, O], [(0, 9, "ORG")]),
    "full stop of a sentence": ("in Gull.", [O, B_LOC, O], [(3, 7, "LOC")]),
    "internet name": ("Gull.com fell", [B_ORG, O, O, O], [(0, 8, "ORG")]),
    "title": ("Gen. Eva Holm", [B_PER, I_PER, I_PER, I_PER], [(5, 13, "PER")]),
    "titles": ("Mr. President Holm", [B_PER, I_PER, I_PER, I_PER], [(14, 18, "PER")]),
    "title by which one is known": ("Lord Holm", [B_PER, I_PER], [(0, 9, "PER")]),
    "nothing but a title": ("Dr.", [B_PER, I_PER], [(0, 3, "PER")]),
    "title of no person": ("General Gull", [B_ORG, I_ORG], [(0, 12, "ORG")]),
    "marks around": ("#Gull (", [B_ORG, I_ORG, I_ORG], [(1, 5, "ORG")]),
    "ticker": ("GULL.O", [B_ORG, I_ORG, I_ORG], []),
    "ticker after the name": ("Gull Inc GUL.O", [B_ORG, I_ORG, I_ORG, I_ORG, I_ORG], [(0, 8, "ORG")]),
    "acronym that is a word": ("He said WHO erred", [O, O, O, O], [(8, 11, "ORG")]),
    "the word": ("He said who erred", [O, O, O, O], []),
    "the word, shouted": ("WHO ERRED", [O, O], []),
    "compound": ("Gull-based firm", [B_LOC, O], [(0, 4, "LOC")]),
    "compound of several words": ("New Gull-based firm", [B_LOC, I_LOC, O], [(0, 8, "LOC")]),
    "person with a hyphen": ("Kim Gull-led", [B_PER, I_PER], [(0, 12, "PER")]),
    "compound of a known name": ("Malaysia-based firm", [O, O], [(0, 8, "LOC")]),
    "compound of no known name": ("Gull-based firm", [O, O], []),
    "two countries": ("U.S.-China talks", [B_LOC, O], [(0, 4, "LOC"), (5, 10, "LOC")]),
    "country and demonym": ("US-Philippine drill", [B_LOC, O], [(0, 2, "LOC")]),
    "country and organisation": ("EU-UK talks", [B_ORG, O], [(0, 2, "ORG"), (3, 5, "LOC")]),
    "one country with a hyphen": ("Guinea-Bissau", [B_LOC], [(0, 13, "LOC")]),
    "party and state": ("D-Iowa", [B_ORG], [(2, 6, "LOC")]),
    "compound of names": ("Gull-Firth", [B_LOC], [(0, 10, "LOC")]),
    "name with a small letter": ("al-Gull", [B_ORG], [(0, 7, "ORG")]),
}


@pytest.mark.parametrize(("text", "labels", "expected"), SPANS.values(), ids=SPANS)
def test_spans(text: str, labels: list[int], expected: list[tuple[int, int, str]]) -> None:
    assert list(spans(split_words(text), labels)) == expected


def test_cache_keeps_recently_used_answers() -> None:
    recent = RecentAnswers[int](2)
    recent.add({"a": 1, "b": 2})
    assert recent.get(["a"]) == {"a": 1}
    recent.add({"c": 3})
    assert recent.get(["a", "b", "c"]) == {"a": 1, "c": 3}
