"""Worker processes: they begin with a worker of their own, and end with their parent, however that ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from types import ModuleType
from typing import Any, Literal, ParamSpec, TypeVar

from newsbot.errors import NewsbotError
from newsbot.starting import collect_rarely, keep_what_is_loaded

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

POLL_S = 0.5
"""Maximum time between two results of `in_processes`, so that its caller can show progress."""
AHEAD = 3
"""Tasks per process that are handed out at a time: a process that finishes one finds the next waiting."""
_METHOD: Literal["forkserver", "spawn"] = "forkserver" if sys.platform == "linux" else "spawn"
"""Not fork: a copy of a process with threads may hold their locks for ever. The fork server has no threads, and has imported
once what every worker needs."""
_CONTEXT = multiprocessing.get_context(_METHOD)
_worker: Any = None
"""The one worker of a process, made by `_begin`."""


def usable_cores() -> set[int]:
    """Return the numbers of the cores that this process may use; empty where the system does not tell (not Linux)."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def use_cores(cores: set[int]) -> None:
    """Let this thread, and the threads and processes that it starts from now on, run on these cores."""
    if cores:
        os.sched_setaffinity(0, cores)


@dataclass(frozen=True, slots=True)
class InModule:
    """A function of a module that only the worker processes import."""

    module: str
    name: str

    def __call__(self, *arguments: object) -> object:
        """Call the function."""
        function: Callable[..., object] = getattr(import_module(self.module), self.name)
        return function(*arguments)


class Workers(ProcessPoolExecutor):
    """A pool whose processes do not run the main module of this one: it may be a script, and import what no worker needs."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Have a process call a function; start another process if all are busy and there may be more."""
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            sys.modules["__main__"] = main


def make_pool(
    workers: int,
    make_worker: Callable[..., object],
    arguments: tuple[object, ...],
    cores: set[int] | None = None,
) -> ProcessPoolExecutor:
    """Return a pool of processes in which `in_worker` calls methods of the worker that `make_worker` returns.

    They run on `cores`, by default on those of this process."""
    cores = cores or usable_cores()
    if _METHOD == "forkserver":
        home = make_worker.module if isinstance(make_worker, InModule) else make_worker.__module__
        _start_server(home, cores)
    initial = (make_worker, arguments, cores, dict(os.environ))
    return Workers(workers, _CONTEXT, initializer=_begin, initargs=initial)


def _start_server(module: str, cores: set[int]) -> None:
    """Have the fork server started on these cores, if this process has none yet, and import what its processes need."""
    from multiprocessing.forkserver import ensure_running  # not on every system

    own = usable_cores()
    use_cores(cores)
    _CONTEXT.set_forkserver_preload([module])
    ensure_running()
    use_cores(own)


def begin_pool(pool: ProcessPoolExecutor) -> Future[int]:
    """Have the first process of a pool started, in a thread: it waits until the fork server has imported what it needs.

    That takes a second, and on a busy machine a minute. The future is done when the process has made its worker. A program
    that ends meanwhile waits for it: a process without its parent would print a traceback."""
    begun: Future[int] = Future()

    def begin() -> None:
        try:
            begun.set_result(pool.submit(os.getpid).result())
        except Exception as error:  # noqa: BLE001 - it is raised where the future is waited for
            begun.set_exception(error)

    threading.Thread(target=begin).start()
    return begun


def end_pool(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool at once, whatever they are working on."""
    for process in list(
        (pool._processes or {}).values()
    ):  # terminate_workers() does this from Python 3.14 on
        process.terminate()
    pool.shutdown(wait=False, cancel_futures=True)


def in_worker(method: str, *arguments: Any) -> Any:
    """Call a method of this process's worker."""
    return getattr(_worker, method)(*arguments)


def in_processes(
    method: str,
    tasks: Iterable[T],
    *,
    workers: int,
    make_worker: Callable[..., object],
    arguments: tuple[object, ...],
) -> Iterator[list[Any]]:
    """Yield the results of a worker's `method` for every task as they come, and an empty list every `POLL_S` seconds.

    Every process first makes its worker: `make_worker(*arguments)`. An exception of a task is raised and stops the
    others; so does a process that is killed, as a NewsbotError."""
    pool = make_pool(workers, make_worker, arguments)
    try:
        left = iter(tasks)
        pending: set[Future[Any]] = {
            pool.submit(in_worker, method, task) for task in islice(left, AHEAD * workers)
        }
        while pending:
            done, pending = wait(pending, timeout=POLL_S, return_when=FIRST_COMPLETED)
            pending |= {pool.submit(in_worker, method, task) for task in islice(left, len(done))}
            yield [future.result() for future in done]
    except (
        BaseException
    ) as error:  # Ctrl-C too: what is under way is not waited for, and done again next time
        end_pool(pool)
        if not isinstance(error, BrokenProcessPool):
            raise
        message = "a worker process was killed (out of memory?); what is done is kept, and the same command goes on from there"
        raise NewsbotError(message) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(
    make_worker: Callable[..., object],
    arguments: tuple[object, ...],
    cores: set[int],
    environment: dict[str, str],
) -> None:
    global _worker  # noqa: PLW0603 - one worker per process, made when the process begins
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    use_cores(cores)
    os.environ.update(environment)  # that of the fork server is from its own start
    collect_rarely()
    keep_what_is_loaded()
    _worker = make_worker(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
    os._exit(1)
