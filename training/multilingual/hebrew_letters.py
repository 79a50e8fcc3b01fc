"""Sentences whose names, and some of whose other words, are Hebrew: there are no labelled sentences in this script.

Places are names of the table `names.tsv`; other names are transliterated. Prefixes ("in", "to", "from", "and", "the") are
part of the word, and so of the name, as in Hebrew corpora. Other words are replaced by frequent words of the tokenizer, so
that the script itself is no sign of a name.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

from newsbot.entities.multilingual.unigram import SPACE
from training.multilingual.labelled_texts import Labelled, Span

_NAMES = Path("newsbot/entities/data/names.tsv")
_PREFIXES = ("ב", "ל", "מ", "ה", "ו", "ש", "וב", "מה")
_PREFIXED = 0.35
_REPLACED = 0.6
"""Share of the words outside names that are replaced."""
FREQUENT = 1500
"""Number of Hebrew words that replace others."""
_PAIRS = {
    "sch": "ש", "sh": "ש", "tsch": "צ'", "tch": "צ'", "ch": "צ'", "th": "ת", "ph": "פ", "kh": "ח", "ts": "צ", "tz": "צ",
    "ck": "ק", "oo": "ו", "ee": "י", "ou": "ו", "ei": "יי", "ai": "יי", "au": "או", "ie": "י", "ll": "ל", "ss": "ס",
    "nn": "נ", "mm": "מ", "tt": "ט", "rr": "ר", "ff": "פ", "pp": "פ", "bb": "ב",
}  # fmt: skip
_LETTERS = dict(
    zip(
        "bcdfghjklmnpqrstvwxyziou",
        [
            "ב",
            "ק",
            "ד",
            "פ",
            "ג",
            "ה",
            "ג'",
            "ק",
            "ל",
            "מ",
            "נ",
            "פ",
            "ק",
            "ר",
            "ס",
            "ט",
            "ו",
            "ו",
            "קס",
            "י",
            "ז",
            "י",
            "ו",
            "ו",
        ],
        strict=True,
    )
)
_FINALS = dict(zip("מנפצכ", "םןףץך", strict=True))
_SOUNDS = re.compile("|".join(sorted(_PAIRS, key=len, reverse=True)) + "|[a-z]")
_WORD = re.compile(r"[^\W\d_]+")


def in_hebrew(name: str) -> str:
    """Return a name in Latin letters as Hebrew would roughly write it: few vowels, and other letters at the end."""
    return _WORD.sub(lambda match: _word(match[0]), unicodedata.normalize("NFKD", name))


def _word(word: str) -> str:
    plain = "".join(letter for letter in word.lower() if letter.isascii())
    written = _SOUNDS.sub(lambda match: _PAIRS.get(match[0]) or _LETTERS.get(match[0], ""), plain)
    if plain[:1] in ("a", "e", "i", "o", "u") and plain:
        written = "א" + written
    elif plain.endswith("a"):
        written += "ה"
    return written[:-1] + _FINALS.get(written[-1], written[-1]) if len(written) > 1 else written or word


def hebrew_words(pieces: Iterable[str]) -> list[str]:
    """Return the most frequent Hebrew words of the tokenizer; its pieces are in the order of their frequency."""
    found = (
        piece[1:] for piece in pieces if piece.startswith(SPACE) and len(piece) > 2 and "א" <= piece[1] <= "ת"
    )
    return [word for _, word in takewhile(lambda item: item[0] < FREQUENT, enumerate(found))]


class HebrewMixing:
    """Writes the names of a sentence in Hebrew letters, and replaces other words."""

    def __init__(self, words: list[str], seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311
        rows = (line.split("\t") for line in _NAMES.read_text(encoding="utf-8").splitlines())
        self._places = [row[2].replace("׳", "'") for row in rows if row[:2] == ["he", "LOC"]]
        known = {part for place in self._places for part in place.split()}
        self._words = [word for word in words if word not in known and word[1:] not in known]

    def __call__(self, sentence: Labelled) -> Labelled:
        """Return the sentence with Hebrew names and words."""
        text, end = "", 0
        spans: list[Span] = []
        for start, stop, kind in sentence.spans:
            text += self._replaced(sentence.text[end:start])
            name = self._name(sentence.text[start:stop], kind)
            spans.append((len(text), len(text) + len(name), kind))
            text += name
            end = stop
        return Labelled(text + self._replaced(sentence.text[end:]), spans, sentence.language, sentence.source)

    def _name(self, name: str, kind: str) -> str:
        written = (
            self._random.choice(self._places)
            if kind == "LOC" and self._random.random() < 0.7
            else in_hebrew(name)
        )
        return (self._random.choice(_PREFIXES) if self._random.random() < _PREFIXED else "") + written

    def _replaced(self, part: str) -> str:
        return _WORD.sub(
            lambda match: self._random.choice(self._words) if self._random.random() < _REPLACED else match[0],
            part,
        )
