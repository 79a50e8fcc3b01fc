"""Stems of words: equal for the forms of a word ("protests", "protesting"), by the rules of one language.

A word is folded first (no case, no accents) and stemmed then, in texts and queries alike, so that a query without accents
finds the forms of an accented word. The rules are those of Snowball; folding first changes few of its stems.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import Stemmer  # type: ignore[import-not-found]

from newsbot.query.query_words import is_inflected

_ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""Language whose rules are used -> Snowball's name of them."""
STEMMED_LANGUAGES = frozenset(_ALGORITHMS)
LANGUAGE_NAMES = {name: code for code, name in _ALGORITHMS.items()}
"""English name of a language -> its code."""
UNSTEMMED = ""
"""In place of a language: that of articles whose language is not known, or has no rules; a word has one form there."""
_SAME_RULES = {"nb": "no", "nn": "no"}
SOLE_LANGUAGES = STEMMED_LANGUAGES - set(_SAME_RULES.values())
"""Languages whose rules are used for no other language."""
VERSION = Stemmer.version()
"""Version of the rules; the stems that another version stored may be others."""

_stemmers: dict[str, Any] = {}
_one_at_a_time = Lock()  # a stemmer must not be used by two threads at once


def rules_of(language: str | None) -> str:
    """Return the language whose rules are used for an article in this language; `UNSTEMMED` if there are none."""
    known = _SAME_RULES.get(language or "", language or "")
    return known if known in STEMMED_LANGUAGES else UNSTEMMED


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a folded word by the rules of a language; the word itself if it has no other forms."""
    if language == UNSTEMMED or not is_inflected(word):
        return word
    return stem_all([word], language)[0]


def stem_all(words: Sequence[str], language: str) -> list[str]:
    """Return the stems of folded words that may have other forms (`is_inflected`), in their order."""
    if language == UNSTEMMED:
        return list(words)
    with _one_at_a_time:
        stemmer = _stemmers.get(language)
        if stemmer is None:
            stemmer = _stemmers[language] = Stemmer.Stemmer(_ALGORITHMS[language], 0)
        stems = stemmer.stemWords(words)
    return [stemmed or word for stemmed, word in zip(stems, words, strict=True)]
