from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.dedupe.sketches import (
    BODY_KEYS,
    CONTENT_BYTES,
    LEAD_KEYS,
    Relation,
    is_smaller,
    relation,
    sketch,
)
from tests.dedupe.texts import follow_up, market_report, match_report, reprint, text, update

CHINESE = (
    "港口城市周一启用了新的码头，市长说全城等待已久。批评者怀疑就业人数，码头委员会承诺提供两百个岗位。" * 2
)
OTHER_CHINESE = (
    "国家铁路公司宣布今年冬天停运夜班列车，原因是车厢老化而且乘客减少，工会要求公司公布详细的数字。" * 2
)


def related(one: str, other: str) -> str | None:
    found = relation(sketch(one).content, sketch(other).content)
    return None if found is None else found.kind


NEAR = {
    "same": lambda body: body,
    "typography": lambda body: body.replace(" ", "\u00a0 ").replace("-", "–").upper().swapcase(),
    "reprint": reprint,
    "update": lambda body: update(body, 77),
    "paragraphs in another order": lambda body: "\n\n".join(body.split("\n\n")[::-1]),
    "in small letters": str.lower,
    "accents where there were none": lambda body: body.replace("a", "á").replace("u", "ü"),
    "last paragraph cut": lambda body: body.rpartition("\n\n")[0],
}


@pytest.mark.parametrize("change", NEAR.values(), ids=NEAR)
@pytest.mark.parametrize("seed", range(5))
def test_text_that_a_publisher_altered_slightly_is_a_near_duplicate(
    change: Callable[[str], str], seed: int
) -> None:
    body = text(seed)
    assert related(body, change(body)) == "near"
    assert set(zip(sketch(body).keys, range(10), strict=True)) & set(
        zip(sketch(change(body)).keys, range(10), strict=True)
    )


@pytest.mark.parametrize("seed", range(5))
def test_other_texts_are_not_related(seed: int) -> None:
    assert related(text(seed), text(seed + 100)) is None


@pytest.mark.parametrize("seed", range(5))
def test_follow_up_with_old_background_is_a_story_of_its_own(seed: int) -> None:
    assert related(text(seed), follow_up(text(seed), seed + 100)) is None


@pytest.mark.parametrize("template", [market_report, match_report])
def test_stories_of_one_template_with_other_facts_stay_apart(template: Callable[[int], str]) -> None:
    reports = [template(seed) for seed in range(60)]
    assert all(related(one, other) is None for at, one in enumerate(reports) for other in reports[:at])
    assert all(related(report, reprint(report)) == "near" for report in reports)


def test_a_number_may_be_corrected() -> None:
    body = market_report(1)
    number = next(word for word in body.split() if word[0].isdecimal())
    assert related(body, body.replace(number, "77.77")) == "near"


def test_beginning_of_a_long_text_is_its_excerpt() -> None:
    found = []
    for seed in range(20):
        body = text(seed, 24)
        excerpt = body.partition("\n\n")[0] + " Read on at the Port Lindow Post."
        assert related(body, excerpt) == related(excerpt, body)
        found.append(related(body, excerpt))
        assert is_smaller(sketch(excerpt).content, sketch(body).content)
        assert set(sketch(body).keys[BODY_KEYS:]) & set(sketch(excerpt).keys[BODY_KEYS:])
    assert found.count("excerpt") >= 19  # sketches are samples, of a short text small ones


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    assert related(CHINESE, CHINESE.replace("，", ",") + "责任编辑") == "near"
    assert related(CHINESE, OTHER_CHINESE) is None


def test_texts_without_small_letters_are_compared_by_their_numbers_alone() -> None:
    assert related(text(1).upper(), "EXTRA: " + text(1).upper()) == "near"


def test_short_texts_have_no_keys() -> None:
    assert sketch("Watch the video of the harbour.").keys == (None,) * (BODY_KEYS + LEAD_KEYS)


def test_a_sketch_is_small_and_the_same_everywhere() -> None:
    found = sketch("The mayor of Port Lindow opened the harbour at 14:30. " * 3)
    assert len(found.content) == CONTENT_BYTES <= 512
    assert found.keys[0] == sketch("THE MAYOR of port lindow opened the harbour at 14:30. " * 3).keys[0]
    assert found.content.hex()[:8] == "0000000a"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.text(max_size=400))
def test_relation_of_any_two_texts_is_symmetric(one: str, other: str) -> None:
    left, right = sketch(one).content, sketch(other).content
    there, back = relation(left, right), relation(right, left)
    assert there == back
    if there is not None:
        assert 0 <= there.of_larger <= there.of_smaller <= 1
    same = relation(left, left)
    assert same == Relation("near", 1.0, 1.0)
