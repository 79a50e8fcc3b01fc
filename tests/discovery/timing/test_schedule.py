"""When feeds, articles and hosts are asked again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.discovery.timing.schedule import (
    DAY_S,
    DEAD_AFTER,
    DEAD_AFTER_S,
    DEAD_PROBE_S,
    HOUR_S,
    MAX_CRAWL_DELAY_S,
    MAX_POLL_S,
    MIN_POLL_S,
    MINUTE_S,
    bounded_poll_s,
    failure_interval_s,
    next_refetch_age_s,
    request_delay_s,
    retry_after_s,
    with_jitter,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.floats(0, 10 * DAY_S), st.integers(0, 10**9) | st.none())
def test_interval_stays_in_bounds(interval_s: float, ttl_s: int | None) -> None:
    assert MIN_POLL_S <= bounded_poll_s(interval_s, ttl_s) <= MAX_POLL_S


def test_ttl_is_respected_up_to_an_hour() -> None:
    assert bounded_poll_s(15 * MINUTE_S, 1800) == 1800
    assert bounded_poll_s(15 * MINUTE_S, 7 * DAY_S) == HOUR_S


def test_failures_of_a_page_back_off_to_a_day() -> None:
    intervals = [failure_interval_s(5 * MINUTE_S, failures) for failures in range(1, 12)]
    assert intervals == sorted(intervals)
    assert intervals[0] == 10 * MINUTE_S
    assert intervals[-1] == MAX_POLL_S


def probes_s(interval_s: float, until_s: float) -> list[float]:
    """Return when a feed that is down is probed, in seconds since its last success."""
    probes, failures = [interval_s], 0
    while probes[-1] < until_s:
        failures += 1
        probes.append(probes[-1] + failure_interval_s(interval_s, failures, silent_s=probes[-1]))
    return probes


@pytest.mark.parametrize("interval_s", [MIN_POLL_S, 15 * MINUTE_S, 6 * HOUR_S, MAX_POLL_S])
def test_feed_is_back_soon_after_an_outage(interval_s: float) -> None:
    probes = probes_s(interval_s, 40 * DAY_S)
    for outage_s in (HOUR_S, 6 * HOUR_S, 34 * HOUR_S, 4 * DAY_S, 20 * DAY_S):
        back_s = next(probe_s for probe_s in probes if probe_s > outage_s)
        assert back_s - outage_s <= max(HOUR_S, interval_s, outage_s / 8)
        assert back_s - outage_s <= DAY_S


def test_feed_that_fails_is_asked_less_often_than_one_that_works() -> None:
    assert probes_s(MIN_POLL_S, HOUR_S)[:5] == [number * MINUTE_S for number in (2, 6, 14, 30, 62)]
    assert len(probes_s(MIN_POLL_S, DAY_S)) < 30
    assert len(probes_s(MIN_POLL_S, 30 * DAY_S)) < 75


def test_feed_is_probed_daily_until_thirty_days_after_its_last_success_and_then_weekly() -> None:
    assert failure_interval_s(15 * MINUTE_S, 40, silent_s=20 * DAY_S) == DAY_S
    assert failure_interval_s(15 * MINUTE_S, 2, silent_s=DEAD_AFTER_S) == DEAD_PROBE_S
    assert failure_interval_s(15 * MINUTE_S, 10**6, silent_s=400 * DAY_S) == DEAD_PROBE_S


def test_feed_that_was_never_read_is_probed_weekly_after_a_month_of_failures() -> None:
    assert failure_interval_s(MIN_POLL_S, DEAD_AFTER - 1) == DAY_S
    assert failure_interval_s(MIN_POLL_S, DEAD_AFTER) == DEAD_PROBE_S
    assert failure_interval_s(MIN_POLL_S, 10**6) == DEAD_PROBE_S


def test_jitter_moves_an_interval_by_a_tenth_at_most() -> None:
    assert [with_jitter(1000, chance) for chance in (0, 0.5, 1)] == pytest.approx([900, 1000, 1100])


def test_articles_are_fetched_again_at_growing_intervals() -> None:
    ages: list[float] = [0]
    while (age_s := next_refetch_age_s(ages[-1])) is not None:
        ages.append(age_s)
    assert ages == [0, HOUR_S, 6 * HOUR_S, DAY_S, 3 * DAY_S]
    assert next_refetch_age_s(-HOUR_S) == HOUR_S


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 0),
        ("1.5", 1.5),
        ("99999999999999999999999999", DAY_S),
        ("Mon, 23 Nov 2026 12:10:00 GMT", 600),
        ("Monday, 23-Nov-26 12:10:00 GMT", 600),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
        ("Mon, 23 Nov 2099 11:00:00 GMT", DAY_S),
        ("Mon, 23 Nov 2026 12:10:00", 600),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("٣", None),
        ("Mon, 99 Nov 2026 12:10:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, expected: float | None) -> None:
    assert retry_after_s(header, NOW) == expected


@given(st.text(max_size=40))
def test_any_retry_after_is_accepted(header: str) -> None:
    seconds = retry_after_s(header, NOW)
    assert seconds is None or 0 <= seconds <= DAY_S


def test_delay_of_a_host_is_the_longer_of_source_and_robots() -> None:
    assert request_delay_s(1.0, None) == 1
    assert request_delay_s(1.0, 5.0) == 5
    assert request_delay_s(9.0, 5.0) == 9
    assert request_delay_s(0.0, 1e9) == MAX_CRAWL_DELAY_S
    assert request_delay_s(0.0, -3.0) == 0
