"""Jobs that have failed for good: why, what does not count as a failure, and their removal."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from newsbot.store.placing.queue_database import QueueDatabase

_NOTE = text("""
INSERT INTO newsbot_failures (job_id, reason) SELECT id, :reason FROM procrastinate_jobs WHERE id = :job_id
ON CONFLICT (job_id) DO UPDATE SET reason = excluded.reason
""")
_REMOVE = text("""
DELETE FROM procrastinate_jobs WHERE status = 'failed' AND queue_name = :queue AND queueing_lock = ANY(:names)
""")

_FORGIVE = text("""
UPDATE procrastinate_jobs SET attempts = attempts - 1 WHERE id = :job_id AND worker_id = :worker_id AND status = 'doing'
""")

_FORGET = text("""
UPDATE procrastinate_jobs SET attempts = 0 WHERE id = :job_id AND worker_id = :worker_id AND status = 'doing'
""")


def forget_attempts(queue: QueueDatabase, job_id: int, worker_id: int) -> None:
    """Forget that workers have died while they did a job: it has got on since."""
    with queue.connected() as connection:
        connection.execute(_FORGET, {"job_id": job_id, "worker_id": worker_id})


def forgive(queue: QueueDatabase, job_id: int, worker_id: int) -> None:
    """Have the end of a job not count that is about to come: the worker is ended, which says nothing about the job."""
    with queue.connected() as connection:
        connection.execute(_FORGIVE, {"job_id": job_id, "worker_id": worker_id})


def note_failure(queue: QueueDatabase, job_id: int, reason: str) -> None:
    """Store why a job fails, for `newsbot cluster status`. It is deleted with the job."""
    with queue.connected() as connection:
        connection.execute(_NOTE, {"job_id": job_id, "reason": reason})


def remove_failed(queue: QueueDatabase, name: str, works: Collection[str]) -> int:
    """Delete the failed jobs of a queue that have worked on any of these; return their number.

    The work is done, or is tried again, or nobody wants it any more."""
    with queue.connected() as connection:
        return int(connection.execute(_REMOVE, {"queue": name, "names": list(works)}).rowcount)
