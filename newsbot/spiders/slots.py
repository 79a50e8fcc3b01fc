"""Accounting of the requests that a crawl has in flight: how many of which source."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count


class Slots:
    """Limits the requests in flight of every source.

    A request takes a slot before it is sent, and releases it when its outcome is stored. Slots have numbers, so that
    a slot which is released twice (by a callback and by a signal handler) frees no other one. Nothing here waits for
    a free slot: whoever sends requests asks `free` how many to send."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        """Maximum number of requests in flight per source."""
        self._numbers = count(1)
        self._sources: dict[int, str] = {}
        """Number of a slot in use -> key of its source."""
        self._in_use: Counter[str] = Counter()
        self._released = asyncio.Event()

    def take(self, source: str) -> int:
        """Take a slot for a request of a source; return its number."""
        slot = next(self._numbers)
        self._sources[slot] = source
        self._in_use[source] += 1
        return slot

    def release(self, slot: int | None) -> None:
        """Release a slot. None, and a slot that was released before, change nothing."""
        source = self._sources.pop(slot, None) if slot is not None else None
        if source is not None:
            self._in_use[source] -= 1
            self._released.set()

    @contextmanager
    def releasing(self, slot: int | None) -> Iterator[None]:
        """Release a slot at the end of a block, however the block ends."""
        try:
            yield
        finally:
            self.release(slot)

    def in_use(self, source: str) -> int:
        """Return the number of slots of a source that are in use."""
        return self._in_use[source]

    def free(self, source: str) -> int:
        """Return the number of requests of a source that may still be sent."""
        return max(self.limit - self._in_use[source], 0)

    def are_idle(self) -> bool:
        """Return whether no slot is in use, and none was released since the last wait."""
        return not self._sources and not self._released.is_set()

    async def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until a slot has been released since the last call, or until the time is over.

        Returns True; False at once if no slot was released and none is in use, so that none ever will be."""
        if self.are_idle():
            return False
        with suppress(TimeoutError):
            await asyncio.wait_for(self._released.wait(), timeout_s)
        self._released.clear()
        return True

    def stir(self) -> None:
        """End a wait of `stirred`."""
        self._released.set()

    async def stirred(self, timeout_s: float) -> None:
        """Wait until a slot has been released or `stir` was called since the last wait, or until the time is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._released.wait(), timeout_s)
        self._released.clear()
