"""Values of a source are changed in its TOML, and nothing else is."""

from __future__ import annotations

from datetime import date

import pytest

from newsbot.errors import UsageError
from newsbot.sources.toml_edit import Value, edit_source

FILE = """\
# Papers of the coast.

[[source]]
key = "courier"   # the oldest
name = "The Courier # Evening"
homepage = "https://courier.example/"
feeds = [
    "https://courier.example/rss.xml",  # everything
    "https://courier.example/sport.xml",  # since 2020
    # The next one is slow.
    "https://courier.example/culture.xml",
]
verified = false  # nobody has looked

[source.extract]
title = "h1"

[[source]]
key = "herald"
homepage = "https://herald.example/"
feeds = ["https://herald.example/#rss", 'https://herald.example/b']  # both
"""


def changed(key: str, values: dict[str, Value], *, text: str = FILE) -> list[str]:
    """Return the lines that an edit takes away and adds, each marked with its sign."""
    before, after = text.splitlines(), edit_source(text, key, values).splitlines()
    return [f"-{line}" for line in before if line not in after] + [
        f"+{line}" for line in after if line not in before
    ]


@pytest.mark.parametrize(
    ("key", "values", "lines"),
    [
        (
            "courier",
            {"verified": True},
            ["-verified = false  # nobody has looked", "+verified = true  # nobody has looked"],
        ),
        ("herald", {"robots": "partly"}, ['+robots = "partly"']),
        ("herald", {"checked_on": date(2026, 11, 29)}, ["+checked_on = 2026-11-29"]),
        (
            "courier",
            {"feeds": ["https://courier.example/rss.xml", "https://courier.example/culture.xml"]},
            ['-    "https://courier.example/sport.xml",  # since 2020'],
        ),
        (
            "courier",
            {
                "feeds": [
                    "https://courier.example/all",
                    "https://courier.example/sport.xml",
                    "https://courier.example/culture.xml",
                ]
            },
            [
                '-    "https://courier.example/rss.xml",  # everything',
                '+    "https://courier.example/all",  # everything',
            ],
        ),
        (
            "herald",
            {"feeds": ["https://herald.example/c"]},
            [
                "-feeds = [\"https://herald.example/#rss\", 'https://herald.example/b']  # both",
                '+feeds = ["https://herald.example/c"]  # both',
            ],
        ),
        (
            "herald",
            {"feeds": []},
            ["-feeds = [\"https://herald.example/#rss\", 'https://herald.example/b']  # both"],
        ),
        ("herald", {"sitemaps": []}, []),
    ],
    ids=[
        "flag",
        "text",
        "date",
        "list shorter",
        "list replaced",
        "list on one line",
        "list emptied",
        "absent",
    ],
)
def test_edit_changes_the_lines_of_its_values_alone(
    key: str, values: dict[str, Value], lines: list[str]
) -> None:
    assert changed(key, values) == lines


def test_a_new_value_is_added_to_its_own_table() -> None:
    edited = edit_source(FILE, "courier", {"robots": "allowed", "checked_on": date(2026, 11, 29)})
    expected = '# nobody has looked\nrobots = "allowed"\nchecked_on = 2026-11-29\n\n[source.extract]\n'
    assert expected in edited


def test_a_list_that_changes_in_several_ways_is_written_anew() -> None:
    urls = ["https://courier.example/new", "https://courier.example/culture.xml"]
    edited = edit_source(FILE, "courier", {"feeds": list(urls)})
    assert (
        'feeds = [\n    "https://courier.example/new",\n    "https://courier.example/culture.xml",\n]\n'
        in edited
    )


def test_an_edit_that_changes_nothing_keeps_every_byte() -> None:
    assert edit_source(FILE, "herald", {}) == FILE
    assert edit_source(FILE, "courier", {"verified": False}) == FILE


def test_a_file_without_a_last_line_end_is_edited() -> None:
    edited = edit_source(FILE.removesuffix("\n"), "herald", {"verified": True})
    assert edited.endswith("# both\nverified = true\n")


def test_text_that_toml_forbids_is_escaped() -> None:
    url = 'https://herald.example/"\\\x7f'
    edited = edit_source(FILE, "herald", {"feeds": [url, "https://herald.example/b"]})
    assert '"https://herald.example/\\"\\\\\\u007f"' in edited


@pytest.mark.parametrize(
    "text",
    [
        'source = [{ key = "courier", homepage = "https://courier.example/" }]\n',
        '[[source]]\n"key" = "courier"\nhomepage = "https://courier.example/"\n[[source.verified]]\n',
    ],
    ids=["inline table", "value in a header"],
)
def test_what_cannot_be_edited_line_by_line_is_an_error(text: str) -> None:
    with pytest.raises(UsageError, match='source "courier": cannot be edited'):
        edit_source(text, "courier", {"verified": True})


def test_a_long_file_is_read_once() -> None:
    feeds = "".join(f'    "https://courier.example/{number}",\n' for number in range(20_000))
    text = f'[[source]]\nkey = "courier"\nhomepage = "https://courier.example/"\nfeeds = [\n{feeds}]\n'
    assert edit_source(text, "courier", {"verified": True}) == text + "verified = true\n"
