"""Several crawls at once, in processes of their own: they share the work, and no host is asked faster than its delay."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsbot.store.schema.models import ArticleRow, FrontierRow, HostClaim, Run
from tests.crawl_processes import crawling
from tests.crawling import reading
from tests.pages import article_page, rss
from tests.site import Answer, Asked, Site, running_site

FEW_HOSTS = 6


class TimedRequests(list[Asked]):
    """The requests of a site, with the time of each."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def append(self, asked: Asked) -> None:
        self.times.append(time.monotonic())
        super().append(asked)

    @property
    def shortest_gap_s(self) -> float:
        return min((later - earlier for earlier, later in pairwise(self.times)), default=9.0)


@dataclass
class Sites:
    """Sites on loopback addresses, with two feeds each: their sources share the host."""

    catalog: Path
    delay_s: float
    sites: list[Site] = field(default_factory=list)
    pages: int = 0

    def add(self, site: Site, pages: int) -> None:
        number = len(self.sites)
        site.asked = TimedRequests()
        for part in ("a", "b"):
            links = [site.html(f"/{part}/story-{n}", article_page(self.pages + n)) for n in range(pages)]
            self.pages += pages
            site.pages[f"/{part}.xml"] = Answer(rss(*links).encode())
            with self.catalog.open("a") as catalog:
                catalog.write(
                    f'[[source]]\nkey = "site-{number}-{part}"\nhomepage = "{site.url}/{part}/"\n'
                    f'feeds = ["{site.url}/{part}.xml"]\ndelay_s = {self.delay_s}\n'
                )
        self.sites.append(site)

    def asked(self) -> Counter[str]:
        return Counter(site.url + path for site in self.sites for path in site.paths())

    def shortest_gap_s(self) -> float:
        return min(site.asked.shortest_gap_s for site in self.sites if isinstance(site.asked, TimedRequests))


@contextmanager
def serving(folder: Path, hosts: int, pages: int, delay_s: float) -> Iterator[Sites]:
    """Give sites, each with two feeds of some pages."""
    with ExitStack() as stack:
        served = Sites(folder / "sources.toml", delay_s)
        for number in range(hosts):
            address = f"127.0.{1 + number // 200}.{1 + number % 200}"
            served.add(stack.enter_context(running_site(address)), pages)
        yield served


def wait_for(condition: Callable[[], bool], limit_s: float = 120) -> None:
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("crawls", "hosts", "pages"),
    [
        pytest.param(3, FEW_HOSTS, 2, id="3 crawls"),
        pytest.param(10, 100, 12, id="10 crawls", marks=pytest.mark.slow),
    ],
)
def test_every_feed_is_polled_once_and_every_host_keeps_its_delay(
    database_url: str, tmp_path: Path, crawls: int, hosts: int, pages: int
) -> None:
    with ExitStack() as stack:
        served = stack.enter_context(serving(tmp_path, hosts, pages, delay_s=0.5))
        started = [
            stack.enter_context(crawling(database_url, served.catalog, CONCURRENT_REQUESTS=4))
            for _ in range(crawls)
        ]
        for crawl in started:
            crawl.join()
        assert [crawl.exitcode for crawl in started] == [0] * crawls
        asked = served.asked()
        assert {url: count for url, count in asked.items() if count > 1} == {}
        assert len(asked) == 2 * hosts + served.pages
        # A request may be served a moment after it was sent, and the next one at once.
        assert served.shortest_gap_s() > 0.35
        with reading(database_url) as session:
            assert session.scalar(select(func.count()).select_from(ArticleRow)) == served.pages
            assert set(session.scalars(select(FrontierRow.state))) == {"done"}
            assert set(session.scalars(select(HostClaim.run_id))) == {None}
            assert set(session.scalars(select(Run.finish_reason))) == {"finished"}


def test_the_work_of_a_crawl_that_is_killed_is_done_by_the_next(database_url: str, tmp_path: Path) -> None:
    with serving(tmp_path, 2, 4, delay_s=0.5) as served:
        with crawling(database_url, served.catalog) as crawl:
            wait_for(lambda: served.asked().total() >= 4)
            assert crawl.is_alive()
        with crawling(database_url, served.catalog) as crawl:
            crawl.join()
        assert len(served.asked()) == 4 + served.pages
        assert served.asked().total() <= 4 + served.pages + 2, "one request a host may be repeated"
        assert served.shortest_gap_s() > 0.35
        with reading(database_url) as session:
            assert session.scalar(select(func.count()).select_from(ArticleRow)) == served.pages
            assert session.scalars(select(Run.finish_reason).order_by(Run.id)).all() == ["killed", "finished"]


@pytest.mark.slow
def test_a_crawl_that_was_frozen_asks_no_host_that_another_has_taken(
    database_url: str, tmp_path: Path
) -> None:
    with serving(tmp_path, 2, 12, delay_s=2) as served, crawling(database_url, served.catalog) as frozen:
        wait_for(lambda: served.asked().total() >= 4)
        assert frozen.pid is not None
        os.kill(frozen.pid, signal.SIGSTOP)
        before = served.asked().total()
        with crawling(database_url, served.catalog) as early:
            early.join()
        assert served.asked().total() == before, "the claims have not ended yet"
        time.sleep(62)
        with crawling(database_url, served.catalog) as crawl:
            wait_for(lambda: served.asked().total() >= before + 4)
            os.kill(frozen.pid, signal.SIGCONT)
            crawl.join()
            frozen.join()
            assert (crawl.exitcode, frozen.exitcode) == (0, 0)
        asked = served.asked()
        assert len(asked) == 4 + served.pages
        assert asked.total() <= len(asked) + 2, "one page a host was leased when the crawl was frozen"
        assert served.shortest_gap_s() > 1.5
