"""Ctrl-C and SIGTERM end a crawl within two seconds, whatever it is waiting for."""

from __future__ import annotations

import asyncio
import signal
from types import FrameType
from typing import Any

from scrapy.crawler import Crawler

from newsbot.session import CrawlSession

GRACE_S = 1.0
"""How long requests under way may go on after a signal. Scrapy alone waits for all of them, also for those that wait
for the delay of their host: minutes."""


def stop_in_time(crawler: Crawler) -> None:
    """Have signals stop a crawl gracefully for `GRACE_S`, then at once. Call before the reactor runs."""
    # Scrapy installs its handlers when the reactor starts; these are put in front of them after that.
    reactor = _reactor()
    reactor.callWhenRunning(reactor.callLater, 0, _install, crawler)


def _install(crawler: Crawler) -> None:
    for signum in (signal.SIGINT, signal.SIGTERM):
        graceful = signal.getsignal(signum)

        def handle(number: int, frame: FrameType | None, graceful: signal._HANDLER = graceful) -> None:
            if callable(graceful):
                graceful(number, frame)
            reactor = _reactor()
            reactor.callFromThread(reactor.callLater, GRACE_S, _stop, crawler)

        signal.signal(signum, handle)


def _stop(crawler: Crawler) -> None:
    asyncio.ensure_future(_stop_at_once(crawler))  # noqa: RUF006 - the reactor stops at its end


async def _stop_at_once(crawler: Crawler) -> None:
    session = crawler.get_extension(CrawlSession)
    if session is not None and crawler.spider is not None:
        await session.abandon()
    if _reactor().running:
        _reactor().stop()


def _reactor() -> Any:
    """Return the reactor. It is installed only once the crawler process exists."""
    from twisted.internet import reactor

    return reactor
