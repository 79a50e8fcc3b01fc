"""What a crawl has counted, as metrics of its own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

Counts = Mapping[str, Any]
"""Name of a stat of Scrapy -> its value."""


class Counter(NamedTuple):
    """A metric that adds up stats whose names have the same beginning."""

    name: str
    words: str
    prefix: str
    """What the names of its stats begin with; the rest is the value of the label. Without a label, the name."""
    label: str = ""


COUNTERS = (
    Counter(
        "articles", "Articles by outcome: new, changed, unchanged, duplicate.", "newsbot/store/", "outcome"
    ),
    Counter("rejects", "Pages that were not stored, by stage and reason.", "newsbot/rejected/", "reason"),
    Counter("responses", "Responses by status.", "downloader/response_status_count/", "status"),
    Counter(
        "exceptions", "Requests without an answer, by exception.", "downloader/exception_type_count/", "type"
    ),
    Counter("archive", "Responses for the archive: kept, repeated.", "newsbot/archive/", "event"),
    Counter("response_bytes", "Bytes of responses, as sent.", "downloader/response_bytes"),
    Counter("requests", "Requests that were sent.", "downloader/request_count"),
    Counter("retries", "Requests that were repeated.", "retry/count"),
    Counter("hosts_held", "Hosts that asked to wait.", "newsbot/hosts/held"),
)


class CrawlCollector(Collector):
    """The metrics of a crawl. `read` returns Scrapy's stats, `active` the number of requests that wait for an answer."""

    def __init__(self, spider: str, read: Callable[[], Counts], active: Callable[[], int]) -> None:
        self.spider = spider
        self.read = read
        self.active = active

    def collect(self) -> Iterator[Metric]:
        """Yield every metric with its values."""
        counts = dict(self.read())  # the crawl goes on counting in another thread
        for counter in COUNTERS:
            yield self._family(counter, counts)
        latency = SummaryMetricFamily(
            "newsbot_crawl_latency_seconds", "Time until an answer came.", labels=["spider"]
        )
        seconds = counts.get("newsbot/latency_ms", 0) / 1000
        latency.add_metric([self.spider], counts.get("newsbot/fetched", 0), seconds)
        yield latency
        waiting = GaugeMetricFamily(
            "newsbot_crawl_requests_active", "Requests that wait for an answer.", labels=["spider"]
        )
        waiting.add_metric([self.spider], self.active())
        yield waiting

    def _family(self, counter: Counter, counts: Counts) -> CounterMetricFamily:
        labels = ["spider", counter.label] if counter.label else ["spider"]
        family = CounterMetricFamily(f"newsbot_crawl_{counter.name}", counter.words, labels=labels)
        if not counter.label:
            family.add_metric([self.spider], counts.get(counter.prefix, 0))
            return family
        for name, value in counts.items():
            if name.startswith(counter.prefix):
                family.add_metric([self.spider, name.removeprefix(counter.prefix)], value)
        return family


def registry_of(collector: Collector) -> CollectorRegistry:
    """Return a registry with a collector, and with what the process itself uses: CPU, memory, files, garbage."""
    registry = CollectorRegistry()
    for source in (collector, PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
        registry.register(source)
    return registry
