"""`newsbot worker crawl`: real workers over sites on the loopback interface, killed, ended, frozen and worn."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.crawled_sites import Sites, assert_all_once, jobs, loopback, stored, worker
from tests.cluster.workers import Worker, rows, until


def test_what_a_killed_worker_has_begun_is_done_by_another_one(
    place: dict[str, Any], tmp_path: Path, cleanup: ExitStack
) -> None:
    sites = Sites(cleanup, tmp_path, addresses=loopback(4), pages=5, takes_s=0.3)
    workers: list[Worker] = [cleanup.enter_context(worker(place)) for _ in range(2)]
    until(lambda: sites.asked.total() >= 3, *workers)
    workers[0].kill()
    until(lambda: stored(place) == sites.pages, workers[1])
    until(lambda: not jobs(place), workers[1])
    assert_all_once(place, sites)
    assert sites.asked.total() - len(sites.asked) <= 4, "a kill repeats the requests in flight, one a host"


def test_a_worker_that_is_ended_finishes_its_requests_and_leaves_nothing_behind(
    place: dict[str, Any], tmp_path: Path, cleanup: ExitStack
) -> None:
    sites = Sites(cleanup, tmp_path, addresses=loopback(2), pages=6, takes_s=0.5)
    first = cleanup.enter_context(worker(place))
    until(lambda: sites.asked.total() >= 2, first)
    first.send(signal.SIGTERM)
    status, output = first.ended()
    assert status == 0, output
    assert output.startswith("newsbot: taking jobs of crawl in 4 slots from postgresql")
    assert output.splitlines()[-1] == "0 jobs are done, 2 given back"
    assert stored(place) == sites.asked.total() < sites.pages
    assert rows(place["database"], "SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]
    assert rows(place["database"], "SELECT count(*) FROM host_claims WHERE run_id IS NOT NULL") == [(0,)]
    assert "doing" not in {status for _, status in jobs(place)}
    second = cleanup.enter_context(worker(place))
    until(lambda: stored(place) == sites.pages, second)
    assert_all_once(place, sites)
    assert sites.asked.total() == sites.pages


@pytest.mark.slow
def test_a_worker_that_is_ended_does_not_wait_for_a_site_that_does_not_answer(
    place: dict[str, Any], tmp_path: Path, cleanup: ExitStack
) -> None:
    sites = Sites(cleanup, tmp_path, addresses=loopback(1), pages=2, takes_s=100)
    slow = cleanup.enter_context(worker(place))
    until(lambda: sites.asked.total() == 1, slow)
    slow.send(signal.SIGTERM)
    status, output = slow.ended(within_s=60)
    assert status == 0, output
    assert "doing" not in {status for _, status in jobs(place)}
    assert rows(place["database"], "SELECT DISTINCT state FROM frontier") == [("pending",)]
    assert rows(place["database"], "SELECT count(*) FROM host_claims WHERE run_id IS NOT NULL") == [(0,)]


@pytest.mark.slow
def test_a_frozen_worker_is_replaced_and_does_no_harm_when_it_goes_on(
    place: dict[str, Any], tmp_path: Path, cleanup: ExitStack
) -> None:
    sites = Sites(cleanup, tmp_path, addresses=loopback(2), pages=8, takes_s=0.2)
    frozen = cleanup.enter_context(worker(place))
    until(lambda: sites.asked.total() >= 2, frozen)
    frozen.send(signal.SIGSTOP)
    second = cleanup.enter_context(worker(place))
    until(lambda: stored(place) >= 8, second)
    frozen.send(signal.SIGCONT)
    until(lambda: stored(place) == sites.pages, second, frozen)
    until(lambda: not jobs(place), second, frozen)
    assert_all_once(place, sites)
    frozen.send(signal.SIGTERM)
    status, output = frozen.ended()
    assert status == 0, output


@pytest.mark.slow
def test_a_worker_begins_anew_after_a_number_of_jobs(
    place: dict[str, Any], tmp_path: Path, cleanup: ExitStack
) -> None:
    sites = Sites(cleanup, tmp_path, addresses=loopback(3), pages=1, takes_s=0.0)
    worn = cleanup.enter_context(worker(place, "--max-jobs", "1", slots=1))
    until(lambda: stored(place) == sites.pages, worn)
    until(lambda: rows(place["database"], "SELECT 1 FROM runs WHERE finish_reason = 'finished'"), worn)
    assert rows(place["database"], "SELECT count(DISTINCT process) FROM runs") == [(1,)]


@pytest.mark.slow
def test_ten_workers_of_which_three_are_killed_again_and_again(
    place: dict[str, Any], tmp_path: Path, cleanup: ExitStack
) -> None:
    sites = Sites(cleanup, tmp_path, addresses=loopback(20), pages=30, takes_s=0.5)
    workers = [cleanup.enter_context(worker(place)) for _ in range(10)]
    kills = 0
    while stored(place) < sites.pages:
        time.sleep(20)
        for place_of in range(kills, kills + 3):
            workers[place_of % 10].kill()
            workers[place_of % 10] = cleanup.enter_context(worker(place))
        kills += 3
        assert kills < 100
    until(lambda: not jobs(place), within_s=60)
    assert_all_once(place, sites)
    assert sites.asked.total() - len(sites.asked) <= 4 * kills
