"""`/metrics` of the site: the state of the database as Prometheus reads it, on both databases."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.store.schema.models import Feed, LetterRow, OutputRow, Run, Source
from newsbot.web.app import create_app
from newsbot.web.serving.guard import Access
from tests.store.samples import NOW, article, save


def reader(database: Database, token: str = "") -> TestClient:
    app = create_app(database, access=Access(token=token), now=lambda: NOW)
    return TestClient(app, base_url="http://127.0.0.1")


def read(client: TestClient) -> dict[tuple[str, ...], float]:
    """Return (name, values of the labels) -> value."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def feed(number: int, **values: object) -> Feed:
    given = {"source": "one", "kind": "feed", "url": f"https://one.example/{number}", "depth": 0}
    return Feed(url_hash=bytes([number]) * 16, failure_count=0, **given, **values)


def fill(database: Database) -> None:
    save(database, article(1))
    with database.write() as session:
        session.add(Source(key="one", tags=[], first_seen_at=NOW))
        session.flush()
        session.add_all(
            [
                feed(1, next_poll_at=NOW + timedelta(hours=1)),
                feed(2, next_poll_at=NOW - timedelta(minutes=5)),
                feed(3, next_poll_at=NOW - timedelta(hours=2)),
                feed(4, gone_at=NOW),
                Run(spider="news", arguments={}, version="1", started_at=NOW, counts={}),
                Run(
                    spider="news",
                    arguments={},
                    version="1",
                    started_at=NOW - timedelta(minutes=3),
                    finished_at=NOW - timedelta(minutes=1),
                    finish_reason="finished",
                    counts={"store/new": 7},
                ),
                OutputRow(name="lake", number=0, failures=2),
                LetterRow(
                    output="lake",
                    message_id="m",
                    body={},
                    created_at=NOW,
                    attempts=3,
                    dead_at=NOW,
                    error="no",
                ),
            ]
        )


def test_the_state_of_feeds_runs_and_outputs_is_shown(database: Database) -> None:
    fill(database)
    found = read(reader(database))
    assert found["newsbot_feeds",] == 3
    assert found["newsbot_due_feeds",] == 2
    assert found["newsbot_late_feeds",] == 1
    assert found["newsbot_changes_total",] == 1
    assert found["newsbot_database_bytes",] > 10_000
    assert found["newsbot_newest_article_timestamp_seconds",] == NOW.timestamp()
    assert found["newsbot_open_runs", "news"] == 1
    assert found["newsbot_last_run_duration_seconds", "news"] == 120
    assert found["newsbot_last_run_count", "store/new", "news"] == 7
    assert found["newsbot_output_behind", "lake"] == 1
    assert found["newsbot_output_failures", "lake"] == 2
    assert (found["newsbot_output_waiting", "lake"], found["newsbot_output_dead", "lake"]) == (0, 1)


def test_an_empty_database_has_a_state(database: Database) -> None:
    found = read(reader(database))
    assert found["newsbot_feeds",] == found["newsbot_changes_total",] == 0
    assert not [key for key in found if key[0].startswith("newsbot_last_run")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_site_with_a_token_asks_for_it(database: Database) -> None:
    client = reader(database, "a-token")
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer a-token"}).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_the_extra_the_answer_names_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "newsbot.metrics.database_state", None)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    answer = reader(database).get("/metrics")
    assert answer.status_code == 501
    assert "newsbot[observe]" in answer.json()["detail"]
