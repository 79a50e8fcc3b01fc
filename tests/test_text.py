from __future__ import annotations

import pytest

from newsbot.text import (
    MAX_LINE_CHARS,
    clean_text,
    collapse_space,
    one_line,
    paragraphs,
    plain_line,
    word_count,
)


def test_runs_of_any_white_space_become_one_space() -> None:
    assert collapse_space(" a\u00a0 \t b\r\n\u3000c ") == "a b c"


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        pytest.param("plain ascii", "plain ascii", id="ascii"),
        pytest.param("e\u0301", "é", id="composed"),
        pytest.param("a\r\nb\rc\u2028d\x0ce", "a\nb\nc\nd\ne", id="line ends"),
        pytest.param("a\x00b\x1bc\x7fd", "abcd", id="controls"),
        pytest.param("Heli\xadkopter\u200blande\ufeffplatz\u2060", "Helikopterlandeplatz", id="invisible"),
        pytest.param("\u202eevil\u202c", "evil", id="direction overrides"),
        pytest.param("it\x92s \x96 so\x81", "it’s – so", id="windows-1252 read as latin-1"),
        pytest.param("a\ud800b", "ab", id="lone surrogate"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="Persian keeps its non-joiner"),
        pytest.param("क्\u200dष", "क्\u200dष", id="Hindi keeps its joiner"),
        pytest.param("👩\u200d🚀", "👩\u200d🚀", id="emoji keep their joiner"),
        pytest.param("wo\u200crd\u200d", "word", id="Latin loses joiners"),
    ],
)
def test_junk_characters_are_dropped_and_needed_ones_kept(raw: str, cleaned: str) -> None:
    assert clean_text(raw) == cleaned


def test_a_headline_becomes_one_line() -> None:
    assert one_line("  Moon\u200b \n rises\u00a0again ") == "Moon rises again"


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("Ham &amp;amp; Eggs", "Ham & Eggs"),
        ("&lt;b&gt;A&lt;/b&gt;\nB", "A B"),
        ("<i>A</i> < 3", "A < 3"),
        ("x&" * 1_000_000, "x&" * (MAX_LINE_CHARS // 2)),
    ],
    ids=["referred twice", "escaped markup", "markup", "endless"],
)
def test_metadata_texts_become_one_line_without_markup(raw: str, line: str) -> None:
    assert plain_line(raw) == line


def test_paragraphs_are_separated_by_blank_lines_only() -> None:
    assert paragraphs("\n\none\ntwo\n \t\n three \r\n\r\n\n\nfour") == ["one two", "three", "four"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param("Don’t stop — it’s tit-for-tat, 3.5 times!", 6, id="English"),
        pytest.param("日本語の文章", 3, id="Japanese"),
        pytest.param("서울 시청 앞", 3, id="Korean has spaces"),
        pytest.param("iPhone 15が発売", 4, id="mixed"),
        pytest.param("-- *** __", 0, id="no letters"),
    ],
)
def test_words_are_counted_in_every_script(text: str, count: int) -> None:
    assert word_count(text) == count


def test_counting_a_million_exclamation_marks_is_linear() -> None:
    assert word_count("!" * 1_000_000 + "a") == 1
