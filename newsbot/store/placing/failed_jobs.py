"""Jobs that have failed for good: why, and their removal once the same work is placed again or done."""

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


def note_failure(queue: QueueDatabase, job_id: int, reason: str) -> None:
    """Store why a job fails, for `newsbot cluster status`. It is deleted with the job."""
    with queue.connected() as connection:
        connection.execute(_NOTE, {"job_id": job_id, "reason": reason})


def remove_failed(queue: QueueDatabase, name: str, works: Collection[str]) -> None:
    """Delete the failed jobs of a queue that have worked on any of these: the work is done, or is tried again."""
    with queue.connected() as connection:
        connection.execute(_REMOVE, {"queue": name, "names": list(works)})
