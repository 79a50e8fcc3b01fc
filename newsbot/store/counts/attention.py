"""Attention: how many articles queries find, side by side, over time or by source, language, country, tag or entity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from newsbot.store.counts.count_groups import PERIODS, By, Tallies, names_of
from newsbot.store.search.filters import Filters

MAX_PERIODS = 4_000
"""Maximum number of days of a table that begins before its first article, or ends after its last one."""
_LAST_DAY = date.max - timedelta(days=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """The numbers of one period, source, language, country, tag or entity."""

    value: str | None
    """First day of a week, "2026-11" for a month, key of a source, id of an entity; None: articles without a value."""
    name: str | None
    """Name for readers: of a source or an entity; otherwise the value."""
    counts: tuple[int, ...]
    """Number of articles that each query finds."""
    all_articles: int | None = None
    """Number of all articles there; None if shares are not asked for."""

    @property
    def shares(self) -> tuple[float | None, ...]:
        """Share of all articles there that each query finds, 0 to 1; None where there is no article."""
        return tuple(count / self.all_articles if self.all_articles else None for count in self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """The numbers of articles that queries find."""

    by: By | None
    queries: tuple[str, ...]
    rows: tuple[CountRow, ...]
    """Periods from the first to the last, without gaps; others by their number of articles, greatest first."""
    total: CountRow
    """The numbers of all articles that are found, each one counted once."""


def attention(
    session: Session,
    queries: Sequence[str],
    filters: Filters,
    *,
    by: By | None = None,
    with_shares: bool = False,
    tallies: Tallies | None = None,
) -> Attention:
    """Count the articles that each query finds, with the same filters. All numbers are exact.

    `tallies` has what the same answer has counted already.
    Shares are of all articles that meet the filters, except for `entity`: those that could have been found. Days are
    those of the place of publication. Weeks begin on Monday. Raises QueryError and FilterError."""
    asked = [(query, filters) for query in queries]
    if with_shares:
        asked.append(("", replace(filters, entity=())))
    counts = tallies or Tallies(session)
    found = [counts.by(by, *pair) for pair in asked] if by else []
    totals = [counts.total(*pair) for pair in asked]
    if by in PERIODS:
        found = [_in_periods(by, days) for days in found]
        values: list[str | None] = [*_every_period(by, found, filters)]
    else:
        values = _most_first(found[: len(queries)])
    names = names_of(session, by, [value for value in values if value is not None]) if by else {}
    rows = [_row(value, names, [counts[value] for counts in found], with_shares) for value in values]
    return Attention(
        by=by, queries=tuple(queries), rows=tuple(rows), total=_row(None, {}, totals, with_shares)
    )


def _row(value: str | None, names: dict[str, str], numbers: Sequence[int], with_shares: bool) -> CountRow:
    counts = numbers[:-1] if with_shares else numbers
    name = None if value is None else names.get(value, value)
    return CountRow(
        value=value, name=name, counts=tuple(counts), all_articles=numbers[-1] if with_shares else None
    )


def _most_first(found: Sequence[Counter[str | None]]) -> list[str | None]:
    both: Counter[str | None] = sum(found, Counter())
    return sorted(both, key=lambda value: (-both[value], value is None, value or ""))


# ------------------------------------------------------------------ periods


def _in_periods(by: By, days: Counter[str | None]) -> Counter[str | None]:
    found: Counter[str | None] = Counter()
    for day, number in days.items():
        if day is not None:
            found[_period(by, date.fromisoformat(day))] += number
    return found


def _period(by: By, day: date) -> str:
    if by == "month":
        return day.isoformat()[: len("2026-11")]
    return (
        day - timedelta(days=day.weekday()) if by == "week" and day.toordinal() > day.weekday() else day
    ).isoformat()


def _every_period(by: By, found: Sequence[Counter[str | None]], filters: Filters) -> Iterator[str]:
    """Yield every period from the first to the last with an article of any of the counts, and those before and after that the filters ask for.

    If that would be more than `MAX_PERIODS`, those without an article at either end are left out."""
    known = sorted(value for counts in found for value in counts if value is not None)
    if not known:
        return
    asked = sorted([*known, *(_period(by, _day(day)) for day in (filters.since, filters.until) if day)])
    first, last = (asked[0], asked[-1]) if _span(asked) <= MAX_PERIODS else (known[0], known[-1])
    day = _first_day(first)
    while (period := _period(by, day)) <= last:
        yield period
        if day > _LAST_DAY:
            return
        day = _next(by, day)


def _span(periods: Sequence[str]) -> int:
    """Return the number of days between the first and the last of periods in their order."""
    return (_first_day(periods[-1]) - _first_day(periods[0])).days


def _day(bound: date) -> date:
    return bound.astimezone(UTC).date() if isinstance(bound, datetime) else bound


def _first_day(period: str) -> date:
    return date.fromisoformat(period if len(period) > len("2026-11") else f"{period}-01")


def _next(by: By, day: date) -> date:
    if by == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if by == "week" else 1)
