"""Volatile lines: read counts, "updated" stamps, teasers and advertisements; text that changes without an edit.

The words are in `data/volatile_words.toml`, by language. In a language that is missing there, only the form and the
position of a line can show that it is volatile.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from newsbot.languages.calendar.dates import names_date
from newsbot.languages.wording.edit_notes import names_measure
from newsbot.languages.wording.phrases import ends_article, is_noise
from newsbot.text import collapse_space, word_count

MAX_WORDS = 8
"""Maximum length of a counter or date line; longer lines are text."""
MAX_CHARS = 200
"""Maximum length of a line that is examined; longer lines are text."""
MAX_COUNTER_WORDS = 5
MAX_LABEL_WORDS = 3
"""A full stop after so few words belongs to an abbreviation, so the line may be a label."""

_PARTS = re.compile(r"\s[|/–—-]\s|\s*[·•∙|│]\s*")
_NUMBER = re.compile(r"\d")
_CLOCK = re.compile(r"\d{1,2}\s?[:.hH时時点시]\s?\d{2}(?!\d)")
_SENTENCE = re.compile(r"(?:[^\W\d_]{3}|\d\d)[.!?…。！？।؟۔]+[)\]»”\"]*$")
_FIGURE = re.compile(r"\d+(?:[.,:\s]\d+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_UNIT = re.compile("[%‰$¢£¤¥€▲▼↑↓+°\u20a0-\u20cf]")
_LABELLED_FIGURE = re.compile(r"[^\W\d_]+(?:\s[^\W\d_]+)?\s?[:：]\s?\S{0,3}\d[\d.,\s]*\S{0,3}")
"""A name of one or two words, a colon, and a number: "Votes: 1,203"."""
_LATIN_LETTER = re.compile(r"[a-z\u00c0-\u024f\u1e00-\u1eff]", re.IGNORECASE)


@cache
def volatile_words() -> Mapping[str, Mapping[str, list[str]]]:
    """Return kind -> language (ISO 639-1) -> words, as `data/volatile_words.toml` lists and explains them."""
    text = files("newsbot.dedupe").joinpath("data", "volatile_words.toml").read_text(encoding="utf-8")
    return {
        kind: {language: [word.strip() for word in words.split(",")] for language, words in table.items()}
        for kind, table in tomllib.loads(text).items()
    }


def _words_of_kind(kind: str) -> list[str]:
    words = {word for words in volatile_words()[kind].values() for word in words}
    return sorted(words, key=lambda word: (-len(word), word))


def _words_pattern(words: Iterable[str]) -> str:
    """Return a regular expression: Latin words match at word starts; words of other scripts match anywhere."""
    latin: list[str] = []
    others: list[str] = []
    for word in words:
        text = re.escape(word.removesuffix("*")).replace(r"\ ", r"\s+")
        listed = latin if _LATIN_LETTER.match(word) else others
        listed.append(text if word.endswith("*") else rf"{text}\b")
    return rf"(?:(?<![^\W\d_])(?:{'|'.join(latin)})|{'|'.join(others)})"


def _advertisement_label() -> re.Pattern[str]:
    labels = "|".join(re.escape(word) for word in _words_of_kind("advertisement"))
    return re.compile(rf"(?:{labels})\s?[:：|–—-]", re.IGNORECASE)


_COUNTED_WORDS = _words_pattern(_words_of_kind("counted"))
_COUNTED = re.compile(_COUNTED_WORDS, re.IGNORECASE)
_COUNTER = re.compile(rf"\d\D{{0,12}}?{_COUNTED_WORDS}|{_COUNTED_WORDS}\w*\W{{0,3}}\d", re.IGNORECASE)
"""A number next to the word: "12 new comments", "Comments (12)", but not "Shares fall 5 %"."""
_AGO = re.compile(_words_pattern(_words_of_kind("ago")), re.IGNORECASE)
_UPDATED = re.compile(_words_pattern(_words_of_kind("updated")), re.IGNORECASE)
_ADVERTISEMENT = _advertisement_label()


def strip_volatile(line: str) -> str:
    """Return a line without its volatile parts; empty if all of it is volatile.

    "By Ada Kovac | 3 min read | Updated 14:05" becomes "By Ada Kovac"."""
    line = collapse_space(line)
    if len(line) > MAX_CHARS:
        return line
    if is_sentence(line):
        return "" if is_volatile(line) else line
    return " ".join(part for part in _PARTS.split(line) if not is_volatile(part))


def is_sentence(line: str) -> bool:
    """Return whether a line ends as sentences do: it is no headline, label or teaser."""
    return _SENTENCE.search(line.rstrip()) is not None


def is_volatile(part: str) -> bool:
    """Return whether a line, or a part of one, changes without an edit of the article."""
    words = word_count(part)
    if is_noise(part, words) or ends_article(part) or _ADVERTISEMENT.match(part):
        return True
    if words > MAX_WORDS + len(_NUMBER.findall(part)) // 2:
        return False
    if words > MAX_LABEL_WORDS and is_sentence(part) and not _UPDATED.search(part):
        return False
    return _is_counter(part, words) or _is_date(part)


def is_figures(old: str, new: str) -> bool:
    """Return whether two lines are the same figures at two times: prices, votes, a temperature, counters.

    They are no sentences, differ in numbers and signs only, and name what is measured or consist of numbers mostly: in
    "12 dead in fire" the number is the news."""
    if is_sentence(new) or len(new) > MAX_CHARS or _masked(old) != _masked(new):
        return False
    numbers, others = len(_FIGURE.findall(new)), len(_LETTERS.findall(new))
    if others > MAX_WORDS or not numbers:
        return False
    if _LABELLED_FIGURE.fullmatch(new.strip()) or "°" in new:
        return True
    is_measured = names_measure(new) or _COUNTED.search(new) is not None or _UNIT.search(new) is not None
    return is_measured and (others <= 1 or numbers >= 2)


def _masked(line: str) -> str:
    return " ".join(_LETTERS.findall(line.casefold()))


def _is_counter(part: str, words: int) -> bool:
    if words <= MAX_COUNTER_WORDS and _COUNTER.search(part):
        return True
    if words <= 2 and _COUNTED.match(part.partition(" ")[2] or part):  # "No comments"
        return True
    return words <= MAX_COUNTER_WORDS and _NUMBER.search(part) is not None and _AGO.search(part) is not None


def _is_date(part: str) -> bool:
    return names_date(part) or (_UPDATED.search(part) is not None and _CLOCK.search(part) is not None)
