from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from newsbot.dedupe.stories import StoryMember, choose_original, roles

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def member(number: int, **given: Any) -> StoryMember:
    defaults: dict[str, Any] = {
        "id": number,
        "url": f"https://site{number}.example/harbour",
        "source": f"site{number}.example",
        "published_at": NOON + timedelta(hours=number),
        "word_count": 300,
        "text_key": bytes([number]),
    }
    return StoryMember(**defaults | given)


def test_the_page_that_others_name_as_canonical_is_the_original() -> None:
    members = [member(1), member(2, canonical_url="http://m.site3.example/harbour/?utm_source=x"), member(3)]
    assert choose_original(members).id == 3


def test_the_source_that_others_credit_is_the_original() -> None:
    members = [
        member(1, authors=["Lindow Press"]),
        member(2, authors=["Lindow Press"]),
        member(3, source="lindow-press.example"),
    ]
    assert choose_original(members).id == 3


def test_else_the_earliest_else_the_longest_is_the_original() -> None:
    assert choose_original([member(2), member(1), member(3, published_at=None)]).id == 1
    assert (
        choose_original([member(1, published_at=NOON), member(2, published_at=NOON, word_count=301)]).id == 2
    )


def test_a_later_version_of_the_same_source_is_an_update_and_one_elsewhere_a_copy() -> None:
    members = [
        member(1),
        member(2, source="site1.example"),
        member(3),
        member(4, source="site3.example"),
        member(5, source=None),
    ]
    assert roles(members) == {1: "original", 2: "update", 3: "copy", 4: "update", 5: "copy"}


def test_order_of_arrival_changes_nothing() -> None:
    members = [
        member(1),
        member(2, source="site1.example"),
        member(3, published_at=None),
        member(4, canonical_url=member(2).url),
    ]
    assert len({tuple(sorted(roles(order).items())) for order in permutations(members)}) == 1


DAY = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            {"published_at": DAY, "first_seen_at": DAY + timedelta(hours=10), "url": "https://z.example/1"},
            {"published_at": DAY, "first_seen_at": DAY + timedelta(hours=18), "url": "https://a.example/1"},
            id="days alone: the one that was seen first",
        ),
        pytest.param(
            {"published_at": DAY + timedelta(hours=9), "first_seen_at": DAY + timedelta(days=9)},
            {"published_at": DAY, "first_seen_at": DAY + timedelta(days=9), "url": "https://a.example/1"},
            id="a time is earlier than its day alone",
        ),
        pytest.param(
            {"published_at": DAY, "first_seen_at": DAY + timedelta(hours=8)},
            {"published_at": DAY + timedelta(hours=9), "first_seen_at": DAY + timedelta(hours=9)},
            id="a day alone that was seen before the time",
        ),
        pytest.param(
            {"published_at": DAY + timedelta(hours=9)},
            {
                "published_at": DAY - timedelta(hours=5),
                "published_offset_min": 300,
                "first_seen_at": DAY + timedelta(days=9),
            },
            id="midnight at the place of publication",
        ),
        pytest.param(
            {"first_seen_at": DAY, "published_at": None, "url": "https://z.example/1"},
            {"first_seen_at": DAY, "published_at": None, "url": "file:///pages/1.html", "word_count": 900},
            id="on the web before a file",
        ),
    ],
)
def test_earliest_is_what_was_published_first_for_certain(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    members = [member(1, **first), member(2, **second)]
    assert choose_original(members).id == choose_original(members[::-1]).id == 1
