"""Workers of two versions at a time, and tables that are migrated while they work."""

from __future__ import annotations

import shutil
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from newsbot.store.schema import migrations
from tests.archive.warcs import packed, record, write
from tests.cluster.crawled_sites import Sites, assert_all_once, jobs, loopback, stored, worker
from tests.cluster.workers import PROGRAM, Worker, rows, running, until
from tests.pages import article_page

MAIN, _, ADDITION = migrations.HEAD.partition(".")
NEXT = f"{MAIN}.{int(ADDITION or 0) + 1}"
"""Number of a migration that only adds to the tables."""
MIGRATION = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{migrations.HEAD}"


def upgrade() -> None:
    op.create_table("made_up", sa.Column("id", sa.Integer(), primary_key=True))
    for table in ("articles", "frontier", "feeds", "host_claims", "fetches"):
        op.add_column(table, sa.Column("made_up", sa.Text(), nullable=False, server_default="x"))
    op.create_index("ix_made_up", "articles", ["made_up"])
"""


@pytest.fixture
def newer(tmp_path: Path) -> str:
    """The `newsbot` command of a newer version, which has one more migration."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    (folder / "versions" / f"{NEXT}_made_up.py").write_text(MIGRATION)
    return f"""
from pathlib import Path
from newsbot.store.schema import migrations
migrations.HEAD, migrations.FOLDER = {NEXT!r}, Path({str(folder)!r})
{PROGRAM}"""


def ran(place: dict[str, Any], *arguments: str, program: str = PROGRAM) -> tuple[int, str]:
    """Run a command to its end; return its exit status and what it has written."""
    with running(*arguments, **place, program=program) as command:
        return command.ended()


def failed(place: dict[str, Any]) -> list[tuple[Any, ...]]:
    return rows(
        place["queue"],
        "SELECT queueing_lock FROM procrastinate_jobs"
        " WHERE status = 'failed' AND queue_name IN ('crawl', 'backfill')",
    )


def is_known(place: dict[str, Any], started: Worker) -> bool:
    processes = rows(place["queue"], "SELECT process FROM newsbot_workers")
    return any(process.endswith(f":{started.process.pid}") for (process,) in processes)


@pytest.mark.slow
def test_machines_are_upgraded_one_after_the_other_while_all_work(
    place: dict[str, Any], newer: str, tmp_path: Path, cleanup: ExitStack
) -> None:
    sites = Sites(cleanup, tmp_path, addresses=loopback(6), pages=80, takes_s=0.4)
    old = [cleanup.enter_context(worker(place)) for _ in range(3)]
    until(lambda: sites.asked.total() >= 20, *old)
    assert ran(place, "db", "upgrade", program=newer)[0] == 0
    asked = sites.asked.total()
    until(lambda: sites.asked.total() > asked + 20, *old)
    upgraded = []
    for ended in old:
        upgraded.append(cleanup.enter_context(worker({**place, "program": newer})))
        until(lambda: is_known(place, upgraded[-1]), *upgraded)
        ended.send(signal.SIGTERM)
        status, output = ended.ended()
        assert (status, "Traceback" in output) == (0, False), output
    until(lambda: stored(place) == sites.pages, *upgraded)
    until(lambda: not jobs(place), *upgraded)
    assert_all_once(place, sites)
    assert sites.asked.total() == sites.pages, "nothing was cut off, so nothing is fetched again"
    assert rows(place["queue"], "SELECT coalesce(sum(failed), 0) FROM newsbot_job_counts") == [(0,)]


@pytest.mark.parametrize("kind", ["crawl", "backfill", "heavy"])
def test_a_newer_worker_does_not_migrate_the_tables_of_older_ones(
    place: dict[str, Any], newer: str, kind: str
) -> None:
    status, output = ran(place, "worker", kind, program=newer)
    assert status == 1
    [line] = output.splitlines()
    assert line.endswith("it was made by an older version of newsbot; run `newsbot db upgrade`")
    assert rows(place["database"], "SELECT version_num FROM newsbot_version") == [(migrations.HEAD,)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["crawl", "backfill"])
def test_an_older_worker_ends_when_the_tables_are_made_anew_and_no_job_fails(
    place: dict[str, Any], kind: str, tmp_path: Path, cleanup: ExitStack
) -> None:
    sites = Sites(cleanup, tmp_path, addresses=loopback(2), pages=30, takes_s=0.3)
    for number in range(3):
        pages = [
            record(f"https://site.example/{n}", article_page(n).encode())
            for n in range(number * 300, number * 300 + 300)
        ]
        write(tmp_path / f"{number}.warc.gz", packed(*pages))
    if kind == "backfill":
        assert ran(place, "backfill", "--enqueue", str(tmp_path))[0] == 0
    old = cleanup.enter_context(running("worker", kind, **place))
    until(lambda: stored(place) > 0, old)
    rows(place["database"], "UPDATE newsbot_version SET version_num = '9999'")
    status, output = old.ended()
    assert status == 1, output
    assert "Traceback" not in output
    assert output.splitlines()[-1].endswith("it was made by a newer version of newsbot; upgrade newsbot")
    assert failed(place) == []
    states = "SELECT DISTINCT status::text FROM procrastinate_jobs WHERE queue_name IN ('crawl', 'backfill')"
    assert rows(place["queue"], states) == [("todo",)]
    status, output = ran(place, "worker", kind)
    assert status == 1
    assert "made by a newer version of newsbot" in output
    rows(place["database"], f"UPDATE newsbot_version SET version_num = '{migrations.HEAD}'")
    upgraded = cleanup.enter_context(running("worker", kind, **place))
    expected = sites.pages if kind == "crawl" else 900
    until(lambda: stored(place) == expected, upgraded)
    assert failed(place) == []
