from __future__ import annotations

import pytest

from newsbot.languages.calendar.numerals import plain_numerals


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14 March 2026", "14 March 2026"),
        ("१४ मार्च २०२६", "14 मार्च 2026"),
        ("١٤ مارس ٢٠٢٦", "14 مارس 2026"),
        ("２０２６／３／１４", "2026/3/14"),
        ("၁၄", "14"),
        ("二〇二六年三月十四日", "2026年3月14日"),
        ("三十一日", "31日"),
        ("廿三日", "23日"),
        ("十月", "10月"),
        ("一个人", "一个人"),
        ("十十十日", "十十十日"),
        ("\u200f14\u200f", "14"),
    ],
)
def test_numbers_of_all_scripts_are_written_in_ascii_digits(text: str, expected: str) -> None:
    assert plain_numerals(text) == expected
