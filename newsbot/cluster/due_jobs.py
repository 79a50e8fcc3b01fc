"""Jobs as they are placed: only work that is due, and no more than workers soon have slots for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from newsbot.cluster.queues import AHEAD, MAX_WAITING
from newsbot.errors import NewsbotError


@dataclass(frozen=True, slots=True)
class DueJob:
    """A job to be placed."""

    name: str
    """What it works on: no two jobs of a name wait in a queue."""
    lock: str
    """No two jobs of a lock run at a time, in all queues."""
    arguments: dict[str, Any] = field(default_factory=dict)
    """Plain values. A worker of another version ignores those that it does not know."""


def room(slots: int, waiting: int) -> int:
    """Return how many more jobs may wait in a queue whose workers have this number of slots."""
    return max(min(AHEAD * slots, MAX_WAITING) - waiting, 0)


class GivenBackError(NewsbotError):
    """Raised by a job that is not finished, and that another worker is to go on with."""


class BrokenOffError(GivenBackError):
    """Raised by such a job if its process or its database has failed: the job itself may be the reason."""
