"""Texts that the entries of word lists stand for, so that tests can look for every word of every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest

from newsbot.languages.word_patterns import WordLists, entries_of

_CHOICE = re.compile(
    r"\(\?:(?P<branches>[^()]*)\)(?P<optional>\??)|\[(?P<letters>[^]]+)\]|(?P<letter>[\w ])\?"
)
_OPEN_PARTS = {r"\d*": "3", r"\d+": "12", r"\s?": " ", r"\b": "", r"\w+": "word", r"\w*": "", " ?": " "}


def examples_of(entry: str) -> Iterator[str]:
    """Yield every text that an entry matches, with one example for parts such as a number."""
    entry = re.sub(r"\.\{0,\d+\}", "", entry)
    for part, example in _OPEN_PARTS.items():
        entry = entry.replace(part, example)
    yield from _expanded(entry)


def _expanded(entry: str) -> Iterator[str]:
    choice = _CHOICE.search(entry)
    if choice is None:
        yield entry
        return
    branches: Sequence[str] = choice["letters"] or (choice["branches"] or choice["letter"]).split("|")
    for branch in (*branches, *([""] if choice["optional"] or choice["letter"] else [])):
        yield from _expanded(entry[: choice.start()] + branch + entry[choice.end() :])


def by_language(**word_lists: WordLists) -> pytest.MarkDecorator:
    """Parametrize a test with the name of each list, a language, and the texts of its entries."""
    return pytest.mark.parametrize(
        ("kind", "texts"),
        [
            pytest.param(kind, list(_texts(text)), id=f"{kind}-{language}")
            for kind, lists in word_lists.items()
            for language, text in lists.items()
        ],
    )


def _texts(text: str) -> Iterator[str]:
    for entry in entries_of({"": text}):
        yield from examples_of(entry)
