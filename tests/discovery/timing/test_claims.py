"""Which claims of feeds that a page has changed are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsbot.discovery.timing.claims import REFETCHES_A_DAY, Seen, judge_claims, refilled

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def page(
    dated: datetime | None = NOW - 2 * DAY,
    *,
    was: datetime | None = NOW - 2 * DAY,
    other_text: bool = False,
    false_claims: int = 0,
    done: datetime = NOW - HOUR,
) -> Seen:
    return Seen(
        done_at=done, false_claims=false_claims, was_dated=was, dated=dated, has_other_text=other_text
    )


MOVED = page(NOW)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        pytest.param([page()], [False], id="the date of the last poll"),
        pytest.param([MOVED, page(), page()], [True, False, False], id="one of three"),
        pytest.param([MOVED], [True], id="the only one"),
        pytest.param([MOVED, MOVED], [False, False], id="both, at one moment"),
        pytest.param([MOVED, page(NOW - 10 * MINUTE)], [True, True], id="both, at two moments"),
        pytest.param([page(NOW - n * 10 * MINUTE) for n in range(4)], [False] * 4, id="all, at many moments"),
        pytest.param([MOVED] * 4 + [page()], [False] * 5, id="four of five"),
        pytest.param([MOVED] * 3 + [page()], [True] * 3 + [False], id="three of four"),
        pytest.param([MOVED, MOVED, page(None)], [False] * 3, id="all that are dated"),
        pytest.param([page(NOW - 2 * HOUR)], [False], id="dated before the last fetch"),
        pytest.param([page(NOW - HOUR)], [True], id="dated in the second of the last fetch"),
        pytest.param([page(None)], [False], id="no date"),
        pytest.param([page(other_text=True), page(), page()], [True, False, False], id="another headline"),
        pytest.param(
            [page(NOW, other_text=n == 1) for n in range(3)], [False, True, False], id="headline beside lies"
        ),
        pytest.param([page(other_text=True)] * 3, [False] * 3, id="all headlines"),
    ],
)
def test_what_changes_on_all_pages_at_once_is_not_believed(pages: list[Seen], expected: list[bool]) -> None:
    assert [claim == "due" for claim in judge_claims(pages, now=NOW)] == expected


@pytest.mark.parametrize(("false_claims", "hours"), [(1, 1), (2, 2), (3, 4), (20, 7 * 24)])
def test_a_page_that_was_wrong_waits_twice_as_long_each_time(false_claims: int, hours: int) -> None:
    def claims(age: timedelta) -> list[str]:
        return list(judge_claims([page(NOW, false_claims=false_claims, done=NOW - age)], now=NOW))

    assert claims(hours * HOUR - MINUTE) == ["waits"]
    assert claims(hours * HOUR) == ["due"]


def test_the_budget_is_refilled_as_time_passes() -> None:
    assert refilled(None, None, now=NOW) == REFETCHES_A_DAY
    assert refilled(0.0, NOW - DAY / 2, now=NOW) == REFETCHES_A_DAY / 2
    assert refilled(0.0, NOW - 9 * DAY, now=NOW) == REFETCHES_A_DAY
    assert refilled(3.0, NOW + HOUR, now=NOW) == 3.0
