from __future__ import annotations

import pytest

from newsbot.web.html.differences import compare, likeness

OPENING = (
    "The council met on Monday and talked for five hours about the old tram line in the east of the city. "
)
ENDING = "Nobody at the town hall wanted to say on Tuesday what the line will cost or when it will be ready."


def _kinds(old: str, new: str) -> list[tuple[str, str]]:
    return [(kind, text.strip()) for kind, text in compare(old, new) if kind != "same"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("They took a decision.\n\nMore follows.", "They took a decision. More follows."),
        ("They took a decision.", "They took a decision.\n"),
        ("  They took a decision.", "They took a decision."),
        ("They\ttook  a decision.", "They took a decision."),
    ],
)
def test_a_word_is_not_struck_for_the_white_space_behind_it(old: str, new: str) -> None:
    assert _kinds(old, new) == []


def test_a_paragraph_that_is_left_out_takes_no_word_of_its_neighbours_with_it() -> None:
    old = "They took a decision.\n\nIt was a surprise to many.\n\nThe end."
    assert _kinds(old, "They took a decision. The end.") == [("removed", "It was a surprise to many.")]
    assert _kinds("They took a decision.", "They took a decision.\n\nMore.") == [("added", "More.")]


def test_replaced_words_are_shown_once() -> None:
    assert _kinds("It costs five million.", "It costs six million.") == [
        ("removed", "five"),
        ("added", "six"),
    ]


def test_nothing_of_the_new_text_is_lost() -> None:
    for old, new in (("a b\n\nc d", "a x c\n\ne"), ("", "a"), ("a", ""), ("\n\n", "a b"), ("a", " \n")):
        shown = "".join(text for kind, text in compare(old, new) if kind != "removed")
        assert shown.split() == new.split()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (OPENING + ENDING, "The very same text."),
        (OPENING, "All of it is in the first text, half of which is left out."),
        ("Something else entirely", "Hardly anything of it is in the first text."),
        (
            f"{OPENING}{ENDING} {OPENING.upper()}",
            "Two thirds of it are in the first text, nothing of which is left out.",
        ),
        ("", "Hardly anything of it is in the first text."),
    ],
    ids=["same", "shortened", "another", "longer", "empty"],
)
def test_words_say_how_much_of_a_text_is_in_the_first_one(other: str, words: str) -> None:
    assert likeness(OPENING + ENDING, other).words == words


def test_texts_without_words_are_compared() -> None:
    assert likeness("", "").is_same
    assert likeness("", "a").words == "Hardly anything of it is in the first text."
