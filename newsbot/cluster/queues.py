"""The queues, and the times by which their workers go. Nothing here imports Procrastinate."""

from __future__ import annotations

CRAWL, BACKFILL, HEAVY = "crawl", "backfill", "heavy"
KINDS = (CRAWL, BACKFILL, HEAVY)
"""Kinds of jobs; each has a queue of its name, and workers of its own."""
SCHEDULER = "scheduler"
"""Beginning of the names of the queues with the jobs that place others: one for each kind of workers, which take them beside
their own."""
TEND = "newsbot.tend"
"""Beginning of the names of the tasks that are a round of the scheduler."""

HEARTBEAT_S = 5.0
"""Seconds between two heartbeats of a worker."""
STALLED_S = 15.0
"""Seconds without a heartbeat after which the jobs of a worker are placed again: three that are missing."""
FORGOTTEN_S = 60.0
"""Seconds without a heartbeat after which a worker is removed from the list."""
POLL_S = 1.0
"""Seconds between two looks into an empty queue. LISTEN would need a connection for each worker all the time, and a NOTIFY
takes a lock over the whole server at commit."""
TEND_S = 5
"""Seconds between two rounds of the scheduler: a job of a dead worker begins again at most `STALLED_S + TEND_S + POLL_S`
seconds after its last heartbeat."""
GRACE_S = 25.0
"""Seconds that running jobs have to end after SIGTERM; then they are given back."""
AHEAD = 2
"""Jobs that wait in a queue, for each slot of its workers. Between two rounds a worker can do that many more."""
MAX_WAITING = 5000
"""Maximum number of jobs that wait in a queue: with more, taking one costs more than 5 ms."""
MAX_ATTEMPTS = 10
"""Number of workers that may die one after the other while they do a job, before it counts as failed: it may be what they die of.
A worker that is ended, as in an upgrade, does not count, nor does one before the job has got on."""
FAILED_HOURS = 1
"""Hours for which a host whose job has failed is left alone, and the job is shown."""
MAX_JOBS = 10_000
"""Number of jobs after which a crawl worker begins anew, so that what it remembers of hosts does not grow for ever."""
MAX_AGE_S = 24 * 3600.0
"""Seconds after which it begins anew in any case: a robots.txt must not be believed for longer (RFC 9309, section 2.4)."""


def scheduler_of(kind: str) -> str:
    """Return the queue of the scheduler of a kind of workers."""
    return f"{SCHEDULER}-{kind}"


def round_of(kind: str) -> str:
    """Return the name of the task that is a round of the scheduler of a kind of workers."""
    return f"{TEND}-{kind}"
