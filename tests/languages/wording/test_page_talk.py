"""Reporting and talk of the page, in every language that the word lists have."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from newsbot.languages.wording.page_talk import ends_sentence, invites_reader, is_page_talk
from newsbot.languages.wording.phrases import is_invitation
from newsbot.text import word_count

DATA = Path(__file__).parent / "data"


def lines_of(name: str) -> list[tuple[str, str]]:
    """Return the invented lines of a table with their languages."""
    rows = (DATA / name).read_text(encoding="utf-8").splitlines()[1:]
    return [(language, text) for language, _, text in (row.partition("\t") for row in rows)]


REPORTING = lines_of("reporting_lines.tsv")
PAGE = lines_of("page_lines.tsv")


def test_sentences_of_reporting_are_no_talk_of_the_page() -> None:
    assert [line for line in REPORTING if is_page_talk(line[1])] == []
    assert len(REPORTING) > 200
    assert len({language for language, _ in REPORTING}) > 40


def test_sentences_of_reporting_are_no_invitations() -> None:
    assert [text for _, text in REPORTING if is_invitation(text, word_count(text))] == []


def test_lines_about_the_page_are_talk_of_the_page() -> None:
    missed = [line for line in PAGE if not is_page_talk(line[1])]
    assert len(missed) <= len(PAGE) // 20, missed


@pytest.mark.parametrize(
    "text",
    [
        "Follow us on Telegram. Russia has denied targeting civilians.",
        "Russia has denied targeting civilians. Follow us on Telegram.",
        "The war has lasted three years. Subscribe to our newsletter.",
        "This article was corrected on 3 May. Subscribe to our newsletter.",
        "Our reporter in the town was told that the bridge is closed.",
        "Thousands joined the channel of the party on Telegram.",
        "Die Frist endet am Freitag. Abonnieren Sie unseren Newsletter.",
    ],
)
def test_line_with_one_sentence_of_reporting_is_reporting(text: str) -> None:
    assert not is_page_talk(text)


@pytest.mark.parametrize(
    "text",
    ["Read more: Russia denies targeting civilians", "Lire aussi : La Russie nie viser des civils"],
)
def test_headline_of_a_link_may_be_about_anything(text: str) -> None:
    assert is_page_talk(text)


@pytest.mark.parametrize(
    "text", ["Kovac/Harbour Press", "Port Lindow, 3 May", "Ada Kovac, Mira Holt | Politics | 4 min"]
)
def test_line_of_a_few_words_is_a_label(text: str) -> None:
    assert is_page_talk(text)


@pytest.mark.parametrize(
    "text",
    [
        "Onze comptes Twitter ont été fermés.",
        "Le onze du site a gagné.",
        "Вашингтон закрыл сайт.",
        "Share prices of the newspaper fell by a third.",
        "Support for the app fell by half.",
        "The US embassy has closed its website.",
        "日本文化についての展示が始まった。",
        "公司申请网站许可已被驳回。",
    ],
)
def test_words_that_mean_something_else_are_no_talk_of_the_page(text: str) -> None:
    assert not is_page_talk(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Поделитесь с друзьями!", True),
        ("Sign up now!", True),
        ("Subscribe to his theory.", False),
        ("Follow us, he said.", False),
        ("The party asked voters to sign up.", False),
    ],
)
def test_short_call_is_an_invitation(text: str, expected: bool) -> None:
    assert is_invitation(text, word_count(text)) is expected


def test_invitation_names_reader_publisher_and_page() -> None:
    assert invites_reader("Subscribe to our newsletter.")
    assert invites_reader("تابعونا على صفحتنا على فيسبوك.")
    assert invites_reader("Bültenimize abone olun.")
    assert not invites_reader("You can read the newsletter of the ministry.")
    assert not invites_reader("")


@pytest.mark.parametrize("text", ["یہ ختم۔", "Վերջ։", "ያበቃል።", "End.”", "終わり。"])
def test_sentences_end_in_every_script(text: str) -> None:
    assert ends_sentence(text)


def test_hostile_line_takes_little_time() -> None:
    start = time.process_time()
    for line in ("subscribe " * 40, "." * 400, "我们请" * 130, "a.b" * 130, ": " * 200):
        is_page_talk(line)
        invites_reader(line * 5)
    assert time.process_time() - start < 1
