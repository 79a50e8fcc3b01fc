"""Texts with their mentions marked: `{PER Angela Merkel} met {ORG NATO}.`"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from newsbot.items import ENTITY_TYPES, Mention

_MARK = re.compile(r"\{(PER|ORG|LOC) ([^}]*)\}")

ReadMarks = Callable[[str], tuple[str, list[Mention]]]


@pytest.fixture(scope="session")
def read_marks() -> ReadMarks:
    """Give the function that returns a text without its marks, and the mentions that were marked."""

    def read(marked: str) -> tuple[str, list[Mention]]:
        text, mentions, end = "", [], 0
        for match in _MARK.finditer(marked):
            text += marked[end : match.start()]
            kind = next(kind for kind in ENTITY_TYPES if kind == match[1])
            start = len(text)
            text += match[2]
            mentions.append(Mention(start=start, end=len(text), text=match[2], type=kind))
            end = match.end()
        return text + marked[end:], mentions

    return read
