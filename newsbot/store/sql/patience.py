"""`Patience`, which waits for a database server that has gone away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from newsbot.errors import ConnectionLostError

T = TypeVar("T")

logger = logging.getLogger(__name__)

WAIT_S = 60.0
"""Time to wait for a server after its loss was noticed: a restart takes seconds, recovery after a crash up to a minute."""
FIRST_PAUSE_S, LAST_PAUSE_S = 0.1, 2.0


class Patience:
    """Repeats work until the server answers, at most for `WAIT_S` after it was lost. All threads share that time."""

    def __init__(self, wait_s: float = WAIT_S) -> None:
        self.wait_s = wait_s
        self._lost_at: float | None = None
        self._over = Event()

    def run(self, work: Callable[[], T]) -> T:
        """Return `work()`. If it raises ConnectionLostError, it is called again until the server answers.

        Raises ConnectionLostError if the server has been away for too long."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                done = work()
            except ConnectionLostError as error:
                if self._is_over(error):
                    raise
            else:
                self._lost_at = None
                return done
            self._over.wait(pause_s)
            pause_s = min(2 * pause_s, LAST_PAUSE_S)

    def end(self) -> None:
        """Wait no longer, now and later: the program is about to end."""
        self._over.set()

    def _is_over(self, error: ConnectionLostError) -> bool:
        now = time.monotonic()
        if self._lost_at is None:
            self._lost_at = now
            if not self._over.is_set():
                logger.warning("%s; trying again for %d seconds", error, self.wait_s)
        return self._over.is_set() or now - self._lost_at >= self.wait_s
