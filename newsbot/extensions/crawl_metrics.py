"""`CrawlMetrics`, which serves the counts of a crawl to Prometheus while it runs."""

from __future__ import annotations

import logging
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newsbot.errors import UsageError
from newsbot.metrics import EXTRA
from newsbot.settings import read_settings

logger = logging.getLogger(__name__)


class CrawlMetrics:
    """Extension that serves `/metrics` at the address of the setting `NEWSBOT_METRICS` from start to end of a crawl.

    An address that is taken, as when two crawls overlap, is logged; the crawl goes on without. Stats: none."""

    def __init__(self, crawler: Crawler, host: str, port: int) -> None:
        self.crawler = crawler
        self.host = host
        self.port = port
        """The port that is asked for; while it serves, the one that it has."""
        self._server: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return an extension that is connected to the start and the end of the crawl.

        Raises NotConfigured without the setting, UsageError if the package that serves is missing."""
        address = read_settings(crawler.settings).metrics
        if not address:
            raise NotConfigured
        try:
            import prometheus_client  # noqa: F401
        except ImportError as error:
            raise UsageError(f"NEWSBOT_METRICS needs the package {error.name}: {EXTRA}") from error
        host, _, port = address.rpartition(":")
        extension = cls(crawler, host.strip("[]"), int(port))
        crawler.signals.connect(extension.start, signal=signals.spider_opened)
        crawler.signals.connect(extension.stop, signal=signals.spider_closed)
        return extension

    def start(self, spider: Spider) -> None:
        """Begin to serve, in a thread of its own."""
        from prometheus_client import start_http_server

        from newsbot.metrics.crawl_counts import CrawlCollector, registry_of

        stats = self.crawler.stats
        assert stats is not None
        registry = registry_of(CrawlCollector(spider.name, stats.get_stats, self._active))
        try:
            self._server, _ = start_http_server(self.port, self.host, registry)
        except OSError as error:
            logger.warning(
                "The metrics are not served at %s, port %s: %s", self.host, self.port, error.strerror
            )
            return
        self.port = self._server.server_port
        logger.info("Serving metrics at http://%s:%d/metrics", self.host, self.port)

    def stop(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _active(self) -> int:
        engine = self.crawler.engine
        return len(engine.downloader.active) if engine is not None else 0
