"""Docstrings and comments are plain English: the project's old habits of language do not come back.

The standard is the documentation of Scrapy or SQLAlchemy: an imperative verb, a standard noun, whole sentences.
CONTRIBUTING.md ("Language") has the rules with examples.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(ROOT.glob("newsbot/**/*.py"))


@dataclass(frozen=True)
class Habit:
    """A way to write that is banned, and what to write instead."""

    name: str
    pattern: re.Pattern[str]
    advice: str


def habit(name: str, pattern: str, advice: str) -> Habit:
    """Return a habit; a space in `pattern` also matches the end of a line."""
    return Habit(name, re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE), advice)


HABITS = (
    habit(
        "told", r"\btold\b", 'name the act: "recorded in", "documented in", "distinguished by", "reported"'
    ),
    habit(
        "tells", r"\btells\b(?! whether)", 'name the act: "says", "shows", "distinguishes", "log", "report"'
    ),
    habit("stands", r"\bstands\b", '"is", "is written", "means", "represents"'),
    habit("so many", r"\bso many\b", '"n", "the given number of", "too many"'),
    habit("what becomes of", r"\bwhat (?:becomes|became) of\b", '"the outcome of", "what happens to"'),
    habit("in its way", r"\bin its (?:own )?way\b", "leave it out, or say which way"),
    habit("tell whether", r"\btells? whether\b", '"Return whether ..."'),
)
"""Searched in docstrings and comments."""
STARTS_WITH_OF = Habit(
    "starts with Of", re.compile(r"\s*Of\b"), 'begin with a noun or verb: "Maximum number of feeds per run."'
)
"""Searched in docstrings alone."""
VARIABLE_ADVICE = 'name the thing: "row", "block", "article", "name"'


@dataclass(frozen=True)
class Text:
    """A docstring or a comment, and the line that it begins at."""

    line: int
    text: str
    is_docstring: bool = False


def texts(source: str) -> Iterator[Text]:
    """Yield the docstrings and comments of a module; comments on lines of their own that follow each other are one."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield Text(node.lineno, text, is_docstring=True)
    yield from _comments(source)


def _comments(source: str) -> Iterator[Text]:
    block: list[str] = []
    start = last = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        is_alone = token.line.lstrip().startswith("#")
        if block and not (is_alone and line == last + 1):
            yield Text(start, "\n".join(block))
            block = []
        if not block:
            start = line
        block.append(token.string.lstrip("# "))
        last = line if is_alone else 0
    if block:
        yield Text(start, "\n".join(block))


def offences(source: str, name: str) -> list[str]:
    """Return "FILE:LINE: what is wrong; what to write instead", in the order of the lines."""
    found = [(line, reason) for text in texts(source) for line, reason in _wrong_words(text)]
    found += [(line, f'a variable called "each"; write {VARIABLE_ADVICE}') for line in _variables(source)]
    return [f"{name}:{line}: {reason}" for line, reason in sorted(set(found))]


def _wrong_words(text: Text) -> Iterator[tuple[int, str]]:
    for banned in HABITS:
        for match in banned.pattern.finditer(text.text):
            line = text.line + text.text.count("\n", 0, match.start())
            yield line, f'"{" ".join(match[0].split())}"; write {banned.advice}'
    if text.is_docstring and STARTS_WITH_OF.pattern.match(text.text):
        yield text.line, f'a docstring that begins with "Of"; {STARTS_WITH_OF.advice}'


def _variables(source: str) -> Iterator[int]:
    """Yield the lines at which a name `each` is bound: by a loop, a comprehension, an assignment, an argument."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id="each", ctx=ast.Store()) | ast.arg(arg="each"):
                yield node.lineno


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_docstrings_and_comments_are_plain_english(module: Path) -> None:
    found = offences(module.read_text("utf-8"), module.relative_to(ROOT).as_posix())
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "line", "word"),
    [
        pytest.param('"""Module."""\n# The source is told\nx = 1\n', 2, '"told"', id="told in a comment"),
        pytest.param('"""Module.\n\nIt stands\nhere."""\n', 3, '"stands"', id="stands in a docstring"),
        pytest.param('x = 1\n"""Of these, so\nmany are kept."""\n', 2, '"so many"', id="across lines"),
        pytest.param('x = 1\n"""Of the page."""\n', 2, 'begins with "Of"', id="Of after an attribute"),
        pytest.param('"""Tell whether x."""\n', 1, '"Tell whether"', id="tell whether"),
        pytest.param("# What\n# becomes of it\n", 1, '"What becomes of"', id="across comment lines"),
        pytest.param("x = 1  # this tells it\n", 1, '"tells"', id="tells behind code"),
        pytest.param("for each in []:\n    pass\n", 1, '"each"', id="each in a loop"),
        pytest.param("x = [a for a, each in []]\n", 1, '"each"', id="each in a comprehension"),
        pytest.param("x = lambda each: 1\n", 1, '"each"', id="each as an argument"),
    ],
)
def test_habit_is_found_with_its_line(source: str, line: int, word: str) -> None:
    assert any(found.startswith(f"a.py:{line}: ") and word in found for found in offences(source, "a.py"))


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('x = "told, stands and so many"\n', id="strings are data"),
        pytest.param('"""Return each row once."""\n', id="each as a word"),
        pytest.param('"""Return whether the row is understood, often."""\n', id="parts of words"),
        pytest.param("# One of many\nx = 1\n", id="of in a sentence"),
    ],
)
def test_plain_english_is_left_alone(source: str) -> None:
    assert offences(source, "a.py") == []
