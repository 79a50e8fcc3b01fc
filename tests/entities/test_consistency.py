"""The mentions of an article agree with one another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsbot.entities.consistency import make_consistent
from newsbot.items import Mention

ReadMarks = Callable[[str], tuple[str, list[Mention]]]

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
    "surname that is no place": (
        "{PER Eva Lindgull} came. {LOC Lindgull} left. {LOC Lindgull} sat.",
        ["PER Eva Lindgull", "PER Lindgull", "PER Lindgull"],
    ),
    "surname that is a place too": (
        "{PER Jack London} left {LOC London}. {LOC London} is big.",
        ["PER Jack London", "LOC London", "LOC London"],
    ),
    "country that plays": ("{ORG France} beat {LOC Chile}", ["LOC France", "LOC Chile"]),
    "person called as a country": ("{PER Chad} ate", ["PER Chad"]),
    "possessive of the name itself": ("{PER Moody}'s and {PER Moody}’s", ["ORG Moody's", "ORG Moody’s"]),
    "possessive of a person of such a name": (
        "{PER Eva Moody} came. {PER Moody}'s left.",
        ["PER Eva Moody", "PER Moody"],
    ),
    "surname never found alone": ("{PER Eva Rice} came. Rice is cheap.", ["PER Eva Rice"]),
    "word mostly no name": ("{ORG Apple} sells. Apple pie, Apple tart.", ["ORG Apple"]),
    "word mostly a name": ("{ORG Gull} {ORG Gull} and Gull", ["ORG Gull", "ORG Gull", "ORG Gull"]),
    "acronym is what the name before it is": (
        "{LOC Republic of Gull} ({ORG RG}) and {ORG RG}",
        ["LOC Republic of Gull", "LOC RG", "LOC RG"],
    ),
    "acronym of an organisation named elsewhere": (
        "{PER HBO} met. The {ORG Harbour Board Office} agreed.",
        ["ORG HBO", "ORG Harbour Board Office"],
    ),
    "two letters may be an accident": (
        "{LOC HB} and the {ORG Harbour Board}",
        ["LOC HB", "ORG Harbour Board"],
    ),
    "missed acronym of a name": (
        "{ORG Harbour Board} (HB) met. The HB agreed.",
        ["ORG Harbour Board", "ORG HB", "ORG HB"],
    ),
    "other letters in brackets": ("{ORG Harbour Board} (USA) met.", ["ORG Harbour Board"]),
    "initials of a person": ("{PER Eva Lind} (EL) met the EL.", ["PER Eva Lind"]),
    "no part of a longer word": ("{PER Eva Lind} in Eva Lindgren's and Eva Lind-Berg's", ["PER Eva Lind"]),
    "no part of a longer name": (
        "{PER Eva Lind} of {ORG Eva Lind Trust}",
        ["PER Eva Lind", "ORG Eva Lind Trust"],
    ),
}


@pytest.mark.parametrize(("marked", "expected"), CASES.values(), ids=CASES)
def test_text_is_made_consistent(read_marks: ReadMarks, marked: str, expected: list[str]) -> None:
    text, mentions = read_marks(marked)
    found = make_consistent(mentions, text)
    assert [f"{m.type} {m.text}" for m in found] == expected
    assert all(text[m.start : m.end] == m.text for m in found)
