"""Take titles, ranks and forms of address off the names of people, by language, from `data/titles.toml`."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from newsbot.entities.naming.folding import words_of
from newsbot.entities.naming.grammar import grammar

_GLUED_BEFORE = frozenset(("th", "lo", "km"))
"""Languages that write a title together with the name after it."""
_GLUED_AFTER = frozenset(("zh", "ja", "ko", "hi", "mr", "ne"))
"""Languages that write a title together with the name before it."""
_NAMES_OF_ONE_CHARACTER = frozenset(("zh", "ja", "ko"))
_MIN_GLUED = {"hi": 2, "mr": 2, "ne": 2, "ko": 2}
"""Minimum length of a title after a name without a space; for other languages one character."""
_MAX_TITLES = 4


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of a language, as words."""

    before: frozenset[tuple[str, ...]]
    after: frozenset[tuple[str, ...]]
    articles: frozenset[str]
    glued_before: tuple[str, ...]
    glued_after: tuple[str, ...]
    longest: int


def without_titles(name: str, language: str) -> str:
    """Return the name of a person without titles; unchanged if nothing else would be left."""
    titles = _titles(language)
    for _ in range(_MAX_TITLES):
        shorter = _glued_off(
            _after_off(_before_off(name, titles, language), titles, language), titles, language
        )
        if shorter == name:
            break
        name = shorter
    return name


def _before_off(name: str, titles: Titles, language: str) -> str:
    words = name.split()
    skipped = 1 if words and words[0].lower() in titles.articles else 0
    for count in range(min(titles.longest, len(words) - skipped - 1), 0, -1):
        if _is_title(words[skipped : skipped + count], titles.before, language):
            return " ".join(words[skipped + count :])
    return name


def _after_off(name: str, titles: Titles, language: str) -> str:
    words = name.split()
    for count in range(min(titles.longest, len(words) - 1), 0, -1):
        if _is_title(words[-count:], titles.after, language):
            return " ".join(words[:-count]).rstrip(",")
    return name


def _is_title(words: list[str], titles: frozenset[tuple[str, ...]], language: str) -> bool:
    folded = words_of(" ".join(words))
    if folded in titles:
        return True
    bases = {base for base, _ in grammar(language).bases(folded[-1])} if len(folded) == 1 else set()
    return any((base,) in titles for base in bases)


def _glued_off(name: str, titles: Titles, language: str) -> str:
    for title in titles.glued_before:
        rest = name.removeprefix(title).lstrip()
        if rest != name and len(rest) > 1 and not _is_dependent(rest[0]):
            return rest
    least = 1 if language in _NAMES_OF_ONE_CHARACTER else 2
    for title in titles.glued_after:
        rest = name.removesuffix(title).rstrip()
        if rest != name and len(rest) >= least:
            return rest
    return name


def _is_dependent(letter: str) -> bool:
    """Return whether no word can begin with a letter: a vowel sign, or a Thai vowel that follows its consonant."""
    return unicodedata.category(letter).startswith("M") or letter in "ะาำๅ"


@cache
def _titles(language: str) -> Titles:
    tables = _tables()
    table = tables.get(language, {})
    table = tables[table["like"]] if "like" in table else table
    own = {place: _listed(table.get(place, "")) for place in ("before", "after", "articles")}
    everywhere = tables["any"]
    before, after = ([*own[place], *_listed(everywhere[place])] for place in ("before", "after"))
    longest_first = sorted(own["before"], key=len, reverse=True)
    after_first = sorted(own["after"], key=len, reverse=True)
    least = _MIN_GLUED.get(language, 1)
    return Titles(
        before=frozenset(filter(None, map(words_of, before))),
        after=frozenset(filter(None, map(words_of, after))),
        articles=frozenset(own["articles"]),
        glued_before=tuple(longest_first) if language in _GLUED_BEFORE else (),
        glued_after=tuple(title for title in after_first if len(title) >= least)
        if language in _GLUED_AFTER
        else (),
        longest=max((title.count(" ") + 1 for title in (*before, *after)), default=1),
    )


def _listed(titles: str) -> list[str]:
    return [title.strip() for title in titles.split(",") if title.strip()]


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    text = files("newsbot.entities").joinpath("data", "titles.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
