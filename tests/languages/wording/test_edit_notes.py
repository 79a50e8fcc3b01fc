"""Notes that own up to an edit; the languages are those of `benchmarks/silent_edits.toml`, in tests/dedupe/test_admissions.py."""

from __future__ import annotations

from collections import defaultdict

import pytest

from newsbot.languages.wording.edit_notes import (
    announces_change,
    headline_mark,
    is_about_site,
    is_bare_label,
    note_kind,
    phrases,
)


def by_kind(kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, language, text in phrases():
        if name == kind:
            found[language].append(text)
    return found


@pytest.mark.parametrize(("language", "labels"), by_kind("label").items(), ids=by_kind("label"))
def test_label_and_colon_make_a_note(language: str, labels: list[str]) -> None:
    assert [text for text in labels if note_kind(f"{text.capitalize()}: 14, 9.") != "note"] == []
    assert [
        text for text in labels if note_kind(f"({text.upper()}) 14, 9.") != "note" and "ß" not in text
    ] == []


@pytest.mark.parametrize(("language", "stamps"), by_kind("stamp").items(), ids=by_kind("stamp"))
def test_stamp_and_time_are_the_date_of_a_change(language: str, stamps: list[str]) -> None:
    assert [text for text in stamps if note_kind(f"{text.capitalize()}: 04.05.2026 16:35") is None] == []
    assert [text for text in stamps if note_kind(f"{text} 16:35") is None] == []


@pytest.mark.parametrize(("language", "texts"), by_kind("announce").items(), ids=by_kind("announce"))
def test_announcements(language: str, texts: list[str]) -> None:
    assert [text for text in texts if not announces_change(text)] == []


NOTES = (
    "Correction: An earlier version gave 14.",
    "CORRECTION (May 4, 2026): It is 14.",
    "Update, 4 May 2026, 14:05 GMT: The vote was 14 to 9.",
    "• This article was amended on 15 March 2026.",
    "(This version corrects the number of votes in paragraph 2.)",
    "[This story has been updated.]",
    "Editor's note: A figure in this story has been corrected.",
    "An earlier version of this report misstated the sum.",
    "A correction was made on March 15, 2026: It is 14 to 9.",
    "Updated to add a comment by the county.",
    "Corrections & Clarifications",
    "We regret the error.",
    "The article originally stated that the vote was 15 to 8.",
    "Because of an editing error, an earlier version of this story gave the wrong result.",
    "In einer früheren Version des Artikels hieß es 15 zu 8.",
    "O texto foi atualizado às 14h05.",
    "Tekst został skorygowany 15 marca.",
    "В статью внесены исправления.",
    "初稿有误，投票结果应为14比9。",
    "（投票結果を修正しました）",
    "【訂正】金額は470万円です。",
)
NO_NOTES = (
    "The market saw a correction of five percent on Tuesday.",
    "He spent two years in the House of Correction at Lindow.",
    "The ministry corrected its figures.",
    "An earlier version of the bill was rejected.",
    "Updated figures on exports are expected on 3 March.",
    "“This story has been corrected a hundred times,” she said.",
    "Editor's note: This article describes violence.",
    "Corrections officer killed in fire",
    "Update on the war in the north",
    "Eine Korrektur der Prognose ist möglich.",
    "港は月曜日に数字を修正した。",
    "The timetable was updated at 14:05 by the office, and nobody on the islands took any notice of it at all.",
    "Published 4 May 2026",
    "The story of the bridge has changed many times.",
    "El artículo 5 de la ley fue modificado en 1999.",
    "Tekst ustawy został zmieniony.",
    "Текст закона изменён.",
    "",
)


@pytest.mark.parametrize("text", NOTES)
def test_notes(text: str) -> None:
    assert note_kind(text) == "note"


@pytest.mark.parametrize("text", NO_NOTES)
def test_reports_with_the_words_of_notes_are_no_notes(text: str) -> None:
    assert note_kind(text) is None


def test_the_article_is_named_anywhere_but_a_word_that_may_mean_something_else_only_at_the_edges() -> None:
    assert note_kind("This article was corrected.", at_edge=False) == "note"
    assert note_kind("Der Artikel wurde 2019 geändert.", at_edge=False) is None


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("UPDATE 2-Ferry line is saved", "update 2-"),
        ("CORRECTED-Ferry line is saved", "corrected"),
        ("Korrektur: Fähre ist gerettet", "korrektur"),
        ("Ferry line is saved (Updated)", "updated"),
        ("[UPDATED] Ferry line is saved", "updated"),
        ("【訂正】渡船、存続へ", "訂正"),
        ("Corrections officer killed", ""),
        ("Update on the war", ""),
        ("Ferry - a correction", ""),
    ],
)
def test_marks_of_headlines(title: str, mark: str) -> None:
    assert headline_mark(title).strip() == mark


def test_what_is_updated_must_be_the_article() -> None:
    assert announces_change("Dieser Artikel wird laufend aktualisiert.")
    assert not announces_change("Der Fahrplan wird aktualisiert.")
    assert not announces_change("Tidtabellen uppdateras.")


def test_lines_about_the_site_and_bare_labels() -> None:
    assert is_about_site("© 2026 Lindow Post")
    assert not is_about_site("The county decided on Monday.")
    assert is_bare_label("Correction")
    assert not is_bare_label("Correction: It is 14.")


def test_every_phrase_is_of_a_known_kind_and_language() -> None:
    text = "label weak self thing change earlier said alone open stamp published when announce renewal other boilerplate measure"
    kinds = set(text.split())
    assert {kind for kind, _, _ in phrases()} == kinds
    assert all(
        2 <= len(language) <= 3 and phrase == phrase.strip() != "" for _, language, phrase in phrases()
    )


@pytest.mark.parametrize(
    "text",
    [
        "This article explores the eight largest harbours of the coast.",
        "[This article appeared originally in the Lindow Post.]",
        "Note: The captain was sent home for shouting at the crew, and the owners of the line may now have to pay more than a hundred for the wrong ticket.",
        "As this story was being drafted, the first of the messages about the ferry started to be removed.",
        "— Nora Whitlock (@nora) 4 May 2026",
        "Not the longest range (29 miles), but it was corrected.",
    ],
)
def test_lines_about_the_article_that_admit_nothing(text: str) -> None:
    assert note_kind(text) is None
