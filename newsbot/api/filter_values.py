"""Filters as keyword arguments of Python: the same as the options of the commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypedDict, get_args

from newsbot.errors import UsageError
from newsbot.items import STORED_KINDS, StoredKind
from newsbot.query.written_values import ACCEPTED_DAYS, parse_day, parse_names, unknown_value
from newsbot.store.queries import Filters, Sort

Names = str | Iterable[str] | None
"""One name, several in one text separated by commas, or a list; None: no condition."""
Day = str | date | None
"""A day, a moment, or a text such as "2026-11-23", "yesterday" or "7d"; None: no condition."""


class FilterValues(TypedDict, total=False):
    """The filters of searches, counts and lists; an article must meet all of them."""

    source: Names
    exclude_source: Names
    tag: Names
    language: Names
    country: Names
    section: Names
    entity: Names
    kind: Names
    since: Day
    until: Day


class SourceFilters(TypedDict, total=False):
    """The filters of changes."""

    source: Names
    exclude_source: Names
    tag: Names
    language: Names
    country: Names


ACCEPTED = tuple(FilterValues.__annotations__)
_DAYS = ("since", "until")


def filters_of(
    values: Mapping[str, Any],
    *,
    now: datetime,
    accepted: Iterable[str] = ACCEPTED,
    limit: int | None = None,
    sort: Sort = "relevance",
) -> Filters:
    """Return the filters that keyword arguments name; None is no condition.

    Raises UsageError, in one line, for a name or a value that is not accepted."""
    names = list(accepted)
    for name in values:
        if name not in names:
            raise UsageError(f"{unknown_value('filter', name, names)}")
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise UsageError(f"limit is {limit!r}; accepted: a number above 0, or None")
    if sort not in get_args(Sort):
        raise UsageError(f"sort is {sort!r}; accepted: {', '.join(get_args(Sort))}")
    given = {name: value for name, value in values.items() if value is not None}
    days: dict[str, Any] = {name: _day(name, given.pop(name), now) for name in _DAYS if name in given}
    lists: dict[str, Any] = {name: names_of(name, value) for name, value in given.items()}
    if "kind" in lists:
        lists["kind"] = _kinds(lists["kind"])
    return Filters(**lists, **days, limit=limit, sort=sort)


def names_of(name: str, value: object) -> tuple[str, ...]:
    """Return the names that the value of an argument lists. Raises UsageError if it is no text and no list of texts."""
    if isinstance(value, str):
        try:
            return parse_names([value])
        except ValueError as error:
            raise UsageError(f"{name}: {error}") from error
    given = list(value) if isinstance(value, Iterable) else [value]
    texts = [text for text in given if isinstance(text, str)]
    if len(texts) < len(given):
        raise UsageError(f"{name} is {value!r}; accepted: a text, or a list of texts")
    return tuple(dict.fromkeys(texts))


def _kinds(names: Iterable[str]) -> tuple[StoredKind, ...]:
    known = {str(kind): kind for kind in STORED_KINDS}
    for name in names:
        if name not in known:
            raise UsageError(unknown_value("kind", name, list(known)))
    return tuple(known[name] for name in names)


def _day(name: str, value: object, now: datetime) -> date:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise UsageError(f"{name} is {value!r}; accepted: a date, a datetime, or a text: {ACCEPTED_DAYS}")
    try:
        return parse_day(value, now=now)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from error
