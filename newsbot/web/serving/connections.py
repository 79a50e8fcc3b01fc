"""Connections that end by themselves: a client that sends or reads too slowly loses its connection after seconds.

Uvicorn has a time limit for idle connections between two requests only. A client that sends nothing, half a request, or
does not read its answer would keep its place for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE_S = 10.0
"""Time in which a client must send a whole request, or read `MIN_READ_BYTES` of its answer."""
MIN_READ_BYTES = 16_384
"""Bytes of an answer that a client must read in `PATIENCE_S`, or the rest if that is less."""


class TimedConnection(H11Protocol):
    """The protocol of uvicorn with a time limit for everything that a client does.

    While the application is at work, the client is not waited for, and no time limit applies. When all places are
    taken, the connection that has kept the server waiting for the longest time gives its place to a new one: idle
    connections, of one client or many, lock nobody out."""

    patience_s = PATIENCE_S

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._waits_since = 0.0
        """Time of the loop since which the client has been waited for."""
        self._unread_bytes = 0
        """Size of what the client had not read of its answer at that time."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Find a place for the connection, and begin to wait for its request."""
        self._make_room()
        super().connection_made(transport)
        self._wait()
        self._check()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting for the client."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Begin to wait until the client has read the answer, then for the next request."""
        self._wait()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Begin to wait until the client reads."""
        self._wait()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Wait anew: the client has read what the transport held."""
        self._wait()
        super().resume_writing()

    def _wait(self) -> None:
        self._waits_since = self.loop.time()
        self._unread_bytes = self.transport.get_write_buffer_size()

    def _check(self) -> None:
        """End the connection if the client has been waited for too long; otherwise check it again later."""
        if self._is_served() or self._has_read():
            self._wait()
        elif self.loop.time() - self._waits_since >= self.patience_s:
            self._end()
            return
        self._timer = self.loop.call_later(self.patience_s / 4, self._check)

    def _is_served(self) -> bool:
        """Return whether the application is at work on a request, and the client has read what there is of its answer."""
        is_at_work = self.cycle is not None and not self.cycle.response_complete
        return is_at_work and not self.transport.get_write_buffer_size()

    def _has_read(self) -> bool:
        """Return whether the client has read enough of its answer since it has been waited for."""
        unread = self.transport.get_write_buffer_size()
        self._unread_bytes = max(self._unread_bytes, unread)
        return self._unread_bytes - unread >= min(MIN_READ_BYTES, max(self._unread_bytes, 1))

    def _end(self) -> None:
        # What is in the buffer would be sent first, to a client that does not read.
        self.connections.discard(self)
        self.transport.abort()

    def _make_room(self) -> None:
        """If all places are taken, end the connection that has been waited for longest. Served ones keep their place."""
        if self.limit_concurrency is None or len(self.connections) + 1 < self.limit_concurrency:
            return
        others = [cast("TimedConnection", other) for other in self.connections]
        waiting = [other for other in others if not other._is_served()]
        if waiting:
            min(waiting, key=lambda other: other._waits_since)._end()


def connection_class(patience_s: float) -> type[TimedConnection]:
    """Return a class of connections that wait for their clients for this time."""
    return type("TimedConnection", (TimedConnection,), {"patience_s": patience_s})
