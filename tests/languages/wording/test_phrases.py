"""Buttons, invitations, notices and headings around articles, in every language that has word lists."""

from __future__ import annotations

from newsbot.languages.wording.phrases import (
    HEADINGS,
    INVITATIONS,
    LABELS,
    MAX_NOISE_WORDS,
    NOTICES,
    POINTERS,
    ends_article,
    is_invitation,
    is_noise,
)
from newsbot.text import word_count
from tests.word_list_examples import by_language

ARTICLE_LINE = "The council votes on Tuesday"


@by_language(label=LABELS, notice=NOTICES)
def test_buttons_and_notices_are_noise(kind: str, texts: list[str]) -> None:
    assert [text for text in texts if not is_noise(text.capitalize(), word_count(text))] == []


@by_language(invitation=INVITATIONS)
def test_invitations_are_noise_unless_somebody_is_quoted_with_them(kind: str, texts: list[str]) -> None:
    lines = [f"{text.capitalize()} 2" for text in texts]
    assert [line for line in lines if not is_invitation(line, 3)] == []
    assert [line for line in lines if is_invitation(f"“{line}”", 3)] == []
    assert [line for line in lines if is_invitation(line, MAX_NOISE_WORDS + 1)] == []


@by_language(pointer=POINTERS)
def test_pointers_to_other_articles_are_noise(kind: str, texts: list[str]) -> None:
    lines = [f"{text.capitalize()}: {ARTICLE_LINE}" for text in texts]
    assert [line for line in lines if not is_noise(line, word_count(line))] == []


@by_language(heading=HEADINGS)
def test_headings_of_link_lists_end_an_article(kind: str, texts: list[str]) -> None:
    assert [text for text in texts if not ends_article(text.capitalize())] == []
    assert [text for text in texts if ends_article(f"{ARTICLE_LINE} {text}")] == []


def test_lines_of_an_article_are_not_noise() -> None:
    assert not is_noise(ARTICLE_LINE, 5)
    assert not is_noise("Shareholders like the plan", 4)
    assert not ends_article(ARTICLE_LINE)
