"""Workers whose network or whose PostgreSQL server is away for a while: they go on by themselves, and do no harm."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from newsbot.cluster.queue_app import make_queue
from newsbot.store.database import Database
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.sql.server_connections import SILENT_S
from tests.archive.warcs import packed, record, write
from tests.cluster.crawled_sites import POLITE, Sites, assert_all_once, jobs, loopback, stored, worker
from tests.cluster.own_machines import NETWORK, SERVICES, OwnMachine, OwnServer, own_machine, own_server
from tests.cluster.workers import AS_IT_IS, in_loop, rows, running, until
from tests.pages import article_page

pytestmark = pytest.mark.slow


@pytest.fixture
def machine() -> Iterator[OwnMachine]:
    """A machine of which the network can be cut off."""
    with own_machine() as made:
        yield made


def place_on(server: OwnServer, folder: Path) -> dict[str, Any]:
    Database(server.url).open().close()
    in_loop(make_queue(QueueDatabase(server.url)))
    return {"database": server.url, "queue": server.url, "folder": folder, "program": AS_IT_IS}


def test_a_worker_that_is_cut_off_for_a_minute_does_no_harm_and_goes_on(
    machine: OwnMachine, tmp_path: Path, cleanup: ExitStack
) -> None:
    place = place_on(cleanup.enter_context(own_server(SERVICES[0])), tmp_path)
    place["NEWSBOT_ALLOWED_NETWORKS"] = f"{NETWORK}.0/24"
    sites = Sites(cleanup, tmp_path, addresses=SERVICES[1:9], pages=90, takes_s=0.8)
    cut_off = cleanup.enter_context(worker({**place, "inside": machine.inside}))
    until(lambda: sites.asked.total() >= 20, cut_off)
    of_run = "SELECT count(*) FROM fetches WHERE run_id = 1"
    hosts = [host for (host,) in rows(place["database"], "SELECT host FROM host_claims WHERE run_id = 1")]
    taken = f"SELECT count(*) FROM host_claims WHERE run_id = 2 AND host IN ({str(hosts)[1:-1]})"
    other = cleanup.enter_context(worker(place, slots=6))
    until(lambda: rows(place["queue"], "SELECT count(*) FROM newsbot_workers") == [(2,)], cut_off, other)
    machine.cut_off()
    cut_at = time.monotonic()
    before = rows(place["database"], of_run)
    until(lambda: rows(place["database"], taken) != [(0,)], other, within_s=30)
    time.sleep(max(cut_at + 60 - time.monotonic(), 0))
    assert rows(place["database"], of_run) == before, "it is cut off"
    machine.connect()
    until(lambda: rows(place["database"], of_run) > before, cut_off, other, within_s=40)
    until(lambda: stored(place) == sites.pages, cut_off, other, within_s=300)
    until(lambda: not jobs(place), cut_off, other)
    assert_all_once(place, sites)
    assert sites.asked.total() - len(sites.asked) <= 2 * 4, (
        "a page of every host that was cut off, a time or two"
    )


def test_workers_go_on_after_a_crash_of_the_server(tmp_path: Path, cleanup: ExitStack) -> None:
    server = cleanup.enter_context(own_server("127.0.0.1"))
    place = place_on(server, tmp_path)
    sites = Sites(cleanup, tmp_path, addresses=loopback(4), pages=60, takes_s=0.4)
    workers = [cleanup.enter_context(worker(place)) for _ in range(2)]
    until(lambda: sites.asked.total() >= 20, *workers)
    server.stop()
    time.sleep(20)
    server.start()
    until(lambda: stored(place) == sites.pages, *workers)
    until(lambda: not jobs(place), *workers)
    assert_all_once(place, sites)


@pytest.mark.parametrize("kind", ["crawl", "backfill"])
def test_a_worker_ends_when_the_server_is_away_for_longer_and_no_job_fails(
    kind: str, tmp_path: Path, cleanup: ExitStack
) -> None:
    """It says so, and whatever has started it starts it again."""
    server = cleanup.enter_context(own_server("127.0.0.1"))
    place = place_on(server, tmp_path)
    sites = Sites(cleanup, tmp_path, addresses=loopback(2), pages=60, takes_s=0.4)
    archives = [
        [record(f"https://a.example/{n}-{m}", article_page(n * 400 + m).encode()) for m in range(400)]
        for n in range(4)
    ]
    for number, pages in enumerate(archives):
        write(tmp_path / f"{number}.warc.gz", packed(*pages))
    if kind == "backfill":
        with running("backfill", "--enqueue", str(tmp_path), **place) as command:
            assert command.ended()[0] == 0
    first = cleanup.enter_context(running("worker", kind, *(POLITE if kind == "crawl" else ()), **place))
    until(lambda: stored(place) > 0, first)
    server.stop()
    time.sleep(75)
    server.start()
    status, output = first.ended()
    assert status == 1, output
    assert "Traceback" not in output
    assert "cannot be used" in output.splitlines()[-1]
    second = cleanup.enter_context(running("worker", kind, *(POLITE if kind == "crawl" else ()), **place))
    until(lambda: stored(place) == (sites.pages if kind == "crawl" else 1600), second)
    until(lambda: not jobs(place, kind), second)
    assert rows(place["queue"], "SELECT * FROM newsbot_failures") == []


HOLDING = """
import sys, time
from sqlalchemy import text
from newsbot.store.database import Database
with Database(sys.argv[1]).write() as session:
    session.execute(text("UPDATE prune_marks SET reached_at = now()"))
    print("locked", flush=True)
    time.sleep(1000)
"""


def test_locks_of_a_machine_that_is_cut_off_are_free_after_half_a_minute(
    machine: OwnMachine, tmp_path: Path, cleanup: ExitStack
) -> None:
    server = cleanup.enter_context(own_server(SERVICES[0]))
    Database(server.url).open().close()
    rows(server.url, "INSERT INTO prune_marks (name, reached_at) VALUES ('fetches', now())")
    command = [*machine.inside, sys.executable, "-c", HOLDING, server.url]
    holding = cleanup.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    cleanup.callback(holding.kill)
    assert holding.stdout is not None
    assert holding.stdout.readline() == "locked\n"
    machine.cut_off()
    begun = time.monotonic()
    rows(server.url, "UPDATE prune_marks SET reached_at = now()")
    assert time.monotonic() - begun < 1.5 * SILENT_S
