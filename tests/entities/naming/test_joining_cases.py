"""Names as engines find them in texts of 45 languages, and the entities that they are.

A line of `joining_cases.jsonl` is a case: `language` (ISO 639-1), `kind`, `text` with marked mentions, and `entities` in the
order of the text: the accepted names, and the number of mentions.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsbot.entities.linking import link
from newsbot.items import Mention

ReadMarks = Callable[[str], tuple[str, list[Mention]]]

_FILE = Path(__file__).with_name("joining_cases.jsonl")
CASES: list[dict[str, Any]] = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]
IDS = [f"{case['language']}-{case['kind']}-{number}" for number, case in enumerate(CASES, 1)]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_names_are_joined_by_the_grammar_of_the_language(read_marks: ReadMarks, case: dict[str, Any]) -> None:
    text, mentions = read_marks(case["text"])
    entities = link(mentions, text, language=case["language"])
    found = [(entity.name, len(entity.mentions)) for entity in entities]
    assert len(found) == len(case["entities"]), found
    for (name, count), (accepted, expected) in zip(found, case["entities"], strict=True):
        assert name in accepted, found
        assert count == expected, found


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_joining_changes_no_mention(read_marks: ReadMarks, case: dict[str, Any]) -> None:
    text, mentions = read_marks(case["text"])
    kept = [m for entity in link(mentions, text, language=case["language"]) for m in entity.mentions]
    assert sorted(kept, key=lambda mention: mention.start) == mentions
