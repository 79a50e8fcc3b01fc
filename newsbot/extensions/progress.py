"""`Progress`, which shows how far a crawl has come: a line that is updated on a terminal, a log line a minute elsewhere."""

from __future__ import annotations

import logging
import shutil
import sys
from collections import deque
from collections.abc import Mapping
from time import monotonic
from typing import Any, Self, TextIO

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.log import get_scrapy_root_handler

logger = logging.getLogger(__name__)

TICK_S = 0.5
"""Interval of the line on a terminal, in seconds."""
PAGES = "response_received_count"
"""Scrapy's stat of all responses: of feeds, pages and saved pages."""
RATE_TICKS = 20
"""Number of intervals of which the rate is the mean."""
CLEAR = "\r\x1b[K"
"""Moves the cursor to the start of the line and clears the line (ECMA-48: CR, EL)."""


class Progress:
    """Extension that shows the numbers of hosts, pages, new articles and rejects, and the pages a second.

    If stderr is a terminal, they are a line below the log, which ends with the crawl. Otherwise they are logged every
    `LOGSTATS_INTERVAL` seconds, 0 for never. A spider that knows how many of its hosts are done has the attribute
    `hosts_done`: their number, and that of all."""

    def __init__(self, crawler: Crawler, *, is_live: bool, interval_s: float) -> None:
        self.crawler = crawler
        self.is_live = is_live
        self.interval_s = interval_s
        self.line: StatusLine | None = None
        self.pages: deque[tuple[float, int]] = deque(maxlen=RATE_TICKS)
        """Time and number of pages of the last intervals."""
        self.task: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return an extension that is connected to the start and the end of the crawl."""
        settings = crawler.settings
        is_live = settings.getbool("LOG_ENABLED") and sys.stderr.isatty()
        interval_s = TICK_S if is_live else settings.getfloat("LOGSTATS_INTERVAL")
        progress = cls(crawler, is_live=is_live, interval_s=interval_s)
        crawler.signals.connect(progress.start, signal=signals.spider_opened)
        crawler.signals.connect(progress.stop, signal=signals.spider_closed)
        return progress

    def start(self, spider: Spider) -> None:
        """Begin to show the progress."""
        if not self.interval_s:
            return
        if self.is_live:
            self.line = StatusLine(sys.stderr)
            _reactor().addSystemEventTrigger("before", "shutdown", self.stop)  # a crawl that Ctrl-C ends
        self.pages.append((monotonic(), 0))
        self.task = create_looping_call(self.show)
        self.task.start(self.interval_s, now=False)

    def show(self) -> None:
        """Show the progress so far."""
        stats = self.crawler.stats
        assert stats is not None
        counts = stats.get_stats()
        (began, before), now = self.pages[0], monotonic()
        pages = counts.get(PAGES, 0)
        self.pages.append((now, pages))
        rate = (pages - before) / (now - began) if now > began else 0.0
        text = progress_line(counts, rate, getattr(self.crawler.spider, "hosts_done", None))
        if self.line:
            self.line.show(text)
        else:
            logger.info(text)

    def stop(self) -> None:
        """Stop showing the progress, and remove the line from the terminal."""
        if self.task is not None and self.task.running:
            self.task.stop()
        if self.line:
            self.line.close()


def progress_line(counts: Mapping[str, Any], pages_per_s: float, hosts: tuple[int, int] | None) -> str:
    """Return the progress of a crawl in words. `counts` are Scrapy's stats; `hosts` is (number done, number of all that were begun)."""
    rejected = sum(count for name, count in counts.items() if name.startswith("newsbot/rejected/"))
    parts = [f"{hosts[0]}/{hosts[1]} hosts"] if hosts else []
    parts += [
        f"{counts.get(PAGES, 0)} pages",
        f"{counts.get('newsbot/store/new', 0)} new",
        f"{rejected} rejected",
        f"{pages_per_s:.1f} pages/s",
    ]
    return ", ".join(parts)


class StatusLine:
    """A line at the bottom of a terminal, below the lines that Scrapy's log handler writes there."""

    def __init__(self, terminal: TextIO) -> None:
        self.terminal = terminal
        self.is_shown = False
        handler = get_scrapy_root_handler()
        self.handler = handler if isinstance(handler, logging.StreamHandler) else None
        if self.handler is not None and self.handler.stream is terminal:
            self.handler.setStream(_Above(self))

    def show(self, text: str) -> None:
        """Write the line in place of the last one, cut to the width of the terminal."""
        width = shutil.get_terminal_size().columns
        self._write(CLEAR + text[: width - 1])
        self.is_shown = True

    def clear(self) -> None:
        """Remove the line, if there is one."""
        if self.is_shown:
            self._write(CLEAR)
            self.is_shown = False

    def close(self) -> None:
        """Remove the line, and let the log handler write to the terminal directly."""
        self.clear()
        if self.handler is not None and isinstance(self.handler.stream, _Above):
            self.handler.setStream(self.terminal)

    def _write(self, text: str) -> None:
        # The lock of the handler: other threads log too.
        if self.handler is not None:
            self.handler.acquire()
        try:
            self.terminal.write(text)
            self.terminal.flush()
        finally:
            if self.handler is not None:
                self.handler.release()


class _Above:
    """The stream of a log handler that writes above a status line: the line is removed, and drawn again at the next tick."""

    def __init__(self, line: StatusLine) -> None:
        self.line = line

    def write(self, text: str) -> None:
        """Remove the line and write a record."""
        self.line.clear()
        self.line.terminal.write(text)

    def flush(self) -> None:
        """Flush the terminal."""
        self.line.terminal.flush()


def _reactor() -> Any:
    """Return the reactor. To be called once the crawler process exists: importing the reactor installs one."""
    from twisted.internet import reactor

    return reactor
