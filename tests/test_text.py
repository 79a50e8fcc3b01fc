from __future__ import annotations

import re
import sys
import time
import unicodedata
from pathlib import Path

import pytest

import newsbot
from newsbot.text import (
    MAX_LINE_CHARS,
    MAX_MARKS,
    clean_text,
    collapse_space,
    normalized,
    one_line,
    paragraphs,
    plain_line,
    without_surrogates,
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
        ("Why the <video> tag won", "Why the <video> tag won"),
        ("<video>A</video> B", "A B"),
        ("A<br>B <em>cut", "A B cut"),
        ("x&" * 1_000_000, "x&" * (MAX_LINE_CHARS // 2)),
    ],
    ids=["referred twice", "escaped markup", "markup", "tag as a word", "closed tag", "open tags", "endless"],
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


@pytest.mark.parametrize(
    ("json", "mended"),
    [
        (r'"a\ud800b"', r'"a\ufffdb"'),
        (r'"a\uDC00"', r'"a\ufffd"'),
        (r'"\ud83d\ude80"', r'"\ud83d\ude80"'),
        (r'"\ud83d\ud83d\ude80"', r'"\ufffd\ud83d\ude80"'),
        (r'"\ude80\ud83d"', r'"\ufffd\ufffd"'),
        (r'"a backslash \\ud800"', r'"a backslash \\ud800"'),
        (r'"a backslash \\\ud800"', r'"a backslash \\\ufffd"'),
        (r'"\ud800\n"', r'"\ufffd\n"'),
    ],
)
def test_only_halves_of_characters_are_replaced_in_json(json: str, mended: str) -> None:
    assert without_surrogates(json) == mended


MARKS = {
    "two classes": "\u0301\u0316",
    "three classes of Arabic": "\u064b\u0651\u0655",
    "Tibetan, of class zero": "\u0f73\u0316\u0f81",
    "halfwidth sound marks": "\u0316\uff9e",
    "a mark of two marks": "\u0344\u0316",
}


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("marks", MARKS.values(), ids=list(MARKS))
def test_normalization_takes_linear_time(form: str, marks: str) -> None:
    began = time.process_time()
    text = normalized(form, "a" + marks * 200_000)  # type: ignore[arg-type]
    assert time.process_time() - began < 2  # by insertion, half a minute and more
    assert unicodedata.is_normalized(form, text)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize(
    "text",
    [
        "Die Bu\u0308rgermeisterin o\u0308ffnete das Rathaus. " * 3,
        "Tô\u0309ng thống đã ky\u0301 sắc lệnh về các biện pháp mới",
        "राष्ट्रपति ने नए उपायों पर आदेश पर हस्ताक्षर किए।",
        "ｶﾞｰﾃﾞﾆﾝｸﾞの特集を組んだ雑誌がきのう発売された。ｶﾞｰﾃﾞﾆﾝｸﾞ",
        "!?—…" * 50 + "\u0301\u0316" * (MAX_MARKS // 2),
    ],
    ids=["German", "Vietnamese", "Hindi", "Japanese", "signs"],
)
def test_text_with_few_marks_in_a_row_is_normalized_as_it_is(form: str, text: str) -> None:
    assert normalized(form, text) == unicodedata.normalize(form, text)  # type: ignore[arg-type]


def test_every_mark_is_counted() -> None:
    """A character that decomposes into marks must be found in runs, in every version of Unicode."""
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.combining(unicodedata.normalize("NFKD", character)[0]):
            assert len(normalized("NFKD", "a" + (character + "\u0316\u0301") * 100)) < 100, hex(code)


def test_text_is_normalized_in_one_place() -> None:
    package = Path(newsbot.__file__).parent
    calls = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"unicodedata\.normalize|import normalize\b", path.read_text("utf-8"))
    }
    assert calls == {"text/plain_text.py"}
