"""`newsbot entities check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsbot.cli import newsbot, run

SENTENCE = {
    "language": "de",
    "text": "Frau Wiesner traf Vertreter der NATO in Berlin.",
    "mentions": [
        {"text": "Wiesner", "type": "PER"},
        {"text": "NATO", "type": "ORG"},
        {"text": "Berlin", "type": "LOC"},
        {"text": "Berlin", "start": 40, "end": 46, "type": "MISC"},
    ],
}


def _check(tmp_path: Path, contents: str | bytes, *options: str) -> int:
    path = tmp_path / "names.jsonl"
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    return run(newsbot, ["entities", "check", str(path), *options])


def test_scores_by_type_and_what_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _check(tmp_path, json.dumps(SENTENCE), "--engine", "rules") == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0].startswith("1 texts, rules ")
    assert printed.out.splitlines()[-1].split() == ["all", "3", "3", "3", "1.0", "1.0", "1.0"]
    assert printed.err == "left out, being of other types: 1 MISC\n"


def test_scores_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _check(tmp_path, json.dumps(SENTENCE), "--engine", "none", "--json") == 0
    scores = {line["type"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert list(scores) == ["PER", "ORG", "LOC", "all"]
    assert (scores["all"]["labelled"], scores["all"]["found"], scores["all"]["f1"]) == (3, 0, 0)


@pytest.mark.parametrize(
    ("contents", "options", "message"),
    [
        pytest.param("", [], "no labelled text", id="empty"),
        pytest.param("{", [], "names.jsonl:1: not JSON", id="no JSON"),
        pytest.param('\n{"text": "a"}', [], "names.jsonl:2: text or mentions are missing", id="no mentions"),
        pytest.param(b"\xff\xfe", [], "not UTF-8", id="encoding"),
        pytest.param(json.dumps(SENTENCE), ["--engine", "no-such"], "'no-such', which cannot", id="engine"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    contents: str | bytes,
    options: list[str],
    message: str,
) -> None:
    assert _check(tmp_path, contents, *options) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.count("\n") == 1


def test_missing_file_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(newsbot, ["entities", "check", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err
