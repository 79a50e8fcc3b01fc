"""The state of the database as metrics, for `/metrics` of `newsbot serve`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from newsbot import __version__
from newsbot.store.operating.operating_state import Delivery, LastRun, OperatingState

NUMBERS = {
    "database_bytes": "Size of the database.",
    "feeds": "Feeds, sitemaps, sections and homepages that are polled.",
    "due_feeds": "Feeds whose poll is due.",
    "late_feeds": "Feeds whose poll has been due for more than an hour.",
    "failing_feeds": "Feeds whose last poll failed.",
    "held_hosts": "Hosts that asked not to be requested now.",
}
"""Field of `OperatingState` -> what it is."""
DELIVERIES = {
    "behind": "Changes that an output or watch has not dealt with.",
    "failures": "Failures of an output or watch since its last success.",
    "waiting": "Letters that are to be sent.",
    "dead": "Letters that were given up.",
}
"""Field of `Delivery` -> what it is."""


class StateCollector(Collector):
    """The metrics of a state."""

    def __init__(self, state: OperatingState) -> None:
        self.state = state

    def collect(self) -> Iterator[Metric]:
        """Yield every metric with its values."""
        state = self.state
        yield labelled(
            "newsbot_build_info", "Version of newsbot; always 1.", ("version",), [((__version__,), 1)]
        )
        for name, words in NUMBERS.items():
            yield GaugeMetricFamily(f"newsbot_{name}", words, value=getattr(state, name))
        yield CounterMetricFamily(
            "newsbot_changes_total",
            "Entries of the log of changes: new articles, revisions and others.",
            state.changes,
        )
        if state.newest_article_at:
            yield GaugeMetricFamily(
                "newsbot_newest_article_timestamp_seconds",
                "When an article was first seen last.",
                value=state.newest_article_at.timestamp(),
            )
        opened = {(name,): number for name, number in state.open_runs.items()}
        yield labelled(
            "newsbot_open_runs", "Runs that have not ended, by spider or job.", ("run",), opened.items()
        )
        yield from _of_runs(state.last_runs)
        yield from _of_deliveries(state.deliveries)


def _of_runs(runs: Mapping[str, LastRun]) -> Iterator[Metric]:
    ended = {(name,): run.finished_at.timestamp() for name, run in runs.items()}
    yield labelled(
        "newsbot_last_run_timestamp_seconds",
        "When the last run ended, by spider or job.",
        ("run",),
        ended.items(),
    )
    durations = {(name,): run.duration_s for name, run in runs.items()}
    yield labelled(
        "newsbot_last_run_duration_seconds", "How long the last run took.", ("run",), durations.items()
    )
    counts = {(name, outcome): number for name, run in runs.items() for outcome, number in run.counts.items()}
    yield labelled(
        "newsbot_last_run_count", "What the last run counted, by outcome.", ("run", "outcome"), counts.items()
    )


def _of_deliveries(deliveries: Mapping[str, Delivery]) -> Iterator[Metric]:
    for field, words in DELIVERIES.items():
        values = {(name,): getattr(delivery, field) for name, delivery in deliveries.items()}
        yield labelled(f"newsbot_output_{field}", words, ("output",), values.items())


def labelled(
    name: str, words: str, labels: Sequence[str], values: Iterable[tuple[Sequence[str], float]]
) -> GaugeMetricFamily:
    """Return a gauge with a value for each combination of labels."""
    family = GaugeMetricFamily(name, words, labels=labels)
    for label_values, value in values:
        family.add_metric(label_values, value)
    return family


def exposition(*collectors: Collector) -> bytes:
    """Return what collectors have in Prometheus's text format, version 0.0.4."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry)
