"""Vary labelled texts at random: other names, letters of another case or script, no final punctuation."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence

from training.multilingual.hebrew_letters import HebrewMixing
from training.multilingual.labelled_texts import Labelled, Span

_LATIN = "abvgdđežzijklmnoprstćufhcčšABVGDĐEŽZIJKLMNOPRSTĆUFHCČŠ"
_CYRILLIC = "абвгдђежзијклмнопрстћуфхцчшАБВГДЂЕЖЗИЈКЛМНОПРСТЋУФХЦЧШ"
_LATIN_END = "\u0250"
_ONE_TO_ONE = str.maketrans(_LATIN, _CYRILLIC)
_PAIRS = (
    ("lj", "љ"),
    ("nj", "њ"),
    ("dž", "џ"),
    ("Lj", "Љ"),
    ("Nj", "Њ"),
    ("Dž", "Џ"),
    ("LJ", "Љ"),
    ("NJ", "Њ"),
)
IN_CYRILLIC = {"sr": 0.5, "hr": 0.15}
"""Language -> share of its texts that are written in Cyrillic letters, for languages that have no training texts."""
OTHER_NAMES = 0.15
LOWER, UPPER = 0.03, 0.03
IN_HEBREW = 0.1
"""Share of the texts in Latin letters whose names, and some of whose words, become Hebrew."""
UNFINISHED = 0.1
"""Share of the texts whose last sign is left out if it is no letter."""


def in_cyrillic(text: str) -> str:
    """Return a Serbian or Croatian text in Cyrillic letters."""
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text.translate(_ONE_TO_ONE)


def mapped(sentence: Labelled, change: Callable[[str], str]) -> Labelled:
    """Return the sentence with every name, and every part between names, changed."""
    return rebuilt(sentence, [change(sentence.text[start:end]) for start, end, _ in sentence.spans], change)


def rebuilt(
    sentence: Labelled, names: Sequence[str], change: Callable[[str], str] = lambda part: part
) -> Labelled:
    """Return the sentence with other names, and the parts between them changed."""
    text, end = "", 0
    spans: list[Span] = []
    for (start, stop, kind), name in zip(sentence.spans, names, strict=True):
        text += change(sentence.text[end:start])
        spans.append((len(text), len(text) + len(name), kind))
        text += name
        end = stop
    return Labelled(text + change(sentence.text[end:]), spans, sentence.language, sentence.source)


class TextVariation:
    """Varies a sentence at random every time that it is used in training."""

    def __init__(self, sentences: Sequence[Labelled], mixing: HebrewMixing, seed: int) -> None:
        self._mixing = mixing
        self._random = random.Random(seed)  # noqa: S311
        self._names: dict[tuple[str, str], list[str]] = defaultdict(list)
        for sentence in sentences:
            for start, end, kind in sentence.spans:
                self._names[sentence.source, kind].append(sentence.text[start:end])

    def __call__(self, sentence: Labelled) -> Labelled:
        """Return the sentence, sometimes with other names, another script or case, or without its full stop."""
        if sentence.spans and self._random.random() < OTHER_NAMES:
            sentence = rebuilt(sentence, [self._other(sentence, span) for span in sentence.spans])
        if self._random.random() < IN_CYRILLIC.get(sentence.language, 0):
            sentence = mapped(sentence, in_cyrillic)
        if self._random.random() < IN_HEBREW and _is_latin(sentence.text):
            return self._mixing(sentence)
        if self._random.random() < UNFINISHED and not sentence.text[-1].isalnum():
            sentence = _without_last_sign(sentence)
        chance = self._random.random()
        if chance < LOWER:
            return mapped(sentence, str.lower)
        return mapped(sentence, str.upper) if chance < LOWER + UPPER else sentence

    def _other(self, sentence: Labelled, span: Span) -> str:
        start, end, kind = span
        if self._random.random() < 0.5:
            return sentence.text[start:end]
        return self._random.choice(self._names.get((sentence.source, kind)) or [sentence.text[start:end]])


def _is_latin(text: str) -> bool:
    return all(letter < _LATIN_END for letter in text if letter.isalpha())


def _without_last_sign(sentence: Labelled) -> Labelled:
    text = sentence.text[:-1].rstrip()
    if not text or any(end > len(text) for _, end, _ in sentence.spans):
        return sentence
    return Labelled(text, sentence.spans, sentence.language, sentence.source)
