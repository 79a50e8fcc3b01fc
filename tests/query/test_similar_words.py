from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsbot.query.similar_words import distance, one_edit_away


def test_distance_counts_edits_and_gives_up_beyond_the_limit() -> None:
    assert distance("merkel", "merkel", 2) == 0
    assert distance("merkel", "merkle", 2) == 1
    assert distance("merkel", "markle", 2) == 2
    assert distance("merkel", "mayor", 2) is None
    assert distance("", "ab", 2) == 2


@given(st.text(alphabet="abc", min_size=1, max_size=6))
def test_words_that_are_one_edit_away_have_the_distance_one(word: str) -> None:
    assert {distance(word, other, 2) for other in one_edit_away(word)} == {1}


def test_letters_are_those_of_the_script() -> None:
    assert "выбор" in one_edit_away("вибор")
    assert "cat" in one_edit_away("cet")
