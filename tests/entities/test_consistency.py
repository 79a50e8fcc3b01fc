"""What one place in a text tells of another."""

from __future__ import annotations

import re

import pytest

from newsbot.entities.consistency import make_consistent
from newsbot.items import ENTITY_TYPES, Mention

_MARK = re.compile(r"\{(PER|ORG|LOC) ([^}]*)\}")
CASES = {
    "majority settles the type": (
        "{ORG Gull} {ORG Gull} {PER Gull}",
        ["ORG Gull", "ORG Gull", "ORG Gull"],
    ),
    "a tie stays": ("{ORG Gull} {PER Gull}", ["ORG Gull", "PER Gull"]),
    "missed full name": ("{PER Eva Lind} came. Eva Lind left.", ["PER Eva Lind", "PER Eva Lind"]),
    "missed surname": (
        "{PER Eva Lind} came. {PER Lind} left. Lind sat. Lind ate.",
        ["PER Eva Lind", "PER Lind", "PER Lind", "PER Lind"],
    ),
    "surname never found alone": ("{PER Eva Rice} came. Rice is cheap.", ["PER Eva Rice"]),
    "word mostly no name": ("{ORG Apple} sells. Apple pie, Apple tart.", ["ORG Apple"]),
    "word mostly a name": ("{ORG Gull} {ORG Gull} and Gull", ["ORG Gull", "ORG Gull", "ORG Gull"]),
    "no part of a longer word": ("{PER Eva Lind} in Eva Lindgren's and Eva Lind-Berg's", ["PER Eva Lind"]),
    "no part of a longer name": (
        "{PER Eva Lind} of {ORG Eva Lind Trust}",
        ["PER Eva Lind", "ORG Eva Lind Trust"],
    ),
}


@pytest.mark.parametrize(("marked", "expected"), CASES.values(), ids=CASES)
def test_text_is_made_consistent(marked: str, expected: list[str]) -> None:
    text = _MARK.sub(r"\2", marked)
    mentions, removed = [], 0
    for match in _MARK.finditer(marked):
        kind = next(kind for kind in ENTITY_TYPES if kind == match[1])
        start = match.start() - removed
        mentions.append(Mention(start=start, end=start + len(match[2]), text=match[2], type=kind))
        removed += len(match[0]) - len(match[2])
    found = make_consistent(mentions, text)
    assert [f"{m.type} {m.text}" for m in found] == expected
    assert all(text[m.start : m.end] == m.text for m in found)
