"""What somebody who runs newsbot watches: whether feeds are polled in time, runs end, and changes are delivered.

Every number comes from an index, from a table that does not grow with the articles, or from the end of one that does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from newsbot.store.changes.cursors import last_number
from newsbot.store.schema.models import ArticleRow, Feed, Host, LetterRow, OutputRow, Run

RUNS = 1_000
"""Number of the newest runs that are looked at."""
POLL_GRACE = timedelta(hours=1)
"""A feed whose poll is due for longer is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The last run of a spider or job that has ended."""

    finished_at: datetime
    duration_s: float
    finish_reason: str
    counts: Mapping[str, float]
    """Outcome -> number of pages, as in `runs.counts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far an output or a watch has come."""

    behind: int
    """Number of changes in the log that it has not dealt with."""
    failures: int
    """Number of failures since the last success."""
    waiting: int
    """Number of letters that are to be sent."""
    dead: int
    """Number of letters that were given up and wait for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingState:
    """The state of a database and of those that work on it."""

    changes: int
    """Number of the last change of the log: it grows with every article that is new, revised or gone."""
    newest_article_at: datetime | None
    """When an article was first seen last."""
    database_bytes: int
    feeds: int
    """Number of feeds that are polled: those that have ended or are not listed any more are left out."""
    due_feeds: int
    late_feeds: int
    """Number of feeds whose poll is due for more than `POLL_GRACE`."""
    failing_feeds: int
    """Number of feeds whose last poll failed."""
    held_hosts: int
    """Number of hosts that asked not to be requested now."""
    open_runs: Mapping[str, int]
    """Spider or job -> number of runs that have not ended, those that were killed a moment ago among them."""
    last_runs: Mapping[str, LastRun]
    """Spider or job -> its last run that has ended, among the newest `RUNS`."""
    deliveries: Mapping[str, Delivery]
    """Name of an output, or `watch:` and the name of a watch -> how far it has come."""


def operating_state(session: Session, *, now: datetime) -> OperatingState:
    """Return the state at a time."""
    runs = session.scalars(select(Run).order_by(Run.id.desc()).limit(RUNS)).all()
    open_runs: dict[str, int] = {}
    last_runs: dict[str, LastRun] = {}
    for run in runs:
        if run.finished_at is None:
            open_runs[run.spider] = open_runs.get(run.spider, 0) + 1
        elif run.spider not in last_runs:
            last_runs[run.spider] = _ended(run, run.finished_at)
    is_polled = (Feed.gone_at.is_(None), Feed.unlisted_at.is_(None))
    is_due = or_(Feed.next_poll_at.is_(None), Feed.next_poll_at <= now)
    return OperatingState(
        changes=last_number(session),
        newest_article_at=session.scalar(select(func.max(ArticleRow.first_seen_at))),
        database_bytes=_database_bytes(session),
        feeds=_count(session, Feed, *is_polled),
        due_feeds=_count(session, Feed, *is_polled, is_due),
        late_feeds=_count(session, Feed, *is_polled, Feed.next_poll_at <= now - POLL_GRACE),
        failing_feeds=_count(session, Feed, *is_polled, Feed.failure_count > 0),
        held_hosts=_count(session, Host, Host.held_until > now),
        open_runs=open_runs,
        last_runs=last_runs,
        deliveries=_deliveries(session),
    )


def _ended(run: Run, finished_at: datetime) -> LastRun:
    counts = {name: value for name, value in (run.counts or {}).items() if isinstance(value, int | float)}
    duration_s = (finished_at - run.started_at).total_seconds()
    return LastRun(
        finished_at=finished_at, duration_s=duration_s, finish_reason=run.finish_reason or "", counts=counts
    )


def _count(session: Session, model: type[Feed | Host], *wanted: object) -> int:
    query = select(func.count()).select_from(model).where(*wanted)  # type: ignore[arg-type]
    return session.scalar(query) or 0


def _deliveries(session: Session) -> dict[str, Delivery]:
    last = last_number(session)
    is_dead = LetterRow.dead_at.is_not(None)
    letters = {
        (output, dead): number
        for output, dead, number in session.execute(
            select(LetterRow.output, is_dead, func.count()).group_by(LetterRow.output, is_dead)
        )
    }
    return {
        row.name: Delivery(
            behind=max(0, last - row.number),
            failures=row.failures,
            waiting=letters.get((row.name, False), 0),
            dead=letters.get((row.name, True), 0),
        )
        for row in session.scalars(select(OutputRow))
    }


def _database_bytes(session: Session) -> int:
    if session.get_bind().dialect.name == "postgresql":
        question = "SELECT pg_database_size(current_database())"
    else:
        question = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    return session.scalar(text(question)) or 0
