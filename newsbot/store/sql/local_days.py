"""The day of an article where it was published, as an expression of SQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from newsbot.store.schema.types import END_OF_TIME

MOST_AHEAD, MOST_BEHIND = timedelta(hours=14), timedelta(hours=12)
"""Greatest differences of clocks from UTC, in Kiribati and on Baker Island."""


class LocalDay(FunctionElement[str]):
    """The ISO date of a moment, given an offset from UTC in minutes; the day in UTC if that is null."""

    name = "local_day"
    inherit_cache = True
    type = Text()


@compiles(LocalDay, "sqlite")
def _on_sqlite(element: LocalDay, compiler: SQLCompiler, **kwargs: Any) -> str:
    at, offset = (compiler.process(clause, **kwargs) for clause in element.clauses)
    local = f"date({at}, {offset} || ' minutes')"
    return f"CASE WHEN {offset} IS NULL THEN substr({at}, 1, {len('2026-11-30')}) ELSE {local} END"


@compiles(LocalDay, "postgresql")
def _on_postgresql(element: LocalDay, compiler: SQLCompiler, **kwargs: Any) -> str:
    at, offset = (compiler.process(clause, **kwargs) for clause in element.clauses)
    # As text, a date takes half the time of `to_char`; `engines` has set the form.
    utc = f"{at} AT TIME ZONE 'UTC'"
    local = f"CASE WHEN {offset} IS NULL THEN {utc} ELSE {utc} + {offset} * interval '1 minute' END"
    return f"CAST(CAST({local} AS date) AS text)"


def local_day(articles: Any) -> LocalDay:
    """Return the local day of articles, given what has their columns `dated_at` and `published_offset_min`."""
    return LocalDay(articles.dated_at, articles.published_offset_min)


def first_moment(day: date) -> datetime:
    """Return the moment at which a day begins, where on Earth it begins first."""
    begin = datetime.combine(day, time.min, UTC)
    return begin if day == date.min else begin - MOST_AHEAD


def last_moment(day: date) -> datetime:
    """Return the last moment of a day, where on Earth it ends last."""
    end = datetime.combine(day, time.max, UTC)
    return end if day == date.max else end + MOST_BEHIND


def dated_since(articles: Any, since: date) -> list[ColumnElement[bool]]:
    """Return the conditions that articles are dated on this day or later; a datetime is a moment.

    The upper bound makes SQLite use the index on dates. Without it, SQLite scans the whole index on entities, which takes
    five times as long."""
    if isinstance(since, datetime):
        return [articles.dated_at.between(since, END_OF_TIME)]
    return [articles.dated_at.between(first_moment(since), END_OF_TIME), is_since(articles, since)]


def is_since(articles: Any, day: date) -> ColumnElement[bool]:
    """Return the condition that the local day is this one or a later one.

    It is computed only for the moments that belong to two days, because SQLite reads the offset behind the text."""
    certain = datetime.combine(day, time.min, UTC) + MOST_BEHIND
    return or_(articles.dated_at >= certain, local_day(articles) >= day.isoformat())


def is_until(articles: Any, day: date) -> ColumnElement[bool]:
    """Return the condition that the local day is this one or an earlier one; see `is_since`."""
    certain = datetime.combine(day, time.max, UTC) - MOST_AHEAD
    return or_(articles.dated_at <= certain, local_day(articles) <= day.isoformat())
