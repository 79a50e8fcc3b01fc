"""The job `prune`: deletes rows of crawls that are older than the settings keep them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbot.settings import Configuration
from newsbot.store.database import Database
from newsbot.store.retention.old_rows import (
    Place,
    Rule,
    count_old,
    has_old,
    highest_count,
    remove_batch,
    rules_of,
)
from newsbot.store.schema.fetch_partitions import drop_week, make_weeks, old_weeks

LOCK_TRIES = 20
"""Number of times that a partition in use is tried to be dropped, in about half a minute."""
LOCK_PAUSE_S = 1.0
TABLES = frozenset({"fetches", "frontier", "rejects"})
OVERDUE = timedelta(days=14)
"""Time after which rows that should have been deleted show that `newsbot db prune` does not run."""
MANY_ROWS = 5_000_000
"""Number of rows from which a table that is kept for ever is worth a remark: some gigabytes."""


@dataclass(frozen=True, slots=True)
class Removed:
    """Rows that were deleted in one transaction, or would be."""

    table: str
    rows: int
    skipped: str | None = None
    """What was left because it is in use, and is tried again the next time."""


def limits(settings: Configuration, now: datetime) -> dict[str, datetime]:
    """Return table -> time before which its rows are deleted; tables that are kept for ever are left out."""
    days = {
        "fetches": settings.keep_fetches_days,
        "frontier": settings.keep_frontier_days,
        "rejects": settings.keep_rejects_days,
    }
    return {table: now - timedelta(days=number) for table, number in days.items() if number}


def overdue(database: Database, settings: Configuration, now: datetime) -> list[str]:
    """Return the tables with rows that are older by more than `OVERDUE` than they are kept: nobody prunes them."""
    rules = _rules(database)
    late = {table: before - OVERDUE for table, before in limits(settings, now).items()}
    with database.read() as session:
        return [
            table
            for table, before in late.items()
            if any(has_old(session, rule, before) for rule in rules[table] if not rule.is_marked)
            or (table == "fetches" and old_weeks(session.connection(), before))
        ]


def endless(database: Database, settings: Configuration, now: datetime) -> dict[str, int]:
    """Return the tables that are kept for ever and have more than `MANY_ROWS` rows, with about their number."""
    kept_for_ever = TABLES - limits(settings, now).keys()
    with database.read() as session:
        counts = {table: highest_count(session, table) for table in sorted(kept_for_ever)}
    return {table: rows for table, rows in counts.items() if rows > MANY_ROWS}


def _rules(database: Database) -> Mapping[str, Sequence[Rule]]:
    return rules_of("sqlite" if database.has_one_writer else "postgresql")


def prune_rows(
    database: Database,
    before: Mapping[str, datetime],
    *,
    now: datetime,
    dry_run: bool = False,
    pause: Callable[[float], object] = time.sleep,
) -> Iterator[Removed]:
    """Delete the rows of each table before its time, and yield what every transaction has deleted.

    With `dry_run` nothing is deleted. On SQLite, where others wait for every transaction, half of the time is left to
    them."""
    rules = _rules(database)
    for table, moment in before.items():
        if table == "fetches" and not database.has_one_writer:
            yield from _prune_weeks(database, moment, now=now, dry_run=dry_run, pause=pause)
        for rule in rules[table]:
            if dry_run:
                yield Removed(table, _count(database, rule, moment))
            else:
                yield from _prune(database, table, rule, moment, pause)


def _count(database: Database, rule: Rule, before: datetime) -> int:
    return database.ask(lambda session: count_old(session, rule, before))


def _prune(
    database: Database, table: str, rule: Rule, before: datetime, pause: Callable[[float], object]
) -> Iterator[Removed]:
    after: Place | None = None
    while True:
        started, place = time.monotonic(), after
        batch = database.transact(lambda session: remove_batch(session, rule, before, place))  # noqa: B023 - run at once
        yield Removed(table, batch.removed)
        after = batch.after
        if after is None:
            return
        if database.has_one_writer:
            pause(time.monotonic() - started)


def _prune_weeks(
    database: Database,
    before: datetime,
    *,
    now: datetime,
    dry_run: bool,
    pause: Callable[[float], object],
) -> Iterator[Removed]:
    """Drop the partitions of weeks that ended before a time, and make those of the weeks to come."""
    weeks = database.ask(lambda session: old_weeks(session.connection(), before))
    for name, rows in weeks.items():
        if dry_run or _is_dropped(database, name, pause):
            yield Removed("fetches", rows)
        else:
            yield Removed("fetches", 0, skipped=f"{name} is in use")
    if not dry_run:
        database.transact(lambda session: make_weeks(session.connection(), now))


def _is_dropped(database: Database, name: str, pause: Callable[[float], object]) -> bool:
    for number in range(LOCK_TRIES):
        if number:
            pause(LOCK_PAUSE_S)
        if database.transact(lambda session: drop_week(session.connection(), name)):
            return True
    return False
