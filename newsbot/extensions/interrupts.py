"""Ends a crawl within two seconds of Ctrl-C or SIGTERM, even while requests are in flight."""

from __future__ import annotations

import asyncio
import signal
from types import FrameType
from typing import Any

from scrapy.crawler import Crawler

from newsbot.extensions.article_feeds import ArticleFeeds
from newsbot.session import CrawlSession

GRACE_S = 1.0
"""Seconds for which requests in flight may go on after a signal. Scrapy alone waits until all of them are done, and
those that wait for the delay of their host take minutes."""


def stop_in_time(crawler: Crawler) -> None:
    """Install signal handlers that stop a crawl gracefully, and at once after `GRACE_S`.

    To be called before the reactor runs."""
    # Scrapy installs its own handlers when the reactor starts. These are installed after them, and call them.
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
    asyncio.ensure_future(stop_at_once(crawler))  # noqa: RUF006 - the task ends with the reactor


async def stop_at_once(crawler: Crawler) -> None:
    """End a crawl and the reactor without waiting for requests in flight."""
    session, feeds = crawler.get_extension(CrawlSession), crawler.get_extension(ArticleFeeds)
    if session is None or crawler.spider is None:
        return
    await session.abandon()
    if feeds is not None:
        await feeds.close_spider(crawler.spider)
    if _reactor().running:
        _reactor().stop()


def _reactor() -> Any:
    """Return the reactor. To be called once the crawler process exists: importing the reactor installs one."""
    from twisted.internet import reactor

    return reactor
