"""`newsbot backfill --enqueue` and `newsbot worker backfill`: workers that are killed or ended, and go on."""

from __future__ import annotations

import json
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from newsbot.store.schema.models import ArticleRow, Fetch, RejectRow
from tests.archive.warcs import packed, record, write
from tests.cluster.workers import rows, running, until
from tests.crawling import reading
from tests.pages import article_page

ARCHIVES, PAGES = 3, 40


def archives(folder: Path) -> None:
    for number in range(ARCHIVES):
        pages = [
            record(f"https://site{n % 5}.example/{n}", article_page(n).encode())
            for n in range(number * PAGES, (number + 1) * PAGES)
        ]
        write(folder / f"{number}.warc.gz", packed(*pages))


def counted(url: str) -> tuple[int, int]:
    with reading(url) as session:
        articles = session.scalar(select(func.count()).select_from(ArticleRow))
        fetches = session.scalar(select(func.count()).select_from(Fetch))
    return articles or 0, fetches or 0


def test_archives_are_stored_once_by_workers_that_are_killed(
    articles_url: str, queue_url: str, tmp_path: Path, cleanup: ExitStack
) -> None:
    archives(tmp_path)
    place: dict[str, Any] = {"database": articles_url, "queue": queue_url, "folder": tmp_path}
    with running("backfill", "--enqueue", str(tmp_path), "--json", **place) as command:
        assert command.ended() == (0, '{"archives": 3, "placed": 3}\n')
    with running("backfill", "--enqueue", str(tmp_path), "--json", **place) as command:
        assert json.loads(command.ended()[1]) == {"archives": 3, "placed": 0}, "they wait already"
    with running("backfill", "--enqueue", str(tmp_path), **place) as command:
        assert command.ended() == (0, "0 of 3 archives placed; the others waited already\n")
    first = cleanup.enter_context(running("worker", "backfill", "--processes", "1", **place))
    until(lambda: counted(articles_url)[0] > 0, first)
    first.kill()
    assert counted(articles_url)[0] < ARCHIVES * PAGES
    second = cleanup.enter_context(running("worker", "backfill", "--processes", "2", **place))
    until(
        lambda: not rows(queue_url, "SELECT * FROM procrastinate_jobs WHERE queue_name = 'backfill'"), second
    )
    assert counted(articles_url) == (ARCHIVES * PAGES, ARCHIVES * PAGES)
    with reading(articles_url) as session:
        assert list(session.scalars(select(RejectRow.reason))) == []


@pytest.mark.slow
def test_a_worker_that_is_ended_gives_its_archive_back(
    articles_url: str, queue_url: str, tmp_path: Path
) -> None:
    archives(tmp_path)
    write(
        tmp_path / "big" / "all.warc",
        b"".join(
            record(
                f"https://site{n % 5}.example/{n}",
                article_page(n).encode() + b"<!--" + b"x" * 400_000 + b"-->",
            )
            for n in range(30)
        ),
    )
    place: dict[str, Any] = {"database": articles_url, "queue": queue_url, "folder": tmp_path}
    with running("backfill", "--enqueue", str(tmp_path / "big"), **place) as command:
        assert command.ended()[0] == 0
    with running("worker", "backfill", "--processes", "1", **place) as worker:
        until(lambda: counted(articles_url)[0] > 0, worker)
        worker.send(signal.SIGTERM)
        status, output = worker.ended()
    assert status == 0, output
    assert "0 jobs are done, 1 given back" in output
    assert rows(queue_url, "SELECT status::text FROM procrastinate_jobs WHERE queue_name = 'backfill'") == [
        ("todo",)
    ]
    with running("worker", "backfill", "--processes", "1", **place) as worker:
        until(
            lambda: not rows(queue_url, "SELECT * FROM procrastinate_jobs WHERE queue_name = 'backfill'"),
            worker,
        )
    assert counted(articles_url) == (30, 30)


def test_an_archive_that_cannot_be_read_is_a_failed_job_until_it_is_placed_again(
    articles_url: str, queue_url: str, tmp_path: Path
) -> None:
    archives(tmp_path)
    place: dict[str, Any] = {"database": articles_url, "queue": queue_url, "folder": tmp_path}
    with running("backfill", "--enqueue", str(tmp_path / "0.warc.gz"), **place) as command:
        assert command.ended() == (0, "1 archive is placed\n")
    (tmp_path / "0.warc.gz").unlink()
    with running("worker", "backfill", "--processes", "1", **place) as worker:
        until(lambda: rows(queue_url, "SELECT id FROM procrastinate_jobs WHERE status = 'failed'"), worker)
        worker.send(signal.SIGTERM)
        status, output = worker.ended()
    assert status == 0
    begun = output.splitlines()[0]
    assert begun.startswith("newsbot: taking jobs of backfill in 1 slot from postgresql")
    assert begun.endswith("(Ctrl-C or SIGTERM ends it)")
    assert "Traceback" not in output
    assert f"A job has failed: {tmp_path}/0.warc.gz: no such file" in output
    with running("cluster", "status", "--check", **place) as command:
        status, output = command.ended()
    assert status == 3
    assert f"1 job of backfill has failed for good: backfill/{tmp_path}/0.warc.gz (" in output
    assert f"{tmp_path}/0.warc.gz: no such file" in output
    archives(tmp_path)
    with running("backfill", "--enqueue", str(tmp_path / "0.warc.gz"), **place) as command:
        assert command.ended()[0] == 0
    with running("cluster", "status", "--check", **place) as command:
        assert "failed" not in command.ended()[1]
