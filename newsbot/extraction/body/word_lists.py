"""The word lists that are inputs of the body models, read from the tables in `data`.

A trained model depends on every word: after a change of a word, the model files must be trained again. The test
`tests/extraction/body/test_model_contract.py` notices such a change.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Literal, NamedTuple, cast

Match = Literal["word", "part"]
"""How a text is compared with a word of a class name: "word" equals it, "part" occurs anywhere in it."""


class ClassWord(NamedTuple):
    """A row of `class_words.tsv`: a word that occurs in class names and ids."""

    family: str
    match: Match
    languages: str
    """ISO 639-1 codes separated by spaces; "any" for technical terms and brands."""
    text: str
    """In lower case; at least four letters if `match` is "part"."""


class TextWord(NamedTuple):
    """A row of `text_words.tsv`: a word that occurs in the text of a block."""

    list_name: str
    languages: str
    """ISO 639-1 codes separated by spaces; "any" for brands and words that many languages share."""
    text: str
    """In lower case, letters only; in the list `cjk`, any string."""


def read_class_words() -> list[ClassWord]:
    """Return the words of class names and ids. The order of the families is the order of their bits."""
    return [
        ClassWord(family, cast("Match", match), languages, text)
        for family, match, languages, text in _rows("class_words.tsv")
    ]


def read_text_words() -> list[TextWord]:
    """Return the words of the text of blocks."""
    return [TextWord(*row) for row in _rows("text_words.tsv")]


def _rows(file_name: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a table, without its header."""
    table = files("newsbot.extraction.body").joinpath("data", file_name).read_text(encoding="utf-8")
    for line in table.splitlines()[1:]:
        yield line.split("\t")


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, for long lists of names in code."""
    return tuple(text.split())
