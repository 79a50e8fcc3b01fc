"""Find the phrases of long word lists in a line: one pass over its words, whatever the number of phrases.

A phrase is compared word by word, without case, accents and punctuation. `korrig*` is any word that begins so; a lone `*`
is any one word. Phrases in scripts without spaces, and Korean ones, whose endings are part of the word, are found
anywhere in the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from newsbot.text import normalized

_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u0640\u064b-\u0652]+")
"""Accents, Hebrew points, and Arabic vowel signs and lengthening, which few texts write."""
_WORD = re.compile("[\\w\u0900-\u0963\u0966-\u0dff]+")
"""A word. The vowel signs of the scripts of India are no letters to the module `re`."""
_PHRASE_WORD = re.compile(rf"{_WORD.pattern}\*?|\*")
_JOINED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"
)
"""Thai, Lao, Myanmar, Khmer, kana, Han, Hangul."""
_STEM_KEY = 3
"""Number of characters by which the phrases that begin with a stem are indexed."""


class Hit(NamedTuple):
    """A phrase that was found in a folded line."""

    kind: str
    start: int
    """Place of its first character."""
    end: int
    word: int
    """Number of words before it; in a script without spaces, of characters."""


class _Phrase(NamedTuple):
    kind: str
    words: tuple[str, ...]


def fold(text: str) -> str:
    """Return a text in lower case, without accents and full-width forms, as phrases are compared."""
    if not text.isascii():
        text = normalized("NFC", _ACCENTS.sub("", normalized("NFKD", text)))
    return text.lower().replace("ı", "i")


class PhraseIndex:
    """The phrases of several kinds."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        """Index pairs of a kind and a phrase."""
        self._words: dict[str, list[str]] = {}
        self._pairs: dict[tuple[str, str], list[_Phrase]] = {}
        self._stems: dict[str, list[_Phrase]] = {}
        self._beginnings: set[str] = set()
        """First characters of all phrases but the joined ones, as many as of a stem."""
        joined: dict[str, list[str]] = {}
        for kind, phrase in phrases:
            folded = fold(phrase)
            if _JOINED.search(folded):
                joined.setdefault(kind, []).append(re.escape(folded.replace("*", "")))
            else:
                self._add(_Phrase(kind, tuple(_PHRASE_WORD.findall(folded))))
        self._joined = {
            kind: re.compile("|".join(sorted(texts, key=len, reverse=True))) for kind, texts in joined.items()
        }

    def _add(self, phrase: _Phrase) -> None:
        first, *rest = phrase.words
        self._beginnings.add(first[:_STEM_KEY])
        if any(word.endswith("*") for word in phrase.words[:2]):
            self._stems.setdefault(first[:_STEM_KEY], []).append(phrase)
        elif rest:
            self._pairs.setdefault((first, rest[0]), []).append(phrase)
        else:
            self._words.setdefault(first, []).append(phrase.kind)

    def find(self, folded: str) -> list[Hit]:
        """Return all phrases in a folded line, in no particular order."""
        words = _WORD.findall(folded)
        places = [place for place, word in enumerate(words) if word[:_STEM_KEY] in self._beginnings]
        spans = _spans(folded, words) if places else []
        hits = []
        for place in places:
            word = words[place]
            start, end = spans[place]
            for kind in self._words.get(word, ()):
                hits.append(Hit(kind, start, end, place))
            phrases = self._stems.get(word[:_STEM_KEY], ())
            if place + 1 < len(words) and (pairs := self._pairs.get((word, words[place + 1]))):
                phrases = [*phrases, *pairs]
            for kind, phrase in phrases:
                last = place + len(phrase)
                if (
                    _is_word_of(phrase[0], word)
                    and last <= len(words)
                    and all(map(_is_word_of, phrase, words[place:last]))
                ):
                    hits.append(Hit(kind, start, spans[last - 1][1], place))
        return hits + self._find_joined(folded)

    def _find_joined(self, folded: str) -> list[Hit]:
        if folded.isascii() or not _JOINED.search(folded):
            return []
        return [
            Hit(kind, found.start(), found.end(), found.start())
            for kind, pattern in self._joined.items()
            for found in pattern.finditer(folded)
        ]


def _spans(folded: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return the start and the end of each of the words of a line: nothing but other signs is between them."""
    spans = []
    end = 0
    for word in words:
        start = folded.index(word, end)
        end = start + len(word)
        spans.append((start, end))
    return spans


def _is_word_of(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern
