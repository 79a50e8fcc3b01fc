"""Sites for crawl workers, and what must be so when all of their pages are stored."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import Any

from tests.cluster.workers import rows, running
from tests.pages import article_page, rss
from tests.site import Answer, Asked, Site, running_site

POLITE = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "ROBOTSTXT_OBEY=0")


class Sites:
    """Sites with a feed each, that count the requests and how many of them were answered at the same time."""

    def __init__(
        self, stack: ExitStack, folder: Path, *, addresses: Sequence[str], pages: int, takes_s: float
    ) -> None:
        self.takes_s = takes_s
        self.pages = len(addresses) * pages
        self.asked: Counter[str] = Counter()
        self.at_a_time: Counter[str] = Counter()
        self.most_at_a_time = 0
        self._lock = Lock()
        catalog = []
        for index, address in enumerate(addresses):
            site = stack.enter_context(running_site(address))
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


def loopback(count: int) -> list[str]:
    """Return loopback addresses for sites."""
    return [f"127.0.0.{number + 2}" for number in range(count)]


def worker(place: dict[str, Any], *more: str, slots: int = 4) -> Any:
    """Run a crawl worker in a block."""
    return running("worker", "crawl", "--slots", str(slots), *POLITE, *more, **place)


def stored(place: dict[str, Any]) -> int:
    [(count,)] = rows(place["database"], "SELECT count(*) FROM articles")
    return int(count)


def jobs(place: dict[str, Any], kind: str = "crawl") -> list[tuple[Any, ...]]:
    """Return what the jobs of a queue work on, and their states."""
    return rows(
        place["queue"],
        f"SELECT queueing_lock, status::text FROM procrastinate_jobs WHERE queue_name = '{kind}'",
    )


def assert_all_once(place: dict[str, Any], sites: Sites) -> None:
    assert stored(place) == sites.pages
    assert rows(place["database"], "SELECT count(*) FROM article_urls") == [(sites.pages,)]
    assert rows(place["database"], "SELECT DISTINCT state FROM frontier") == [("done",)]
    assert sites.most_at_a_time == 1, "a host was asked by two workers"
