"""Worker processes that begin with what they need, and end with their parent, however that ends."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing.synchronize import Lock
from typing import TypeVar

from newsbot.errors import NewsbotError

T = TypeVar("T")
R = TypeVar("R")
Turns = Lock
"""What processes that write to one file take turns by."""

POLL_S = 0.5
"""How often whoever waits is given a turn."""
AHEAD = 3
"""Tasks for each process that are handed out at a time: one that ends finds the next one there."""
GARBAGE_OBJECTS = 20_000
"""New objects after which Python looks for cycles: at its own 700, that took 5 % of the time that pages take."""
_SPAWN = multiprocessing.get_context("spawn")
"""A copy of a process with threads may hold their locks for ever."""


def make_turns() -> Turns:
    """Return turns for the processes of one `in_processes`, to be among its `arguments`."""
    return _SPAWN.Lock()


def in_processes(
    work: Callable[[T], R],
    tasks: Iterable[T],
    *,
    workers: int,
    begin: Callable[..., None],
    arguments: tuple[object, ...],
) -> Iterator[list[R]]:
    """Yield the results of `work` for each task as they come, and an empty list now and then while none does.

    `begin(*arguments)` is called first in each process. An exception of `work` is raised, and ends the others; so does
    a process that is killed, as a NewsbotError."""
    pool = ProcessPoolExecutor(workers, _SPAWN, initializer=_begin, initargs=(begin, arguments))
    try:
        left = iter(tasks)
        pending: set[Future[R]] = {pool.submit(work, task) for task in islice(left, AHEAD * workers)}
        while pending:
            done, pending = wait(pending, timeout=POLL_S, return_when=FIRST_COMPLETED)
            pending |= {pool.submit(work, task) for task in islice(left, len(done))}
            yield [each.result() for each in done]
    except BrokenProcessPool as error:
        message = "a worker process was killed (out of memory?); what is done is kept, and the same command goes on from there"
        raise NewsbotError(message) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(begin: Callable[..., None], arguments: tuple[object, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(GARBAGE_OBJECTS)
    begin(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
    os._exit(1)
