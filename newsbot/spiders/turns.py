"""Turns: what is read at the same time goes on in one order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Numbers given in order, and a wait until the turns of all smaller numbers have ended.

    Whoever takes a number must also pass through `turn`, however its work ends: the next number waits for that."""

    def __init__(self) -> None:
        self._given = 0
        self._current = 0
        self._ended: set[int] = set()
        self._waiting: dict[int, asyncio.Event] = {}

    def take(self) -> int:
        """Return the next number."""
        self._given += 1
        return self._given - 1

    @asynccontextmanager
    async def turn(self, number: int | None) -> AsyncIterator[None]:
        """Wait for the turn of a number, which ends with the block; None has no turn and does not wait."""
        if number is None:
            yield
            return
        try:
            await self._wait(number)
            yield
        finally:
            self._end(number)

    async def _wait(self, number: int) -> None:
        if number > self._current:
            await self._waiting.setdefault(number, asyncio.Event()).wait()

    def _end(self, number: int) -> None:
        self._ended.add(number)
        while self._current in self._ended:
            self._ended.discard(self._current)
            self._current += 1
        if event := self._waiting.pop(self._current, None):
            event.set()
