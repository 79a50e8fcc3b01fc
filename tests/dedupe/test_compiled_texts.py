"""The compiled core reads the words of texts as Python does: their number, their keys, their sketches, their index words."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsbot.dedupe.fingerprints import compiled_folder, folded_text, text_key, words_of
from newsbot.dedupe.sketches import Sketch, compiled_sketches, sketch, sketch_in_python
from newsbot.dedupe.words import MAX_CHARS
from newsbot.query.query_words import MAX_WORD_BYTES, compiled_words, word_texts, word_texts_in_python
from newsbot.text import collapse_space, word_count, words
from newsbot.text.compiled_core import is_independent, load_core
from newsbot.text.plain_text import compiled_counter, count_in_python
from tests.compiled import compiled_core, python_only
from tests.dedupe.texts import market_report, text


class Reader(NamedTuple):
    compiled: Callable[[str], Any]
    """Returns None for a text that is left to Python."""
    in_python: Callable[[str], Any]


def _compiled_sketch(body: str) -> Sketch | None:
    found = compiled_sketches().sketch(body)
    return None if found is None else Sketch(*found)


def _collapsed(body: str) -> str | None:
    return body if compiled_core().words.is_collapsed(body) else None


READERS = {
    "text without spaces too many": Reader(_collapsed, lambda body: " ".join(body.split())),
    "number of words": Reader(lambda body: compiled_counter().count(body), count_in_python),
    "folded words": Reader(lambda body: compiled_folder().fold(body), lambda body: " ".join(words_of(body))),
    "index words": Reader(lambda body: compiled_words().words(body), word_texts_in_python),
    "sketch": Reader(_compiled_sketch, sketch_in_python),
}
each_reader = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)


@pytest.fixture(autouse=True)
def _core() -> None:
    compiled_core()


@cache
def every_character() -> list[str]:
    return [chr(code) for code in range(0x110000)]


def chunks(characters: list[str], size: int) -> Iterator[str]:
    for start in range(0, len(characters), size):
        yield "".join(characters[start : start + size])


@each_reader
def test_characters_that_the_core_reads_are_read_alike(reader: Reader) -> None:
    """In their order and in another one, so that many stand beside each other, and in words with others around them."""
    known = [char for char in every_character()[:0x20000] if reader.compiled(char) is not None]
    assert len(known) > 20_000
    for _ in range(2):
        for part in chunks(known, 500):
            spaced = "".join(f"Ab{char}c 1{char}2 {char}d " for char in part[:100])
            for body in (part, part.lower(), spaced):
                found = reader.compiled(body)
                assert found is None or found == reader.in_python(body)
        random.Random(1).shuffle(known)


@each_reader
@pytest.mark.parametrize(
    "char", [*"aZß7ſİıǅΣςаЖאبéÅﬁ²Ⅷ㎏한…’—\u00ad\u200d\ufe0f", "😀", "𝒜"], ids=lambda char: f"{ord(char):04x}"
)
def test_single_characters_are_read_alike(reader: Reader, char: str) -> None:
    for body in (char, char * 3, f"{char} {char}", f"a{char}", f"{char}a"):
        assert reader.compiled(body) in (None, reader.in_python(body))


def test_characters_of_latin_texts_are_not_left_to_python() -> None:
    body = "“Größe”, naïve – Čapek’s 1.234,5 €… Москва Αθήνα القاهرة 한국 😀\u00a0x\u00adÉ"
    left = [name for name, reader in READERS.items() if reader.compiled(body) is None]
    assert left == ["text without spaces too many"]


LETTERS = st.sampled_from(
    "aábcdeEéÉßẞiİıǅſΣσςäÖñžŁøÆ한글中国あاب\u0301\u0323\u05b0\u093f\u0e01ﬁ²Ⅷ㎏ＡＦ１𝒜😀"
)
SIGNS = st.sampled_from(" \n\t\xa0\u3000\x1c\x85.,:;!?'’-–_$%&/()[]\u00ad\u200b\u200d\ufeff\ufe0f\x00\ud800")
DIGITS = st.sampled_from("0123456789٣३")
TEXTS = st.text(
    st.one_of(LETTERS, SIGNS, DIGITS, st.sampled_from("abc ABC 12"), st.characters()), max_size=200
)
WORDS = st.lists(
    st.sampled_from(
        words("the The THE of said Ada ada Kovac KOVAC straße STRASSE Straße 4.2 1,000 12:30 7 a x")
    ),
    max_size=120,
).map(" ".join)


@given(body=st.one_of(TEXTS, WORDS, st.lists(TEXTS | WORDS, max_size=5).map(". ".join)))
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_made_up_texts_are_read_alike(body: str) -> None:
    for reader in READERS.values():
        found = reader.compiled(body)
        assert found is None or found == reader.in_python(body)


BODIES = {
    "empty": "",
    "spaces": " \n ",
    "one word": "Word",
    "words of reports": "\n\n".join(map(text, range(40))),
    "market report": market_report(1),
    "capitals": text(3).upper(),
    "no case": text(4).lower(),
    "numbers": " ".join(f"{number},{number:03}.5 and {number}:" for number in range(800)),
    "long words": " ".join("x" * length + " Y" * 3 for length in range(120, 140))
    + "é" * 300
    + " "
    + "Z" * 5000,
    "same word": "same " * 3000,
    "longer than is compared": "Ab 1 cd. " * (MAX_CHARS // 8),
    "words around the longest of the index": " ".join("a" * size for size in range(40, 60)) + " " + "é" * 40,
}


@each_reader
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_bodies_are_read_alike(reader: Reader, body: str) -> None:
    found = reader.compiled(body)
    assert found == reader.in_python(body) or (found is None and reader.compiled is _collapsed)


@each_reader
def test_texts_of_another_class_are_read_alike(reader: Reader) -> None:
    """As lxml returns them from XPath."""

    class SmartText(str):
        __slots__ = ()

    assert reader.compiled(SmartText("Ada said so")) == reader.in_python("Ada said so")


@pytest.mark.parametrize("space", [" ", "\n", "\t", "\xa0", "\u3000", "\x1f", "\u200b"], ids=ascii)
def test_spaces_are_collapsed_with_the_core(space: str) -> None:
    line = f"{text(5)[:60].strip()}{space}end"
    for body in (line, line.replace(space, space * 2), f"{line}{space}", f"{space}{line}"):
        assert collapse_space(body) == " ".join(body.split())


@pytest.mark.parametrize("body", [*BODIES.values(), "Τέλος ΟΔΟΣ", "中文 and more", "e\u0301te\u0301"])
def test_texts_are_the_same_without_the_core(body: str) -> None:
    with_core = word_count(body), text_key("Title", body), sketch(body), word_texts(body), folded_text(body)
    with python_only():
        assert load_core() is None
        word_count.cache_clear()
        text_key.cache_clear()
        in_python = (
            *(word_count(body), text_key("Title", body), sketch(body), word_texts(body)),
            folded_text(body),
        )
    assert in_python == with_core


def test_stored_values_stay_what_they_are() -> None:
    """Existing databases hold these, which were computed in Python before there was a core for texts."""
    body = text(1)
    assert text_key(None, body).hex() == "6ac744ef30c25627f9c5f64cc845aa30"
    body_keys = (-278620330, 156316341, -265008228, 432226998, -470368234, 393591356, -744904333, -1021825351)
    assert sketch(body).keys == (*body_keys, -744904333, 432226998)
    content = blake2b(sketch(body).content, digest_size=16).hexdigest()
    assert content == "afac45973f8d835c2c859ddddb8f5bc7"


def test_nothing_that_stands_alone_is_joined_with_the_character_before_it() -> None:
    parts = (unicodedata.decomposition(char).split() for char in every_character())
    second = {chr(int(pair[1], 16)) for pair in parts if len(pair) == 2 and not pair[0].startswith("<")}
    hangul = {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A7, 0x11C3))}
    assert len(second) > 50
    assert [char for char in sorted(second | hangul) if is_independent(char)] == []


def test_limits_that_the_core_cannot_hold_are_refused() -> None:
    limits = {"max_chars": 9, "min_words": 9, "body_keys": 2, "lead_keys": 2, "key_words": 2, "lead_words": 9}
    bins = {"shingle_bins": 1024, "slot_bins": 9, "max_run": 2}
    with pytest.raises(ValueError, match="greater"):
        compiled_core().sketches.Sketches(str, len, str, **limits, **bins)


def test_failure_of_a_function_of_characters_is_raised() -> None:
    def fail(char: str) -> int:
        raise RuntimeError(char)

    with pytest.raises(RuntimeError, match="a"):
        compiled_core().words.WordCounter(fail).count("a")


def test_words_of_the_longest_kind_are_cut() -> None:
    assert word_texts("A" * 100) == ["a" * MAX_WORD_BYTES]
