from __future__ import annotations

from collections.abc import Iterable

import pytest

from newsbot.cleaning.boilerplate import MEMORY, Tally, block_keys, kept_places, series_marks
from newsbot.items import Article

SHARE = "Like this story? Share it with a friend!"
TEXT = [f"The council met for the {n}th time, and agreed on nothing at all." for n in range(1, 9)]


def _kept(texts: list[str], *learnt_from: list[str]) -> list[str]:
    learnt = {key for texts in learnt_from for key in block_keys(texts).values()}
    return [texts[place] for place in kept_places(texts, learnt)]


def _after(present: Iterable[bool], titles: str = "") -> tuple[Tally, int]:
    """Return the tally of a block after articles with and without it, and the number of the last one."""
    tally, number = Tally(), 0
    for number, is_there in enumerate(present, 1):
        if is_there:
            article = Article(url="", title=titles or _title(number), authors=[f"Author {number}"])
            tally = tally.counted(number, series_marks(article))
    return tally, number


def _title(number: int) -> str:
    return " ".join(chr(97 + (number * k) % 26) * 5 for k in (1, 3, 5))


def _is_boilerplate(present: Iterable[bool], titles: str = "") -> bool:
    tally, number = _after(present, titles)
    return tally.is_boilerplate(number)


def test_learnt_block_is_removed_at_its_end_of_the_text() -> None:
    assert _kept([*TEXT, SHARE], ["Other.", SHARE]) == TEXT
    assert _kept([SHARE, *TEXT], [SHARE, "Other."]) == TEXT


def test_blocks_are_equal_up_to_case_white_space_and_punctuation() -> None:
    assert _kept([*TEXT, "LIKE this story?  Share it with a friend"], ["Other.", SHARE]) == TEXT


def test_same_words_at_the_other_end_or_in_the_middle_stay() -> None:
    at_start = [SHARE, *TEXT]
    in_midst = [*TEXT[:4], SHARE, *TEXT[4:]]
    assert _kept(at_start, ["Other.", SHARE]) == at_start
    assert _kept(in_midst, ["Other.", SHARE]) == in_midst


def test_learnt_sentence_is_removed_even_if_text_follows() -> None:
    assert _kept([*TEXT, SHARE, "Reporting by Ada Kovac"], ["Other.", SHARE]) == [
        *TEXT,
        "Reporting by Ada Kovac",
    ]


def test_sub_headline_stays_while_text_follows() -> None:
    texts = [*TEXT[:6], "What comes next", TEXT[6]]
    assert _kept(texts, ["Other.", "What comes next"]) == texts


def test_text_that_is_all_boilerplate_stays() -> None:
    texts = [SHARE, "Follow us on all channels."]
    assert _kept(texts, texts) == texts


@pytest.mark.parametrize(
    "line",
    [
        "“We will never give in,” she said.",
        '"Nobody asked us," said the mayor.',
        "„Das war nie geplant“, sagte der Bürgermeister.",
        "«Personne ne nous a demandé», dit-elle.",
        "— No lo sabíamos.",
        "「知らなかった」と市長は語った。",
        "* * *",
        "1 : 0",
        " ".join(["word"] * 40),
        "w" * 401,
    ],
    ids=[
        "quote",
        "straight-quote",
        "german",
        "french",
        "dialogue",
        "japanese",
        "stars",
        "score",
        "long",
        "endless",
    ],
)
def test_paragraph_that_is_never_a_block(line: str) -> None:
    assert block_keys(["Other", line]).keys() == {0}


def test_text_of_one_paragraph_has_no_blocks() -> None:
    assert block_keys([SHARE]) == {}


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        ([True] * 4, False),
        ([True] * 5, True),
        ([True, False] * 5, True),
        ([True, False, False] * 6, True),
        ([True, *[False] * 4] * 12, False),
        ([True] * 5 + [False] * 10, True),
        ([True] * 50 + [False] * 30, True),
        ([True] * 50 + [False] * 40, False),
    ],
    ids=["four", "five", "every-second", "every-third", "every-fifth", "gap", "long-gap", "template-changed"],
)
def test_block_of_many_recent_articles_is_boilerplate(present: list[bool], expected: bool) -> None:
    assert _is_boilerplate(present) is expected


def test_forgotten_block_starts_from_zero() -> None:
    tally, number = _after([True] * 20 + [False] * (MEMORY - 1) + [True])
    assert (tally.article_count, tally.is_boilerplate(number)) == (1, False)


def test_line_of_a_series_by_its_titles_is_not_boilerplate() -> None:
    assert not _is_boilerplate([True] * 30, titles="Morning briefing")


def test_line_of_an_author_among_others_is_not_boilerplate() -> None:
    tally = Tally()
    for number in range(1, 40, 2):
        tally = tally.counted(
            number, series_marks(Article(url="", title=_title(number), authors=["Ada Kovac"]))
        )
    assert not tally.is_boilerplate(40)


def test_block_of_a_site_with_one_author_is_boilerplate() -> None:
    tally = Tally()
    for number in range(1, 7):
        tally = tally.counted(
            number, series_marks(Article(url="", title=_title(number), authors=["Ada Kovac"]))
        )
    assert tally.is_boilerplate(6)


@pytest.mark.parametrize("texts", [[], [""], ["\ud800 a", "b"], ["", "", ""], ["a"] * 5], ids=str)
def test_any_text_is_accepted(texts: list[str]) -> None:
    assert kept_places(texts, set(block_keys(texts).values())) is not None
