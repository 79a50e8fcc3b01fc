"""Partitions of `fetches` on PostgreSQL, so that old rows are removed by dropping tables.

    fetches                 by outcome
      fetches_articles      rows of articles: the provenance of articles refers to them, so they are deleted one by one
      fetches_others        all other rows: polls, rejects, pages that were not modified; by time
        fetches_20261130    a week that begins on this Monday, in UTC
        fetches_undated     rows of weeks without a partition: those of old archives, and those of wrong clocks

Nothing is done on SQLite.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, text

PARTITIONS = "fetches_"
"""Prefix of the names of all partitions."""
UNDATED = "fetches_undated"
WEEK = timedelta(days=7)
WEEKS_AHEAD = 4
"""Number of weeks whose partitions are made ahead. A process may run for as long before it is started again."""
LOCK_TIMEOUT_MS = 300
"""Time to wait for a lock on the table: as long, other transactions wait behind this one."""

_WEEKS = text(
    "SELECT child.relname, child.reltuples FROM pg_inherits"
    " JOIN pg_class child ON child.oid = inhrelid"
    " WHERE inhparent = to_regclass('fetches_others') AND child.relname ~ '^fetches_[0-9]{8}$' ORDER BY 1"
)
_IS_THERE = text("SELECT to_regclass(:name) IS NOT NULL")
_TIMEOUT = text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")


def week_of(moment: datetime) -> date:
    """Return the Monday of a week in UTC."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def needs_weeks(connection: Connection, now: datetime) -> bool:
    """Return whether partitions of the weeks to come are missing on PostgreSQL."""
    last = week_of(now) + WEEKS_AHEAD * WEEK
    return not connection.scalar(_IS_THERE, {"name": _name(last)})


def make_weeks(connection: Connection, now: datetime) -> None:
    """Make the partitions of this week and of those to come that are missing, in a transaction of its own.

    A week that has rows in `fetches_undated` gets none. If somebody else uses the table for longer than a moment, or the
    user may not make tables, nothing is made: rows go to `fetches_undated` meanwhile."""
    first = week_of(now)
    connection.execute(_TIMEOUT)
    for number in range(WEEKS_AHEAD + 1):
        start = first + number * WEEK
        connection.execute(text(_MAKE_WEEK.format(name=_name(start), start=start, end=start + WEEK)))


# ATTACH takes a lighter lock than CREATE TABLE ... PARTITION OF, for which all writers would have to wait.
_MAKE_WEEK = """
DO $$ BEGIN
  IF to_regclass('{name}') IS NULL AND NOT EXISTS (
    SELECT FROM fetches_undated WHERE outcome <> 'article' AND fetched_at >= '{start}+00' AND fetched_at < '{end}+00')
  THEN
    CREATE TABLE {name} (LIKE fetches_others INCLUDING DEFAULTS);
    ALTER TABLE fetches_others ATTACH PARTITION {name} FOR VALUES FROM ('{start}+00') TO ('{end}+00');
  END IF;
EXCEPTION WHEN lock_not_available OR insufficient_privilege THEN NULL;
END $$
"""
_DROP_WEEK = """
DO $$ BEGIN
  DROP TABLE IF EXISTS {name};
EXCEPTION WHEN lock_not_available THEN NULL;
END $$
"""


def old_weeks(connection: Connection, before: datetime) -> dict[str, int]:
    """Return the partitions of the weeks that ended before a time, oldest first, and the numbers of their rows.

    The numbers are PostgreSQL's estimates if it has any."""
    if connection.dialect.name == "sqlite":
        return {}
    ended = {name: rows for name, rows in connection.execute(_WEEKS) if _end(name) <= before}
    return {
        name: int(rows) if rows >= 0 else connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0  # noqa: S608
        for name, rows in ended.items()
    }


def drop_week(connection: Connection, name: str) -> bool:
    """Drop a partition; return False, with nothing done, if the table is in use for longer than a moment."""
    connection.execute(_TIMEOUT)
    connection.execute(text(_DROP_WEEK.format(name=name)))
    return not connection.scalar(_IS_THERE, {"name": name})


def _name(week: date) -> str:
    return f"{PARTITIONS}{week:%Y%m%d}"


def _end(name: str) -> datetime:
    start = datetime.strptime(name.removeprefix(PARTITIONS), "%Y%m%d").date()  # noqa: DTZ007 - a date
    return datetime.combine(start + WEEK, time(), UTC)
