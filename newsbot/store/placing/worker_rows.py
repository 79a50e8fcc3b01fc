"""Rows of `newsbot_workers` and `newsbot_job_counts`: which workers there are, and how much they do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from newsbot.store.placing.queue_database import QueueDatabase

COUNTS_KEPT = "1 day"
"""How long the numbers of jobs by minute are kept, as PostgreSQL writes an interval."""
_REPORT = text("""
INSERT INTO newsbot_workers (worker_id, kind, slots, process, version, done, failed, memory_bytes)
SELECT id, :kind, :slots, :process, :version, :done, :failed, :memory_bytes FROM procrastinate_workers WHERE id = :worker_id
ON CONFLICT (worker_id) DO UPDATE SET done = excluded.done, failed = excluded.failed, memory_bytes = excluded.memory_bytes
""")
_COUNT = text("""
INSERT INTO newsbot_job_counts (minute, queue, done, failed) VALUES (date_trunc('minute', now()), :queue, :done, :failed)
ON CONFLICT (minute, queue) DO UPDATE
SET done = newsbot_job_counts.done + excluded.done, failed = newsbot_job_counts.failed + excluded.failed
""")
_FORGET = text("DELETE FROM newsbot_job_counts WHERE minute < now() - CAST(:kept AS interval)")
_SLOTS = text("""
SELECT coalesce(sum(slots), 0) FROM newsbot_workers JOIN procrastinate_workers ON id = worker_id
WHERE kind = :kind AND last_heartbeat > now() - make_interval(secs => :alive_s)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """What a worker says of itself."""

    worker_id: int
    """The id that the queue gives it."""
    kind: str
    """`crawl`, `backfill` or `heavy`: the queue whose jobs it does."""
    slots: int
    """Maximum number of jobs at a time."""
    process: str
    """`host:pid`."""
    version: str
    done: int
    failed: int
    memory_bytes: int


def report(queue: QueueDatabase, said: WorkerReport) -> bool:
    """Store what a worker says of itself; return False if the queue has given it up as dead."""
    values = {name: getattr(said, name) for name in WorkerReport.__slots__}
    with queue.connected() as connection:
        return connection.execute(_REPORT, values).rowcount == 1


def count_jobs(queue: QueueDatabase, name: str, *, done: int, failed: int) -> None:
    """Add jobs of a queue that have ended to the numbers of this minute."""
    with queue.connected() as connection:
        connection.execute(_COUNT, {"queue": name, "done": done, "failed": failed})


def forget_counts(queue: QueueDatabase) -> None:
    """Delete numbers of jobs that are older than a day."""
    with queue.connected() as connection:
        connection.execute(_FORGET, {"kept": COUNTS_KEPT})


def slots_of(queue: QueueDatabase, kind: str, *, alive_s: float) -> int:
    """Return the number of slots of the workers of a kind that have been heard of in the last `alive_s` seconds."""
    with queue.connected() as connection:
        return int(connection.scalar(_SLOTS, {"kind": kind, "alive_s": alive_s}) or 0)
