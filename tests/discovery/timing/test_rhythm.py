"""What is learnt of a feed's rhythm, and the interval until its next poll."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.discovery.timing.rhythm import MAX_GAP_H, MAX_NUMBER, Rhythm, next_poll_s, observe, usual_rates
from newsbot.discovery.timing.schedule import DAY_S, HOUR_S, MAX_POLL_S, MIN_POLL_S, MINUTE_S

START = datetime(2026, 11, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def every(hours: float, *, begin: float = 0, end: float = 24 * 60) -> list[datetime]:
    """Return times of publication at a regular interval, from hour `begin` to hour `end` after START."""
    return [START + (begin + number * hours) * HOUR for number in range(int((end - begin) / hours))]


def office_hours(days: int) -> list[datetime]:
    """Return four times of publication an hour from 8 to 18 UTC."""
    return [START + day * DAY + (8 + number / 4) * HOUR for day in range(days) for number in range(40)]


def follow(
    published: list[datetime], until: datetime, *, dated: bool = True, rhythm: Rhythm | None = None
) -> tuple[Rhythm, list[datetime]]:
    """Poll a feed from START as the schedule wants; return what was learnt, and the times of the polls."""
    rhythm, polls = rhythm or Rhythm(), [START]
    while polls[-1] < until:
        now = polls[-1] + timedelta(seconds=next_poll_s(rhythm, polls[-1], None))
        new = published[bisect_right(published, polls[-1]) : bisect_right(published, now)]
        times = [time if dated else None for time in new]
        rhythm = observe(rhythm, now=now, previous_poll_at=polls[-1], new_entry_times=times)
        polls.append(now)
    return rhythm, polls


def intervals_s(polls: list[datetime], begin: datetime, end: datetime) -> list[float]:
    return [
        (after - before).total_seconds()
        for before, after in pairwise(polls)
        if begin <= before and after <= end
    ]


def mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def test_new_feed_is_polled_again_within_the_hour() -> None:
    assert 15 * MINUTE_S < next_poll_s(Rhythm(), START, None) < HOUR_S


def test_busy_feeds_are_polled_more_often_than_slow_ones() -> None:
    waits = []
    for hours in (0.1, 0.5, 2, 24, 24 * 7):
        _, polls = follow(every(hours), START + 21 * DAY)
        waits.append(mean(intervals_s(polls, START + 14 * DAY, START + 21 * DAY)))
    assert waits == sorted(waits)
    assert waits[0] < 5 * MINUTE_S
    assert waits[3] < 3 * HOUR_S
    assert waits[4] < 12 * HOUR_S


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
def test_newsroom_is_polled_at_its_hours(dated: bool) -> None:
    _, polls = follow(office_hours(21), START + 21 * DAY, dated=dated)
    day, night = START + 20 * DAY, START + 19 * DAY + 20 * HOUR
    by_day = mean(intervals_s(polls, day + 9 * HOUR, day + 17 * HOUR))
    by_night = mean(intervals_s(polls, night, night + 10 * HOUR))
    assert by_day < 12 * MINUTE_S
    assert by_night > 3 * by_day


def test_first_entries_of_the_morning_do_not_wait_for_the_end_of_a_long_night() -> None:
    rhythm, _ = follow(office_hours(21), START + 21 * DAY)
    late = START + 21 * DAY + 7 * HOUR
    found_at = late + timedelta(seconds=next_poll_s(rhythm, late, None))
    assert late + 45 * timedelta(minutes=1) < found_at < late + 90 * timedelta(minutes=1)


def test_feed_that_dies_is_probed_ever_more_rarely_but_never_forgotten() -> None:
    _, polls = follow(every(0.25, end=24 * 14), START + 120 * DAY)
    weeks = [
        len(intervals_s(polls, START + week * 7 * DAY, START + (week + 1) * 7 * DAY)) for week in range(1, 17)
    ]
    assert weeks[1:] == sorted(weeks[1:], reverse=True)
    assert weeks[1] < weeks[0] / 5
    assert 6 <= weeks[-1] <= 14


def test_feed_that_wakes_up_is_followed_after_the_first_poll_that_finds_something() -> None:
    dead, _ = follow([], START + 60 * DAY)
    assert next_poll_s(dead, START, None) > 12 * HOUR_S
    _, polls = follow(every(0.25, begin=10), START + 3 * DAY, rhythm=dead)
    woken = next(poll for poll in polls if poll > START + 10 * HOUR)
    first = intervals_s(polls, woken, START + 3 * DAY)[:5]
    assert max(first) < 30 * MINUTE_S


def test_burst_shortens_the_next_intervals() -> None:
    usual, polls = follow(every(2), START + 14 * DAY)
    now = polls[-1] + HOUR
    burst = observe(usual, now=now, previous_poll_at=polls[-1], new_entry_times=[None] * 10)
    quiet = observe(usual, now=now, previous_poll_at=polls[-1], new_entry_times=[])
    assert next_poll_s(burst, now, None) < next_poll_s(quiet, now, None) / 2


def test_backlog_of_the_first_poll_teaches_nothing() -> None:
    backlog = every(1, end=50)
    rhythm = observe(Rhythm(), now=START + 50 * HOUR, previous_poll_at=None, new_entry_times=backlog)
    assert rhythm == Rhythm()


@pytest.mark.parametrize("gap_h", [MAX_GAP_H + 1, 24 * 90, 0, -1], ids=str)
def test_outage_and_wrong_clock_leave_what_was_learnt(gap_h: float) -> None:
    rhythm, polls = follow(office_hours(14), START + 14 * DAY)
    after = observe(
        rhythm, now=polls[-1] + gap_h * HOUR, previous_poll_at=polls[-1], new_entry_times=[None] * 30
    )
    assert usual_rates(after) == usual_rates(rhythm)


def test_dates_outside_the_interval_count_as_no_dates() -> None:
    def learnt(times: list[datetime | None]) -> Rhythm:
        return observe(
            Rhythm(), now=START + 4 * HOUR, previous_poll_at=START + 2 * HOUR, new_entry_times=times
        )

    undated = learnt([None, None])
    assert learnt([START, START + 9 * HOUR]) == undated
    assert undated.hours[2:4] == (1, 1)
    assert learnt([START + 3.5 * HOUR, START + 3.6 * HOUR]).hours[2:4] == (0, 2)


def test_wish_of_the_publisher_is_respected_up_to_an_hour() -> None:
    busy, polls = follow(every(0.1), START + 2 * DAY)
    assert next_poll_s(busy, polls[-1], 1800) == 1800
    assert next_poll_s(busy, polls[-1], 7 * DAY_S) == HOUR_S
    assert next_poll_s(busy, polls[-1], -5) == next_poll_s(busy, polls[-1], None)


numbers = st.floats(0, MAX_NUMBER)
rhythms = st.builds(
    Rhythm,
    hours=st.lists(numbers, min_size=24, max_size=24).map(tuple),
    watched_h=numbers,
    recent=numbers,
    expected=numbers,
)


@given(rhythms, st.datetimes(timezones=st.just(UTC)), st.integers(0, 10**9) | st.none())
def test_interval_stays_in_bounds(rhythm: Rhythm, now: datetime, ttl_s: int | None) -> None:
    assert MIN_POLL_S <= next_poll_s(rhythm, now, ttl_s) <= MAX_POLL_S


@given(rhythms)
def test_rhythm_is_stored_as_json_with_six_digits(rhythm: Rhythm) -> None:
    stored = json.dumps(rhythm.to_json())
    assert len(stored) < 500
    again = Rhythm.from_json(json.loads(stored))
    assert again.hours == pytest.approx(rhythm.hours, rel=1e-5)
    assert again.to_json() == rhythm.to_json()


def test_rounding_does_not_stop_what_frequent_polls_learn() -> None:
    def polled(rhythm: Rhythm, number: int) -> Rhythm:
        previous = START + number * timedelta(minutes=2)
        times = [None] if number % 50 == 0 else []
        now = previous + timedelta(minutes=2)
        return observe(rhythm, now=now, previous_poll_at=previous, new_entry_times=times)

    exact = rounded = Rhythm()
    for number in range(2_000):
        exact = polled(exact, number)
        rounded = Rhythm.from_json(polled(rounded, number).to_json())
    assert usual_rates(rounded) == pytest.approx(usual_rates(exact), rel=1e-3)


def _without(name: str) -> Callable[[dict[str, object]], object]:
    return lambda stored: {key: stored[key] for key in stored if key != name}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda stored: None,
        lambda stored: [1, 2, 3],
        lambda stored: "{}",
        _without("hours"),
        _without("expected"),
        lambda stored: stored | {"hours": [1.0] * 23},
        lambda stored: stored | {"hours": [1.0] * 23 + ["1"]},
        lambda stored: stored | {"hours": [1.0] * 23 + [-1.0]},
        lambda stored: stored | {"hours": {"0": 1}},
        lambda stored: stored | {"watched_h": float("nan")},
        lambda stored: stored | {"recent": float("inf")},
        lambda stored: stored | {"expected": 10**400},
    ],
)
def test_corrupt_rhythm_is_that_of_a_new_feed(spoil: Callable[[dict[str, object]], object]) -> None:
    stored = Rhythm(hours=(1.0,) * 24, watched_h=9, recent=1, expected=2).to_json()
    assert Rhythm.from_json(stored) != Rhythm()
    assert Rhythm.from_json(spoil(stored)) == Rhythm()


def test_thousands_of_new_entries_count_as_a_thousand() -> None:
    now = START + HOUR
    huge = observe(Rhythm(), now=now, previous_poll_at=START, new_entry_times=[None] * 50_000)
    assert huge.recent == 1_000
