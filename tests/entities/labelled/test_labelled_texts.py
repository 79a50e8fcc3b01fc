from __future__ import annotations

import json

import pytest

from newsbot.entities.labelled.engine_scores import score
from newsbot.entities.labelled.labelled_texts import LabelledText, read_labelled
from newsbot.errors import UsageError
from newsbot.items import Mention

TEXT = "Karla Wiesner kam nach Ulm, und Ulm schwieg."


def _read(*records: object) -> list[LabelledText]:
    return list(read_labelled((json.dumps(record) for record in records), "names.jsonl"))


@pytest.mark.parametrize(
    "mentions",
    [
        pytest.param(
            [{"start": 0, "end": 13, "type": "PER"}, {"start": 32, "end": 35, "type": "LOC"}], id="offsets"
        ),
        pytest.param(
            [
                {"text": "Karla Wiesner", "type": "PERSON"},
                {"text": "Ulm", "type": "GPE", "start": 32, "end": 35},
            ],
            id="texts",
        ),
    ],
)
def test_mentions_have_offsets_or_are_searched(mentions: list[dict[str, object]]) -> None:
    [labelled] = _read({"language": "de", "text": TEXT, "mentions": mentions})
    assert labelled.names == {(0, 13, "PER"), (32, 35, "LOC")}


def test_mentions_with_the_same_text_follow_each_other() -> None:
    [labelled] = _read({"text": TEXT, "mentions": [{"text": "Ulm", "type": "LOC"}] * 2})
    assert labelled.names == {(23, 26, "LOC"), (32, 35, "LOC")}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        pytest.param({"spaces": "110"}, "In Port Lindow", id="text of ones"),
        pytest.param({"spaces": [True, False, False]}, "In PortLindow", id="list of truths"),
        pytest.param({}, "In Port Lindow", id="none"),
        pytest.param({"language": "ja"}, "InPortLindow", id="none, in a language without spaces"),
    ],
)
def test_tokens_are_joined(given: dict[str, object], text: str) -> None:
    tags = ["O", "B-LOC", "I-LOC"]
    [labelled] = _read({"tokens": ["In", "Port", "Lindow"], "tags": tags} | given)
    [(start, end, _)] = labelled.names
    assert labelled.text == text
    assert labelled.text[start:end] == text[2:].strip()


def test_adjacent_tags_are_several_names_and_other_types_are_left_out() -> None:
    tags = ["B-PER", "B-PER", "I-ORG", "I-ORG", "O", "B-MISC"]
    [labelled] = _read({"tokens": list("abcdef"), "tags": tags})
    assert labelled.names == {(0, 1, "PER"), (2, 3, "PER"), (4, 7, "ORG")}
    assert labelled.left_out == {"MISC": 1}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        pytest.param([1], "not an object", id="list"),
        pytest.param({"text": "a"}, "text or mentions are missing", id="no mentions"),
        pytest.param({"text": "a", "mentions": [{"start": 0, "end": 1}]}, "has no type", id="no type"),
        pytest.param(
            {"text": "a", "mentions": [{"start": 0, "end": 9, "type": "PER"}]}, "offsets 0 and 9", id="beyond"
        ),
        pytest.param({"text": "a", "mentions": [{"text": "b", "type": "PER"}]}, "'b' is not in", id="absent"),
        pytest.param({"tokens": ["a"], "tags": []}, "same length", id="lengths"),
        pytest.param({"tokens": ["a"], "tags": ["PER"]}, "tag 'PER'", id="no BIO"),
        pytest.param({"tokens": ["a"], "tags": ["O"], "spaces": ""}, "spaces", id="spaces"),
        pytest.param({"text": "a", "mentions": [], "language": 1}, "language", id="language"),
    ],
)
def test_invalid_record_is_named_by_its_line(record: object, message: str) -> None:
    with pytest.raises(UsageError, match=rf"names\.jsonl:2: .*{message}.*; accepted: ") as error:
        _read({"text": "a", "mentions": []}, record)
    assert "\n" not in str(error.value)


def test_scores_count_names_with_exact_span_and_type() -> None:
    found = [
        Mention(start=0, end=13, text="Karla Wiesner", type="PER"),
        Mention(start=23, end=26, text="Ulm", type="ORG"),
    ]
    labelled = _read({"text": TEXT, "mentions": [{"text": name, "type": kind} for name, kind in NAMES]})
    scores = score(labelled, lambda text, language: found if (text, language) == (TEXT, "de") else [], "de")
    assert {name: (one.labelled, one.found, one.right) for name, one in scores.items()} == {
        "PER": (1, 1, 1),
        "ORG": (0, 1, 0),
        "LOC": (2, 0, 0),
        "all": (3, 2, 1),
    }
    assert (scores["all"].precision, scores["all"].recall, scores["all"].f1) == (0.5, 1 / 3, 0.4)
    assert (scores["ORG"].recall, scores["LOC"].precision, scores["LOC"].f1) == (0, 0, 0)


NAMES = [("Karla Wiesner", "PER"), ("Ulm", "LOC"), ("Ulm", "LOC")]
