"""Processes in which a worker does its work, off its event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any

from newsbot.ingest.processes import begin_pool, end_pool, in_worker, make_pool


class WorkProcesses:
    """Calls methods of the object that `make_worker(*arguments)` makes in each of a number of processes.

    A process that dies is replaced; what ran beside it raises BrokenProcessPool and may be done again."""

    def __init__(self, count: int, make_worker: Callable[..., object], arguments: tuple[object, ...]) -> None:
        self._make: Callable[[], ProcessPoolExecutor] = partial(make_pool, count, make_worker, arguments)
        self._pool = self._make()
        self._begun: Future[int] | None = None

    async def run(self, method: str, *arguments: Any) -> Any:
        """Return what a method of the worker of a process returns."""
        pool = self._pool
        try:
            self._begun = self._begun or begin_pool(pool)
            await asyncio.shield(asyncio.wrap_future(self._begun))
            return await asyncio.get_running_loop().run_in_executor(pool, in_worker, method, *arguments)
        except BrokenProcessPool:
            if pool is self._pool:
                self._pool, self._begun = self._make(), None
            raise

    def end(self) -> None:
        """End the processes at once, whatever they are working on."""
        if self._begun is not None:
            wait([self._begun])  # a process that has not started yet cannot be ended
        end_pool(self._pool)
