from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.dedupe.bounded_diff import opcodes

LINES = st.lists(st.sampled_from("abc"), max_size=12)


@given(LINES, LINES, st.integers(0, 12), st.booleans())
def test_stretches_cover_both_texts_and_are_the_same_where_they_say_so(
    before: list[str], after: list[str], limit: int, autojunk: bool
) -> None:
    done = (0, 0)
    for is_same, old_start, old_end, new_start, new_end in opcodes(before, after, limit, autojunk=autojunk):
        assert (old_start, new_start) == done
        assert not is_same or before[old_start:old_end] == after[new_start:new_end]
        done = (old_end, new_end)
    assert done == (len(before), len(after))


@pytest.mark.parametrize(
    ("limit", "kept"), [(5, ["a", "c", "e", "g"]), (4, ["a", "g"])], ids=["compared", "too long"]
)
def test_a_changed_stretch_over_the_limit_is_given_whole(limit: int, kept: list[str]) -> None:
    before, after = list("abcdefg"), list("aBcDeFg")
    same = [before[start:end] for is_same, start, end, *_ in opcodes(before, after, limit) if is_same]
    assert [line for stretch in same for line in stretch] == kept
