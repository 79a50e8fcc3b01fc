"""The workers of a crawl: processes that read, clean, recognise and compute while the crawl goes on fetching."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from newsbot.capture import Capture
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.process import Processor
from newsbot.ingest.processes import begin_pool, end_pool, in_worker, make_pool, usable_cores, use_cores
from newsbot.items import Reject
from newsbot.settings import Configuration

logger = logging.getLogger(__name__)

MAX_GROUP = 8
"""Pages that a worker gets at once at most: others wait no longer than these take, some 100 ms."""
TASKS_BEFORE_START = 8
"""Tasks that run in threads before processes are started. A process takes a second of CPU time to start, which a
crawl of a few pages would spend for nothing."""


class WorkerDiedError(Exception):
    """The process that worked on a page died: it was killed, or ran out of memory."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that waits for a worker."""

    capture: Capture
    stages: Sequence[str]
    future: asyncio.Future[Envelope | Reject]


class Pool:
    """Runs methods of a `Processor` off the event loop: in `settings.workers` processes, or in threads if that is 0.

    A task whose process dies is tried once more, alone in a process of its own: others that were under way in the
    same pool are not taken for the cause."""

    def __init__(self, settings: Configuration, processor: Processor) -> None:
        self.cores = usable_cores()
        """Cores that the processes that this one starts may use."""
        self.settings = settings
        self.processor = processor
        """Does the work of tasks that run in threads."""
        self._threads = ThreadPoolExecutor(
            1, "newsbot-pages"
        )  # Python runs one at a time; more would take turns
        self._tasks = 0
        self._waiting: deque[_Page] = deque()
        self._groups = set[asyncio.Task[None]]()
        """Groups of pages that are under way."""
        self._processes: ProcessPoolExecutor | None = None
        self._started: Future[Any] | None = None
        self._alone = asyncio.Lock()

    async def process(self, capture: Capture, stages: Sequence[str]) -> Envelope | Reject:
        """Return a page as `Processor.process_together` does. Raises WorkerDiedError if its process is killed.

        Pages that wait while the workers are busy are handed out together: a visit to a worker, and what it asks of the
        database, cost about as much for several pages as for one."""
        page = _Page(capture, stages, asyncio.get_running_loop().create_future())
        self._waiting.append(page)
        self._hand_out()
        return await page.future

    def _hand_out(self) -> None:
        while self._waiting and (free := self._places() - len(self._groups)) > 0:
            size = min(-(-len(self._waiting) // free), MAX_GROUP)
            self._begin([self._waiting.popleft() for _ in range(size)])

    def _begin(self, pages: Sequence[_Page]) -> None:
        group = asyncio.ensure_future(self._process(pages))
        self._groups.add(group)
        group.add_done_callback(self._end_group)

    def _places(self) -> int:
        """Return how many groups may be under way: with processes one more than these, which the first that is free finds waiting."""
        return 1 if self._ready_processes() is None else self.settings.workers + 1

    def _end_group(self, group: asyncio.Task[None]) -> None:
        self._groups.discard(group)
        self._hand_out()

    async def _process(self, pages: Sequence[_Page]) -> None:
        self._tasks += len(pages) - 1
        try:
            items = await self.run("process_together", [(page.capture, page.stages) for page in pages])
        except asyncio.CancelledError:
            _cancel(pages)
        except Exception as error:  # noqa: BLE001 - raised where the pages were asked for
            for page in pages:
                if not page.future.done():
                    page.future.set_exception(error)
        else:
            for page, item in zip(pages, items, strict=True):
                if not page.future.done():
                    page.future.set_result(item)

    async def run(self, method: str, *arguments: Any) -> Any:
        """Return what a method of the processor returns. Raises WorkerDiedError if it kills its process."""
        self._tasks += 1
        processes = self._ready_processes()
        if processes is None:
            return await self._in_thread(getattr(self.processor, method), *arguments)
        try:
            return await _call(processes, method, *arguments)
        except BrokenProcessPool:
            self._discard(processes)
            return await self._run_alone(method, *arguments)

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def _ready_processes(self) -> ProcessPoolExecutor | None:
        """Return the processes once they have started; None while the work is to be done in threads."""
        if not self.settings.workers or self._tasks <= TASKS_BEFORE_START:
            return None
        if self._processes is None:
            self._processes = self._make_processes(self.settings.workers)
            self._started = begin_pool(self._processes)
        assert self._started
        return self._processes if self._started.done() else None

    def _make_processes(self, workers: int) -> ProcessPoolExecutor:
        return make_pool(workers, Processor.with_database, (self.settings,), self.cores)

    def _discard(self, processes: ProcessPoolExecutor) -> None:
        """Have new processes started in place of a pool that has lost one."""
        if processes is self._processes:
            logger.warning("A worker process died; others are started in its place")
            self._processes = None

    async def _run_alone(self, method: str, *arguments: Any) -> Any:
        async with self._alone:
            processes = self._make_processes(1)
            try:
                return await _call(processes, method, *arguments)
            except BrokenProcessPool as error:
                raise WorkerDiedError("the worker process died, twice; out of memory?") from error
            finally:
                end_pool(processes)

    def keep_to_one_core(self) -> None:
        """Keep this process to one core, if workers have the others. To be called before it starts threads.

        Python runs one thread at a time. When its threads move between cores, they spend a third of their CPU time on
        that (10.9 instead of 7.8 s for 1,000 pages, measured with `benchmarks/crawl.py news`)."""
        cores = sorted(self.cores)
        if self.settings.workers and len(cores) > 1:
            use_cores({cores[os.getpid() % len(cores)]})

    def close(self) -> None:
        """End the processes at once. Nobody asks for the results of what they may still be working on."""
        _cancel(self._waiting)
        self._waiting.clear()
        use_cores(self.cores)
        self._threads.shutdown(wait=False, cancel_futures=True)
        processes, self._processes = self._processes, None
        if processes is not None and self._started is not None:
            self._started.add_done_callback(lambda _: end_pool(processes))  # at once, if they have started


def _cancel(pages: Iterable[_Page]) -> None:
    for page in pages:
        page.future.cancel()


async def _call(processes: ProcessPoolExecutor, method: str, *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(processes, in_worker, method, *arguments)
