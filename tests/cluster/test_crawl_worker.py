"""`newsbot worker crawl`: real workers over sites on the loopback interface, killed, ended, frozen and worn."""

from __future__ import annotations

import signal
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from tests.cluster.workers import Worker, rows, running, until
from tests.pages import article_page, rss
from tests.site import Answer, Asked, Site, running_site

POLITE = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "ROBOTSTXT_OBEY=0")


class Sites:
    """Sites with a feed each, that count the requests and how many of them were answered at the same time."""

    def __init__(self, stack: ExitStack, folder: Path, *, count: int, pages: int, takes_s: float) -> None:
        self.takes_s = takes_s
        self.pages = count * pages
        self.asked: Counter[str] = Counter()
        self.at_a_time: Counter[str] = Counter()
        self.most_at_a_time = 0
        self._lock = Lock()
        catalog = []
        for index in range(count):
            site = stack.enter_context(running_site(f"127.0.0.{index + 2}"))
            first = index * pages
            links = [self._add(site, number) for number in range(first, first + pages)]
            site.pages["/rss.xml"] = Answer(rss(*links).encode())
            catalog.append(
                f'[[source]]\nkey = "site-{index}"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/rss.xml"]\n'
            )
        (folder / "sources.toml").write_text("".join(catalog))

    def _add(self, site: Site, number: int) -> str:
        page = Answer(article_page(number).encode(), headers={"Content-Type": "text/html; charset=utf-8"})

        def answered(asked: Asked) -> Answer:
            with self._lock:
                self.asked[site.url + asked.path] += 1
                self.at_a_time[site.url] += 1
                self.most_at_a_time = max(self.most_at_a_time, self.at_a_time[site.url])
            time.sleep(self.takes_s)
            with self._lock:
                self.at_a_time[site.url] -= 1
            return page

        path = f"/2026/05/story-{number}"
        site.pages[path] = answered
        return site.url + path


@pytest.fixture
def place(articles_url: str, queue_url: str, tmp_path: Path) -> dict[str, Any]:
    """Where workers find the database and the queue."""
    return {"database": articles_url, "queue": queue_url, "folder": tmp_path}


def worker(place: dict[str, Any], *more: str, slots: int = 4) -> Any:
    return running("worker", "crawl", "--slots", str(slots), *POLITE, *more, **place)


def stored(place: dict[str, Any]) -> int:
    [(count,)] = rows(place["database"], "SELECT count(*) FROM articles")
    return int(count)


def jobs(place: dict[str, Any]) -> list[tuple[Any, ...]]:
    return rows(
        place["queue"],
        "SELECT queueing_lock, status::text FROM procrastinate_jobs WHERE queue_name = 'crawl'",
    )


def assert_all_once(place: dict[str, Any], sites: Sites) -> None:
    assert stored(place) == sites.pages
    assert rows(place["database"], "SELECT count(*) FROM article_urls") == [(sites.pages,)]
    assert rows(place["database"], "SELECT DISTINCT state FROM frontier") == [("done",)]
    assert sites.most_at_a_time == 1, "a host was asked by two workers"


def test_what_a_killed_worker_has_begun_is_done_by_another_one(
    place: dict[str, Any], tmp_path: Path, cleanup: ExitStack
) -> None:
    sites = Sites(cleanup, tmp_path, count=4, pages=5, takes_s=0.3)
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
    sites = Sites(cleanup, tmp_path, count=2, pages=6, takes_s=0.5)
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
    sites = Sites(cleanup, tmp_path, count=1, pages=2, takes_s=100)
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
    sites = Sites(cleanup, tmp_path, count=2, pages=8, takes_s=0.2)
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
    sites = Sites(cleanup, tmp_path, count=3, pages=1, takes_s=0.0)
    worn = cleanup.enter_context(worker(place, "--max-jobs", "1", slots=1))
    until(lambda: stored(place) == sites.pages, worn)
    until(lambda: rows(place["database"], "SELECT 1 FROM runs WHERE finish_reason = 'finished'"), worn)
    assert rows(place["database"], "SELECT count(DISTINCT process) FROM runs") == [(1,)]


@pytest.mark.slow
def test_ten_workers_of_which_three_are_killed_again_and_again(
    place: dict[str, Any], tmp_path: Path, cleanup: ExitStack
) -> None:
    sites = Sites(cleanup, tmp_path, count=20, pages=30, takes_s=0.5)
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
