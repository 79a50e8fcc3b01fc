"""The chart of a search, or of a name: how many articles queries find over time, or which share of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from markupsafe import Markup

from newsbot.store.queries import Attention, CountRow
from newsbot.web.html.charts import MAX_PERIODS, Series, time_chart

Period = Literal["day", "week", "month"]
PERIODS: tuple[Period, ...] = ("day", "week", "month")
_DAYS: dict[Period, int] = {"day": 1, "week": 7, "month": 31}


def period_for(rows: Sequence[CountRow]) -> Period:
    """Return the shortest period of which a chart has room for the days of `rows`."""
    for period in PERIODS:
        if len(rows) <= MAX_PERIODS * _DAYS[period]:
            return period
    return "month"


def history_chart(
    found: Attention,
    period: Period,
    *,
    label: str | None = None,
    brush: str,
    table: str,
    switch: tuple[str, str],
) -> Markup:
    """Return a chart of counts by day, joined to longer periods; of shares if `found` has the numbers of all articles.

    `label`: what is counted; `brush`: address to which a chosen period is added; `table`: address of the numbers as CSV;
    `switch`: address and words of the link between numbers and shares."""
    is_share = found.total.all_articles is not None
    label = label or ("Share of all articles" if is_share else "Articles found")
    series = share_series(found, period) if is_share else _count_series(found, period)
    return time_chart(series, label, by=period, brush=brush, csv=table, switch=switch, is_share=is_share)


def _count_series(found: Attention, period: Period) -> list[Series]:
    rows = _joined(found.rows, period)
    return [
        Series(query or "All articles", [(day, counts[number]) for day, counts in rows])
        for number, query in enumerate(found.queries)
    ]


def share_series(found: Attention, period: Period) -> list[Series]:
    """Return the shares of all articles, 0 to 1, of counts by day that are joined to longer periods."""
    rows = _joined(found.rows, period)
    return [
        Series(
            query or "All articles",
            [(day, counts[number] / counts[-1] if counts[-1] else 0.0) for day, counts in rows],
        )
        for number, query in enumerate(found.queries)
    ]


def _joined(rows: Sequence[CountRow], period: Period) -> list[tuple[date, list[int]]]:
    """Return (first day, numbers of the queries, number of all articles) of every period."""
    sums: dict[date, list[int]] = defaultdict(list)
    for row in rows:
        if row.value is not None:
            first = _first_day(date.fromisoformat(row.value), period)
            numbers = [*row.counts, row.all_articles or 0]
            before = sums[first] or [0] * len(numbers)
            sums[first] = [one + other for one, other in zip(before, numbers, strict=True)]
    return sorted(sums.items())


def _first_day(day: date, period: Period) -> date:
    if period == "month":
        return day.replace(day=1)
    return (
        day - timedelta(days=day.weekday()) if period == "week" and day.toordinal() > day.weekday() else day
    )
