"""`/metrics` of a site with a queue: what waits, runs, is stuck or has failed, and which workers there are."""

from __future__ import annotations

from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.web.app import create_app
from tests.cluster.workers import rows
from tests.metrics.test_database_state import read


def _read(articles_url: str, queue: QueueDatabase | None) -> dict[tuple[str, ...], float]:
    database = Database(articles_url)
    found = read(TestClient(create_app(database, queue=queue), base_url="http://127.0.0.1"))
    database.close()
    return {key: value for key, value in found.items() if "queue" in key[0] or "worker" in key[0]}


def test_jobs_and_workers_are_counted_by_queue(
    articles_url: str, queue: QueueDatabase, queue_url: str
) -> None:
    rows(
        queue_url,
        "INSERT INTO procrastinate_workers (id, last_heartbeat) OVERRIDING SYSTEM VALUE"
        " VALUES (1, now()), (2, now() - interval '10 minutes')",
    )
    rows(
        queue_url,
        "INSERT INTO newsbot_workers (worker_id, kind, slots, process, version)"
        " VALUES (1, 'crawl', 64, 'a:1', '1'), (2, 'heavy', 4, 'b:1', '1')",
    )
    rows(
        queue_url,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status, worker_id) VALUES"
        " ('crawl', 'newsbot.crawl', 'crawl/a', 'todo', NULL), ('crawl', 'newsbot.crawl', 'crawl/b', 'doing', 1),"
        " ('heavy', 'newsbot.heavy', 'heavy/1', 'doing', 2), ('heavy', 'newsbot.heavy', 'heavy/2', 'failed', NULL)",
    )
    rows(
        queue_url,
        "UPDATE procrastinate_events SET at = now() - interval '90 seconds'"
        " WHERE job_id = (SELECT id FROM procrastinate_jobs WHERE queueing_lock = 'crawl/a')",
    )
    found = _read(articles_url, queue)
    assert 89 < found.pop(("newsbot_queue_oldest_seconds", "crawl")) < 150
    expected = {
        "newsbot_queue_waiting": (1, 0, 0),
        "newsbot_queue_running": (1, 0, 1),
        "newsbot_queue_stuck": (0, 0, 1),
        "newsbot_queue_failed": (0, 0, 1),
        "newsbot_workers": (1, 0, 0),
        "newsbot_worker_slots": (64, 0, 0),
    }
    flat = {
        (name, queue): value
        for name, values in expected.items()
        for queue, value in zip(("crawl", "backfill", "heavy"), values, strict=True)
    }
    oldest = {("newsbot_queue_oldest_seconds", name): 0 for name in ("backfill", "heavy")}
    assert found == flat | oldest


def test_without_a_queue_nothing_is_said_of_it(articles_url: str) -> None:
    assert _read(articles_url, None) == {}
