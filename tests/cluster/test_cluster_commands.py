"""`newsbot cluster`, its page, and an installation without the extra."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from newsbot.cli import newsbot as program
from newsbot.cli import run
from newsbot.cluster import installed_queue
from newsbot.cluster.cluster_status import find_problems
from newsbot.store.database import Database
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.placing.queued_jobs import JobRow, QueueRow, QueueState, WorkerRow
from newsbot.web.app import create_app
from tests.cluster.workers import rows
from tests.pages import article_page


def newsbot(*arguments: str) -> int:
    with ThreadPoolExecutor(1) as thread:  # one without the event loop of the tests
        return thread.submit(run, program, list(arguments)).result()


def test_init_makes_the_queue_once_beside_the_articles(
    articles_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert newsbot("cluster", "status", "--database", articles_url) == 2
    assert "has no queue yet; make it: newsbot cluster init" in capsys.readouterr().err
    outputs = []
    for _ in range(2):
        assert newsbot("cluster", "init", "--json", "--database", articles_url) == 0
        outputs.append(json.loads(capsys.readouterr().out)["is_new"])
    assert outputs == [True, False]
    assert newsbot("db", "check", "--database", articles_url) == 0
    assert newsbot("cluster", "status", "--json", "--database", articles_url) == 0
    status = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [row["name"] for row in status["queues"]] == ["crawl", "backfill", "heavy"]
    assert newsbot("cluster", "status", "--check", "--database", articles_url) == 3
    assert capsys.readouterr().err.splitlines()[-1] == "newsbot: no worker runs"


@pytest.mark.parametrize(
    "command",
    [
        ("cluster", "init"),
        ("cluster", "status"),
        ("worker", "crawl"),
        ("worker", "backfill"),
        ("worker", "heavy"),
    ],
)
def test_sqlite_has_no_queue(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert newsbot(*command, "--database", f"sqlite:///{tmp_path}/newsbot.db") == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "needs PostgreSQL" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [("worker", "crawl"), ("worker", "backfill"), ("worker", "heavy"), ("backfill", "--enqueue", "a.warc")],
)
def test_articles_in_sqlite_are_not_shared_by_a_queue_in_postgresql(
    command: tuple[str, ...],
    queue_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NEWSBOT_QUEUE_URL", queue_url)
    assert newsbot(*command, "--database", f"sqlite:///{tmp_path}/newsbot.db") == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "the articles need PostgreSQL too, and NEWSBOT_DATABASE_URL is sqlite:///" in line
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_one_line_says_what_to_install(
    articles_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installed_queue, "NEEDED", ("procrastinate_that_is_missing",))
    assert newsbot("cluster", "init", "--database", articles_url) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith("pip install 'newsbot[cluster]'")


def test_nothing_of_the_extra_is_imported_on_one_machine(tmp_path: Path) -> None:
    """A crawl, its spiders and the pages, with a module in the way of every import of the queue."""
    (tmp_path / "story.html").write_text(article_page(1))
    program = """
import sys
sys.modules["procrastinate"] = sys.modules["psycopg_pool"] = None
from newsbot.cli import newsbot, run
status = run(newsbot, ["take", "story.html", "--quiet"])
import newsbot.web.app, newsbot.spiders.news_work.host_jobs
sys.exit(status)
"""
    environment = {
        "NEWSBOT_DATABASE_URL": "sqlite:///n.db",
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_page_shows_what_the_status_says(articles_url: str, queue: QueueDatabase, queue_url: str) -> None:
    rows(
        queue_url,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status) VALUES"
        " ('crawl', 'newsbot.crawl', 'crawl/<b>', 'failed'), ('crawl', 'newsbot.crawl', 'crawl/c', 'todo')",
    )
    database = Database(articles_url)
    client = TestClient(create_app(database, queue=queue), base_url="http://127.0.0.1")
    html = client.get("/cluster").text
    assert "1 job waits in crawl, and no worker takes it: newsbot worker crawl" in html
    assert "crawl/&lt;b&gt;" in html
    assert 'aria-current="page">Cluster</a>' in html
    database.close()


def test_a_failed_job_is_dismissed_by_its_name(
    articles_url: str, queue_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows(
        queue_url,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status) VALUES"
        " ('backfill', 'newsbot.backfill', 'backfill/a.warc language=en', 'failed'),"
        " ('backfill', 'newsbot.backfill', 'backfill/b.warc', 'todo')",
    )
    monkeypatch.setenv("NEWSBOT_QUEUE_URL", queue_url)
    dismiss = ("cluster", "dismiss", "--database", articles_url)
    assert newsbot(*dismiss, "backfill/a.warc language=en") == 0
    assert rows(queue_url, "SELECT queueing_lock FROM procrastinate_jobs") == [("backfill/b.warc",)]
    assert newsbot(*dismiss, "backfill/b.warc") == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "no job has failed that is named 'backfill/b.warc'" in line


def test_there_is_no_page_without_a_queue(database: Database) -> None:
    client = TestClient(create_app(database), base_url="http://127.0.0.1")
    assert client.get("/cluster").status_code == 404
    assert "/cluster" not in client.get("/").text


def test_a_worker_that_is_silent_does_not_run() -> None:
    dead = WorkerRow(
        id=7,
        kind="crawl",
        slots=4,
        process="a:1",
        version="1",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        done=0,
        failed=0,
        memory_bytes=0,
        silent_s=40.0,
        running=0,
    )
    assert list(find_problems(QueueState(workers=[dead]))) == [
        "worker 7 (crawl, a:1) has been silent for 40 s",
        "no worker runs",
    ]


def test_problems_are_named() -> None:
    state = QueueState(
        queues=[
            QueueRow(name="crawl", waiting=3, oldest_s=900.0),
            QueueRow(name="backfill", failed=2),
            QueueRow(name="heavy", waiting=1),
        ],
        stuck=[JobRow(id=1, queue="crawl", name="crawl/a", attempts=1)],
        failed=[
            JobRow(id=3, queue="backfill", name="backfill/b", attempts=1, reason="b: no such file"),
            JobRow(id=2, queue="backfill", name="backfill/a", attempts=10),
        ],
    )
    assert list(find_problems(state)) == [
        "3 jobs wait in crawl, and no worker takes them: newsbot worker crawl",
        "2 jobs of backfill have failed for good: backfill/b (b: no such file); backfill/a",
        "1 job waits in heavy, and no worker takes it: newsbot worker heavy",
        "1 job is stuck: the worker is dead, and no other has placed the work again",
        "no worker runs",
    ]
