"""What a cluster does, and what is wrong with it. Nothing here imports Procrastinate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from newsbot.cluster.queues import CRAWL, KINDS, MAX_WAITING, STALLED_S
from newsbot.items import utc_text
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.placing.queued_jobs import JobRow, QueueRow, QueueState, queue_state

MAX_AGE_S = {CRAWL: 300.0}
"""Queue -> seconds that a job waits at most in a cluster with enough workers. Archives may wait for days."""
SWEPT_S = 3 * STALLED_S
"""Seconds of silence of a worker after which its jobs must have been placed again."""

NAMED = 3
"""Number of failed jobs of a queue that a problem names."""


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What a cluster does at a moment."""

    at: datetime
    state: QueueState
    problems: list[str]
    """What is wrong, a line each; empty if nothing is."""

    def to_dict(self) -> dict[str, Any]:
        """Return the status as JSON values."""
        workers = [{**asdict(row), "started_at": utc_text(row.started_at)} for row in self.state.workers]
        return {
            "at": utc_text(self.at),
            "problems": self.problems,
            "queues": [asdict(row) for row in self.state.queues],
            "workers": workers,
            "stuck": [asdict(row) for row in self.state.stuck],
            "failed": [asdict(row) for row in self.state.failed],
        }


def cluster_status(queue: QueueDatabase) -> ClusterStatus:
    """Return what the workers and queues of a cluster do now. Raises DatabaseError if the queue cannot be read."""
    state = queue_state(queue, KINDS, stalled_s=SWEPT_S)
    return ClusterStatus(datetime.now(UTC), state, list(find_problems(state)))


def find_problems(state: QueueState) -> Iterator[str]:
    """Yield what is wrong with a cluster, a line each."""
    kinds = {worker.kind for worker in state.workers if worker.silent_s < STALLED_S}
    for row in state.queues:
        waiting = _counted(row.waiting, "job waits", "jobs wait")
        if row.waiting and row.name not in kinds:
            takes = "it" if row.waiting == 1 else "them"
            yield f"{waiting} in {row.name}, and no worker takes {takes}: newsbot worker {row.name}"
        elif row.oldest_s is not None and row.oldest_s > MAX_AGE_S.get(row.name, float("inf")):
            yield f"the oldest job in {row.name} has waited for {row.oldest_s:.0f} s: more slots or workers are needed"
        if row.waiting > MAX_WAITING and row.name == CRAWL:
            yield f"{waiting} in {row.name}, more than the {MAX_WAITING} that are placed"
        if row.failed:
            yield _failures(row, [job for job in state.failed if job.queue == row.name])
    for worker in state.workers:
        if worker.silent_s > STALLED_S:
            yield f"worker {worker.id} ({worker.kind}, {worker.process}) has been silent for {worker.silent_s:.0f} s"
    if state.stuck:
        stuck = _counted(len(state.stuck), "job is stuck", "jobs are stuck")
        yield f"{stuck}: the worker is dead, and no other has placed the work again"
    if not kinds:
        yield "no worker runs"


def _failures(row: QueueRow, failed: list[JobRow]) -> str:
    """Return that jobs of a queue have failed; `failed` are the last ones of them, the latest first."""
    have = (
        f"{row.failed} job of {row.name} has" if row.failed == 1 else f"{row.failed} jobs of {row.name} have"
    )
    shown = "; ".join(f"{job.name} ({job.reason})" if job.reason else job.name for job in failed[:NAMED])
    more = f"; {row.failed - NAMED} more" if row.failed > NAMED else ""
    return f"{have} failed for good" + (f": {shown}{more}" if shown else "")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
