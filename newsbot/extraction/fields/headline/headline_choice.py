"""Choose the headline among the wordings that a page declares and shows.

A linear model scores every wording by the places that have it and by its agreement with the other wordings, the title
element and the URL. `training/headline_weights.py` learns its weights from pages of many publishers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from urllib.parse import unquote, urlsplit

from newsbot.text import letters, normalized, word_count

MAX_CHARS = 500
"""Number of characters of a headline that are read."""
WEIGHTS_FILE = "headline_weights.tsv"
_MAX_WORDINGS = 20
_MAX_PATH_CHARS = 1000
_MIN_CUT_CHARS = 90
"""Minimum length of a wording that may have been cut without an ellipsis; systems cut headlines at 100 or 110."""
_FEW_WORDS = 2
_LONG_CHARS = 200
_MIN_LONG_CHARS = 4
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_SPACELESS = re.compile(rf"[{_NO_SPACES}]")
_WORD = re.compile(rf"[{_NO_SPACES}]|[^\W_{_NO_SPACES}]+")
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…)$")
_EXTENSION = re.compile(r"\.\w{1,5}$")
_TITLE_PLACES = frozenset({"title element", "part of title element"})


@dataclass(slots=True)
class Wording:
    """One wording of the headline, as the places of a page spell it."""

    key: str
    """Its letters and digits."""
    spellings: dict[str, str] = field(default_factory=dict)
    """Name of a place -> the text there."""

    def text(self) -> str:
        """Return the spelling that most places have; that of the first place if several are equally frequent."""
        texts = list(self.spellings.values())
        return texts[0] if len(texts) == 1 else max(texts, key=texts.count)


class Wordings:
    """The different wordings on a page. Texts that differ only in case and punctuation are one wording."""

    def __init__(self, title: str, url: str, *, is_news: bool) -> None:
        self.title = title
        """Text of the title element."""
        self.url = url
        self.is_news = is_news
        """Whether the page declares itself a news article."""
        self._by_key: dict[str, Wording] = {}
        self._places: set[str] = set()

    def add(self, place: str, text: str) -> None:
        """Add a text that was found in a place of the page. A second h1 is another place than the first."""
        if place == "h1" and place in self._places:
            place = "other h1"
        key = letters(text)
        if key in self._by_key or len(self._by_key) < _MAX_WORDINGS:
            self._by_key.setdefault(key, Wording(key)).spellings.setdefault(place, text)
            self._places.add(place)

    @property
    def all(self) -> list[Wording]:
        """The wordings in the order in which they were added, without those that end in "..." where another goes on."""
        found = list(self._by_key.values())
        texts = [(wording.text(), wording.key) for wording in found]
        return [
            wording
            for wording, (text, _) in zip(found, texts, strict=True)
            if not _is_cut(text, texts, min_chars=MAX_CHARS)
        ]


def best_wording(found: Wordings) -> tuple[str | None, str]:
    """Return the text of the wording with the highest score and its first place; (None, "") if there is none."""
    wordings = found.all
    if not wordings:
        return None, ""
    best = wordings[0]
    if len(wordings) > 1:
        scored = zip(map(_score, features(found)), wordings, strict=True)
        best = max(scored, key=lambda pair: pair[0])[1]
    return best.text(), next(iter(best.spellings))


def _score(row: dict[str, float]) -> float:
    return sum(weight * row[name] for name, weight in weights().items())


@cache
def weights() -> dict[str, float]:
    """Return the weights of the model: name of a feature -> its weight."""
    table = files("newsbot.extraction.fields").joinpath("data", WEIGHTS_FILE).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines()[1:])
    return {name: float(weight) for name, weight in rows}


def features(found: Wordings) -> list[dict[str, float]]:
    """Return the features of every wording, as numbers from 0 to about 1; their order does not matter."""
    wordings = found.all
    texts = [(wording.text(), wording.key) for wording in wordings]
    words = {key: _words(text) for text, key in texts}
    slug = _words(_EXTENSION.sub("", unquote(_path_of(found.url))))
    og_words = next(
        (words[wording.key] for wording in wordings if "og:title" in wording.spellings), set[str]()
    )
    title_key, title_words = letters(found.title), _words(found.title)
    rows = []
    for wording, (text, key) in zip(wordings, texts, strict=True):
        own, places = words[key], wording.spellings.keys()
        others = [other for other in texts if other[1] != key]
        row = {
            "first h1": "h1" in places,
            "og:title": "og:title" in places,
            "JSON-LD headline": "json-ld headline" in places,
            "JSON-LD of a news article": found.is_news and "json-ld headline" in places,
            "first h1 of a news article": found.is_news and "h1" in places,
            "only in the title element": places <= _TITLE_PLACES,
            "short end of the title element": title_key.endswith(wording.key)
            and 2 * len(wording.key) < len(title_key),
            "part of the title element": "part of title element" in places,
            "other h1, inside the title element": "other h1" in places and wording.key in title_key,
            "title element": "title element" in places,
            "no word of the title element": not any(map(_is_long, own & title_words)),
            "share of words in the URL": len(own & slug) / max(1, len(own)),
            "few words": word_count(text) <= _FEW_WORDS,
            "length": min(len(text), _LONG_CHARS) / _LONG_CHARS,
            "contains another": any(other in key for _, other in others),
            "cut": _is_cut(text, others, min_chars=_MIN_CUT_CHARS),
            "likeness to another": max((_likeness(own, words[other]) for _, other in others), default=0.0),
            "likeness to og:title": _likeness(own, og_words),
        }
        rows.append({name: float(value) for name, value in row.items()})
    return rows


def _path_of(url: str) -> str:
    """Return the path of a URL; "" if it is not a URL."""
    try:
        return urlsplit(url).path[:_MAX_PATH_CHARS]
    except ValueError:
        return ""


def _words(text: str) -> set[str]:
    """Return the words of a text in lower case and without accents, as URLs spell them; a Han character is a word."""
    if not text.isascii():
        text = "".join(char for char in normalized("NFKD", text) if not unicodedata.combining(char))
    return set(_WORD.findall(text.casefold()))


def _is_long(word: str) -> bool:
    """Return whether a word is no particle: it has four letters, or is of a script in which few letters are a word."""
    return len(word) >= _MIN_LONG_CHARS or not word.isascii()


def _likeness(words: set[str], others: set[str]) -> float:
    """Return the share of the words of two texts that they have in common."""
    return len(words & others) / len(words | others) if words and others else 0.0


def _is_cut(text: str, others: Sequence[tuple[str, str]], *, min_chars: int) -> bool:
    """Return whether another wording goes on where a text ends: in a word, with an ellipsis or after `min_chars`.

    `others` are the texts of the wordings, each with its key."""
    if any(_ends_in_word(text, other) for other, _ in others if other != text):
        return True
    has_ellipsis = ("..." in text or "…" in text) and _ELLIPSIS.search(text) is not None
    if len(text) < min_chars and not has_ellipsis:
        return False
    stem = letters(_ELLIPSIS.sub("", text))
    return any(key.startswith(stem) and key != stem for _, key in others)


def _ends_in_word(text: str, whole: str) -> bool:
    """Return whether a text is the start of another one that is cut within a word."""
    if not whole.startswith(text):
        return False
    rest = whole[len(text) : len(text) + 1]
    return text[-1:].isalpha() and rest.isalpha() and _SPACELESS.match(rest) is None
