"""The axes of charts: round values, and days that can be read. Periods are days, or weeks, months or years of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import floor, log10
from typing import Literal, NamedTuple

By = Literal["day", "week", "month", "year"]
"""How long a period is. A week begins on Monday."""

MAX_TICKS = 8
"""Maximum number of labels of the axis of days. Every second one is left out where there is no room."""
_STEPS: tuple[tuple[By, int], ...] = (
    *(("day", step) for step in (1, 2)),
    *(("week", step) for step in (1, 2)),
    *(("month", step) for step in (1, 2, 3, 6)),
    *(("year", step) for step in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
)  # fmt: skip
"""Distances of labels, the shortest first."""
_ORIGIN = date(1, 1, 1)
"""A Monday, from which weeks and days are counted."""


class Tick(NamedTuple):
    """A label of the axis of days."""

    place: int
    """Index of its period."""
    label: str
    is_minor: bool
    """Whether it is left out where there is little room."""


def start_of(day: date, by: By) -> date:
    """Return the first day of the period to which a day belongs."""
    if by == "week":
        return day - timedelta(days=day.weekday())
    if by == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if by == "year" else day


def last_day(start: date, by: By) -> date:
    """Return the last day of the period that begins on this day."""
    if by == "day":
        return start
    if by == "week":
        return start + timedelta(days=min(6, (date.max - start).days))
    following = start.replace(day=28) + timedelta(days=4) if start < date(9999, 12, 1) else date.max
    if by == "month":
        return date.max if following == date.max else following.replace(day=1) - timedelta(days=1)
    return start.replace(month=12, day=31)


def periods(first: date, last: date, by: By) -> Iterator[date]:
    """Yield the first day of every period from that of `first` to that of `last`."""
    start = start_of(first, by)
    while start <= last:
        yield start
        end = last_day(start, by)
        if end == date.max:
            return
        start = end + timedelta(days=1)


def period_text(start: date, by: By) -> str:
    """Return a period in words: "3 March 2026", "2 to 8 March 2026", "March 2026", "2026"."""
    if by == "day":
        return f"{start.day} {start:%B} {start.year}"
    if by == "week":
        last = last_day(start, by)
        from_text = str(start.day) if start.month == last.month else f"{start.day} {start:%B}"
        return f"{from_text} to {last.day} {last:%B} {last.year}"
    return f"{start:%B} {start.year}" if by == "month" else str(start.year)


def value_ticks(most: float, *, is_whole: bool) -> list[float]:
    """Return two to seven round values from 0 to one that is not below `most`; whole numbers only if the values are."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / 5
    unit = 10.0 ** floor(log10(rough))
    step = next(factor * unit for factor in (1, 2, 5, 10) if factor * unit >= rough * 0.999)
    step = max(step, 1.0) if is_whole else step
    count = 1
    while count * step < most * 0.999:
        count += 1
    return [round(number * step, 10) for number in range(count + 1)]


def value_text(value: float, *, is_share: bool = False) -> str:
    """Return a value of a chart: "1,200", or a share between 0 and 1 as "2.5 %"."""
    if is_share:
        percent = 100 * value
        return f"{percent:.0f} %" if percent >= 10 or percent == round(percent) else f"{percent:.2g} %"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def day_ticks(starts: Sequence[date], by: By) -> list[Tick]:
    """Return at most `MAX_TICKS` labels for periods that follow each other, given their first days."""
    lengths = [unit for unit, _ in _STEPS]
    for unit, step in _STEPS[lengths.index(by) :]:
        places = [place for place, start in enumerate(starts) if _begins(starts, place, start, unit, step)]
        if len(places) <= MAX_TICKS and (places or unit == "year"):
            break
    else:
        places = []
    if len(places) < 2 and starts:  # a short chart, or one period alone
        places = sorted({0, len(starts) - 1})
        unit = by if len(places) < 2 else "week"
    return [
        Tick(place, _tick_text(starts[place], by, unit), bool(number % 2))
        for number, place in enumerate(places)
    ]


def _begins(starts: Sequence[date], place: int, start: date, unit: By, step: int) -> bool:
    """Return whether a period is the first one of a label's: of every second month, say."""
    number = _number(start, unit)
    if place == 0:
        return start_of(start, unit) == start and number % step == 0
    return number % step == 0 and number != _number(starts[place - 1], unit)


def _number(day: date, unit: By) -> int:
    if unit == "year":
        return day.year
    if unit == "month":
        return 12 * day.year + day.month - 1
    days = (day - _ORIGIN).days
    return days // 7 if unit == "week" else days


def _tick_text(start: date, by: By, unit: By) -> str:
    if unit == "year" or by == "year":
        return str(start.year)
    return f"{start:%b} {start.year}" if unit == "month" or by == "month" else f"{start.day} {start:%b}"
