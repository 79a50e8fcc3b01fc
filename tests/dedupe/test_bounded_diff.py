from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.dedupe.bounded_diff import opcodes

LINES = st.lists(st.sampled_from("abc"), max_size=12)


@given(LINES, LINES, st.integers(0, 12), st.booleans())
def test_opcodes_cover_both_texts_and_equal_ranges_are_equal(
    before: list[str], after: list[str], limit: int, autojunk: bool
) -> None:
    done = (0, 0)
    for is_equal, old_start, old_end, new_start, new_end in opcodes(before, after, limit, autojunk=autojunk):
        assert (old_start, new_start) == done
        assert not is_equal or before[old_start:old_end] == after[new_start:new_end]
        done = (old_end, new_end)
    assert done == (len(before), len(after))


@pytest.mark.parametrize(
    ("limit", "kept"), [(5, ["a", "c", "e", "g"]), (4, ["a", "g"])], ids=["compared", "too long"]
)
def test_differing_middle_over_the_limit_is_one_replacement(limit: int, kept: list[str]) -> None:
    before, after = list("abcdefg"), list("aBcDeFg")
    same = [before[start:end] for is_equal, start, end, *_ in opcodes(before, after, limit) if is_equal]
    assert [line for lines in same for line in lines] == kept
