"""The queue of many machines as metrics, for `/metrics` of `newsbot serve`."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from newsbot.metrics.database_state import labelled
from newsbot.store.placing.queued_jobs import QueueState

NUMBERS = {
    "waiting": "Jobs that wait.",
    "running": "Jobs in work.",
    "stuck": "Jobs in work whose worker is not heard of any more.",
    "failed": "Jobs that have failed for good.",
}
"""Field of `QueueRow` -> what it is."""


class QueueCollector(Collector):
    """The metrics of a queue. Workers that have been silent for `alive_s` seconds are left out."""

    def __init__(self, state: QueueState, alive_s: float) -> None:
        self.state = state
        self.alive_s = alive_s

    def collect(self) -> Iterator[Metric]:
        """Yield every metric with its values; a queue without workers has 0 of them."""
        queues = self.state.queues
        for name, words in NUMBERS.items():
            values = [((row.name,), getattr(row, name)) for row in queues]
            yield labelled(f"newsbot_queue_{name}", words, ("queue",), values)
        yield labelled(
            "newsbot_queue_oldest_seconds",
            "How long the oldest waiting job has waited; 0 if none waits.",
            ("queue",),
            [((row.name,), row.oldest_s or 0.0) for row in queues],
        )
        alive = [worker for worker in self.state.workers if worker.silent_s < self.alive_s]
        workers = {row.name: [worker for worker in alive if worker.kind == row.name] for row in queues}
        yield labelled(
            "newsbot_workers",
            "Workers that are heard of, by the queue whose jobs they do.",
            ("queue",),
            [((name,), len(rows)) for name, rows in workers.items()],
        )
        yield labelled(
            "newsbot_worker_slots",
            "Jobs that these workers do at a time, at most.",
            ("queue",),
            [((name,), sum(row.slots for row in rows)) for name, rows in workers.items()],
        )
