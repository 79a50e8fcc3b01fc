"""Word lists by language, and the regular expressions built from them."""

from __future__ import annotations

import re

import pytest

from newsbot.languages.word_patterns import any_of, any_word_of, entries_of, found_anywhere

LISTS = {
    "en": "read more, share (?:this|it)",
    "de": """teilen, read more,
        mehr.{0,40}""",
    "ja": "共有",
}


def test_entries_of_all_languages_are_separated_by_commas_and_not_repeated() -> None:
    assert entries_of(LISTS) == ["read more", "share (?:this|it)", "teilen", "mehr.{0,40}", "共有"]


@pytest.mark.parametrize("text", ["read more", "share it", "mehr von uns", "共有"])
def test_any_entry_matches_as_a_whole(text: str) -> None:
    assert re.fullmatch(any_of(LISTS), text)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        pytest.param("Jetzt teilen!", True, id="a word"),
        pytest.param("mitteilen", False, id="part of a word"),
        pytest.param("記事を共有する", True, id="a script without spaces"),
    ],
)
def test_latin_entries_are_whole_words(text: str, is_found: bool) -> None:
    assert bool(re.search(any_word_of(LISTS), text)) == is_found


FORMS = {
    "en": "to read on, (?:log|sign) in to (?:read|go on), colou?r, too? late",
    "de": "(?:nur )?für abonnenten, f(?:ä|ae)hre, (?:ab)+wärts, [nm]ehr",
    "ja": "残り\\d+文字",
}


@pytest.mark.parametrize(
    "text",
    [
        "to read on",
        "please sign in to go on",
        "log in to read",
        "nur für abonnenten",
        "für abonnenten",
        "die fähre",
        "color",
        "to late",
        "ababwärts",
        "mehr",
        "残り12文字",
        "",
        "log out to read",
        "sign in",
        "abonnenten",
        "wärts",
        "残り文字",
        "to read",
    ],
)
def test_entries_found_anywhere_are_those_of_any(text: str) -> None:
    found = re.search(found_anywhere(FORMS), text) is not None
    assert found == (re.search(any_of(FORMS), text) is not None)
