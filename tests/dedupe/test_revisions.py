from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsbot.dedupe.revisions import Segment, restore, splices, word_diff

OLD = (
    "The mayor opened the new harbour on Monday and promised two hundred jobs to the city.\n\n"
    "Advertisement: boats by Holt, now cheaper than ever before in the whole of Lindow.\n\n"
    "12 comments\n\n"
    "Critics doubt the number, since the last promise of the kind was never kept by anybody.\n\n"
    "Updated 23 November 2026, 14:05"
)


def test_word_diff_shows_what_was_removed_before_what_was_added() -> None:
    assert word_diff("The mayor promised two hundred jobs.", "The mayor promised three hundred jobs.") == [
        Segment("same", "The mayor promised "),
        Segment("removed", "two "),
        Segment("added", "three "),
        Segment("same", "hundred jobs."),
    ]


def test_word_diff_of_scripts_without_spaces_goes_by_characters() -> None:
    assert word_diff("市长承诺两百个岗位", "市长承诺三百个岗位")[1:3] == [
        Segment("removed", "两"),
        Segment("added", "三"),
    ]


def test_record_of_a_small_change_is_small() -> None:
    changes = splices(OLD, OLD.replace("doubt", "deny"))
    assert [change.text for change in changes] == ["doubt "]


_WORDS = st.lists(
    st.sampled_from(["the ", "mayor ", "harbour. ", "\n\n", "  ", "市", "长", "7"]), max_size=30
).map("".join)


@given(_WORDS | st.text(), _WORDS | st.text())
def test_the_old_text_can_always_be_restored(old: str, new: str) -> None:
    assert restore(new, splices(old, new)) == old
    diff = word_diff(old, new)
    assert "".join(segment.text for segment in diff if segment.kind != "added") == old
    assert "".join(segment.text for segment in diff if segment.kind != "removed") == new
