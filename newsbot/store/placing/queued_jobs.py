"""What the queue holds: names of jobs that wait or run, queues, workers, and what is stuck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text

from newsbot.store.placing.queue_database import QueueDatabase

_NAMES = text("""
SELECT queueing_lock, status = 'todo' FROM procrastinate_jobs WHERE queue_name = :queue AND status IN ('todo', 'doing')
""")
_QUEUES = text("""
SELECT queue_name, count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
       count(*) FILTER (WHERE status = 'failed'),
       count(*) FILTER (WHERE status = 'doing'
           AND (workers.id IS NULL OR last_heartbeat < now() - make_interval(secs => :stalled_s))),
       extract(epoch FROM now() - min(events.at) FILTER (WHERE status = 'todo'))
FROM procrastinate_jobs AS jobs
LEFT JOIN procrastinate_workers AS workers ON workers.id = jobs.worker_id
LEFT JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events WHERE job_id = jobs.id AND status = 'todo') AS events ON true
WHERE queue_name = ANY(:queues) GROUP BY queue_name
""")
_RATES = text("""
SELECT queue, sum(done) / :minutes, sum(failed) / :minutes FROM newsbot_job_counts
WHERE minute >= date_trunc('minute', now()) - make_interval(mins => :minutes) AND minute < date_trunc('minute', now())
GROUP BY queue
""")
_WORKERS = text("""
SELECT worker_id, kind, slots, process, version, started_at, done, failed, memory_bytes,
       extract(epoch FROM now() - last_heartbeat), (SELECT count(*) FROM procrastinate_jobs AS jobs
           WHERE jobs.worker_id = newsbot_workers.worker_id AND status = 'doing')
FROM newsbot_workers JOIN procrastinate_workers ON id = worker_id ORDER BY kind, worker_id
""")
_STUCK = text("""
SELECT jobs.id, queue_name, queueing_lock, attempts FROM procrastinate_jobs AS jobs
LEFT JOIN procrastinate_workers AS workers ON workers.id = jobs.worker_id
WHERE status = 'doing' AND (workers.id IS NULL OR last_heartbeat < now() - make_interval(secs => :stalled_s))
ORDER BY jobs.id LIMIT :limit
""")
_FAILED = text("""
SELECT jobs.id, queue_name, queueing_lock, attempts, coalesce(reason, '') FROM procrastinate_jobs AS jobs
LEFT JOIN newsbot_failures ON job_id = jobs.id
WHERE status = 'failed' AND queue_name = ANY(:queues) ORDER BY jobs.id DESC LIMIT :limit
""")
RATE_MINUTES = 5
"""Number of whole minutes over which the rates of jobs are averaged."""
SHOWN = 20
"""Maximum number of stuck or failed jobs that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One queue."""

    name: str
    waiting: int = 0
    running: int = 0
    failed: int = 0
    """Number of jobs that have failed for good."""
    stuck: int = 0
    """Number of those in work whose worker is not heard of any more."""
    oldest_s: float | None = None
    """Seconds since the oldest waiting job was placed; None if none waits."""
    done_a_minute: float = 0.0
    failed_a_minute: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """One worker."""

    id: int
    kind: str
    slots: int
    process: str
    version: str
    started_at: datetime
    done: int
    failed: int
    memory_bytes: int
    silent_s: float
    """Seconds since its last heartbeat."""
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One job."""

    id: int
    queue: str
    name: str
    """What it works on: a host, a file, or a kind of work and the first id."""
    attempts: int
    reason: str = ""
    """Why it has failed; empty if it has not, or if its workers have died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """What the queue holds at a moment."""

    queues: list[QueueRow] = field(default_factory=list)
    workers: list[WorkerRow] = field(default_factory=list)
    stuck: list[JobRow] = field(default_factory=list)
    """Jobs in work whose worker is not heard of any more; the next sweep places them again."""
    failed: list[JobRow] = field(default_factory=list)
    """Jobs that have failed for good, the last ones first."""


def names_of_jobs(queue: QueueDatabase, name: str) -> dict[str, bool]:
    """Return what the jobs of a queue work on that wait or run: name -> whether it waits."""
    with queue.connected() as connection:
        rows = connection.execute(_NAMES, {"queue": name}).all()
    found: dict[str, bool] = {}
    for lock, waits in rows:
        found[lock or ""] = waits or found.get(lock or "", False)
    return found


def queue_state(queue: QueueDatabase, queues: Sequence[str], *, stalled_s: float) -> QueueState:
    """Return what these queues hold. A worker that is silent for `stalled_s` seconds counts as dead."""
    with queue.connected() as connection:
        asked = {"queues": list(queues), "stalled_s": stalled_s}
        counts = {row[0]: row[1:] for row in connection.execute(_QUEUES, asked)}
        rates = {row[0]: row[1:] for row in connection.execute(_RATES, {"minutes": RATE_MINUTES})}
        workers = connection.execute(_WORKERS).all()
        stuck = connection.execute(_STUCK, {"stalled_s": stalled_s, "limit": SHOWN}).all()
        failed = connection.execute(_FAILED, {"queues": list(queues), "limit": SHOWN}).all()
    return QueueState(
        queues=[
            _queue(name, counts.get(name, (0, 0, 0, 0, None)), rates.get(name, (0, 0))) for name in queues
        ],
        workers=list(map(_worker, workers)),
        stuck=list(map(_job, stuck)),
        failed=list(map(_job, failed)),
    )


def _queue(name: str, counts: Sequence[Any], rates: Sequence[Any]) -> QueueRow:
    waiting, running, failed, stuck, oldest_s = counts
    return QueueRow(
        name=name,
        waiting=waiting,
        running=running,
        failed=failed,
        stuck=stuck,
        oldest_s=None if oldest_s is None else round(float(oldest_s), 1),
        done_a_minute=round(float(rates[0]), 1),
        failed_a_minute=round(float(rates[1]), 1),
    )


def _job(row: Sequence[Any]) -> JobRow:
    number, queue, name, attempts, *reason = row
    return JobRow(id=number, queue=queue, name=name or "", attempts=attempts, reason="".join(reason))


def _worker(row: Sequence[Any]) -> WorkerRow:
    values = dict(zip(WorkerRow.__slots__, row, strict=True))
    return WorkerRow(**{**values, "silent_s": round(float(values["silent_s"]), 1)})
