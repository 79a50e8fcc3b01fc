"""`WriteQueue`: the processes that write to one SQLite file write in the order in which they came."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from time import monotonic, sleep
from types import TracebackType
from typing import IO, Final

try:
    import fcntl
except ImportError:  # not on every system
    fcntl = None  # type: ignore[assignment]

SUFFIX = "-queue"
"""Ending of the file beside a database whose lock is the place at the head of the queue. It is empty, and stays."""
PAUSE_S = 0.001
"""Time between two turns of one queue, in which one that waits wakes up. Without it the lock goes to who is awake."""


class WriteQueue:
    """A lock for the threads and processes that write to an SQLite file, which each gets in its turn.

    SQLite keeps writers apart too, but lets one that waits try again after pauses that grow to a tenth of a second: one
    that writes without a break leaves the others waiting for many seconds. Here the system wakes who waits (flock(2)).

    Only the order depends on it. So where there are no such locks, and after `limit_s` seconds, the writer goes on without
    its turn, and waits for SQLite's own lock."""

    def __init__(self, database: Path, *, limit_s: float) -> None:
        self.path: Final = Path(f"{database.resolve()}{SUFFIX}")
        self.limit_s = limit_s
        self._threads = Lock()
        self._file: IO[bytes] | None = None
        self._left_at = 0.0

    def __enter__(self) -> None:
        """Wait for the turn of this thread."""
        self._threads.acquire()
        try:
            self._wait()
        except BaseException:
            self._close()
            self._threads.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the next one in."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
            self._left_at = monotonic()
        self._threads.release()

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._threads:
            self._close()

    def _wait(self) -> None:
        if fcntl is None:
            return
        if monotonic() - self._left_at < PAUSE_S:
            sleep(PAUSE_S)
        try:
            if self._file is None:
                self._file = self.path.open("ab")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait_for_others()
        except OSError:  # a folder that may not be written, or one without locks
            self._close()

    def _wait_for_others(self) -> None:
        """Wait in another thread, because a call of flock has no time limit."""
        assert self._file is not None
        waiting = Thread(target=_lock, args=(os.dup(self._file.fileno()),), daemon=True)
        waiting.start()
        waiting.join(self.limit_s)
        if waiting.is_alive():
            self._close()  # which gives up the place in the queue

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(copy: int) -> None:
    """Take the lock of a file by a copy of its descriptor, and close the copy: the lock ends when both are closed."""
    with suppress(OSError):
        fcntl.flock(copy, fcntl.LOCK_EX)
    os.close(copy)
