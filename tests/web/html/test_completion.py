from __future__ import annotations

import pytest

from newsbot.web.html.completion import Candidate, Completions

NAMES = Completions(
    [
        Candidate("Angela Merkel", "Angela Merkel", 9),
        Candidate("Élysée", "Élysée", 5),
        Candidate("bbc-news", "BBC News", 4),
        Candidate("Merkel (town)", "Merkel (town)", 1),
        Candidate("東京", "東京", 1),
    ]
)


@pytest.mark.parametrize(
    ("beginning", "found"),
    [
        ("merk", ["Angela Merkel", "Merkel (town)"]),
        ("ANGELA M", ["Angela Merkel"]),
        ("erkel", []),
        ("elys", ["Élysée"]),
        ("bbc-n", ["bbc-news"]),
        ("news", ["bbc-news"]),
        ("東", ["東京"]),
        ("\0", []),
        ("   ", ["Angela Merkel", "Élysée", "bbc-news", "Merkel (town)", "東京"]),
    ],
)
def test_beginning_of_any_word_finds_a_name(beginning: str, found: list[str]) -> None:
    assert [candidate.value for candidate in NAMES.find(beginning, 10)] == found


def test_first_candidates_are_offered() -> None:
    assert [candidate.value for candidate in NAMES.find("", 2)] == ["Angela Merkel", "Élysée"]
