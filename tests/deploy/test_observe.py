"""What deploy/observe/ asks of metrics: every name exists, and the files are well-formed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client.core import Metric

from newsbot.metrics.crawl_counts import CrawlCollector
from newsbot.metrics.database_state import StateCollector
from newsbot.metrics.queue_metrics import QueueCollector
from newsbot.store.database import Database
from newsbot.store.operating.operating_state import operating_state
from newsbot.store.placing.queued_jobs import QueueRow, QueueState
from tests.metrics.test_database_state import fill
from tests.store.samples import NOW

OBSERVE = Path(__file__).parents[2] / "deploy" / "observe"
NAME = re.compile(r"\b(?:newsbot|process)_[a-z_]+\b")
PROCESS = {"process_cpu_seconds_total", "process_resident_memory_bytes"}


def expressions() -> Iterator[str]:
    """Yield every expression of the dashboard and of the alerts."""
    dashboard = json.loads((OBSERVE / "grafana-dashboard.json").read_text())
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    for group in yaml.safe_load((OBSERVE / "alerts.yaml").read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


def names_of(metric: Metric) -> set[str]:
    suffixes = {"counter": ("_total",), "summary": ("_sum", "_count")}.get(metric.type, ("",))
    return {metric.name + suffix for suffix in suffixes}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_asked_for_is_served(database: Database) -> None:
    fill(database)
    state = StateCollector(database.ask(lambda session: operating_state(session, now=NOW)))
    crawl = CrawlCollector("news", dict, lambda: 0)
    queue = QueueCollector(QueueState(queues=[QueueRow(name="crawl")]), 15.0)
    served = {
        name for each in (state, crawl, queue) for metric in each.collect() for name in names_of(metric)
    }
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert len(asked) > 15
    assert asked <= served | PROCESS


@pytest.mark.parametrize("name", ["newsbot_workers", "newsbot_queue_stuck"])
def test_missing_workers_and_stuck_jobs_wake_somebody(name: str) -> None:
    groups = yaml.safe_load((OBSERVE / "alerts.yaml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"] if name in NAME.findall(rule["expr"])]
    assert {rule["labels"]["severity"] for rule in rules} == {"page"}


def test_prometheus_is_pointed_at_the_alerts() -> None:
    configuration = yaml.safe_load((OBSERVE / "prometheus.yaml").read_text())
    assert [(OBSERVE / name).exists() for name in configuration["rule_files"]] == [True]
    assert {job["job_name"] for job in configuration["scrape_configs"]} == {"newsbot", "newsbot-crawl"}
