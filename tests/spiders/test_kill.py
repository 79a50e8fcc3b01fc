"""Real crawls, killed many times: every article is stored once, none is lost, and few pages are requested twice."""

import random
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from threading import Semaphore

import pytest
from sqlalchemy import func, select

from newsbot.store.schema.models import ArticleRow, ArticleUrl, FrontierRow, Run
from tests.crawl_processes import crawling
from tests.crawling import reading
from tests.pages import article_page, rss
from tests.site import Answer, Asked, Page, running_site

KILLS = 10
SITES = 3
PAGES = 50


class Gate:
    """Lets a number of requests pass; later ones wait until it is reset."""

    def __init__(self) -> None:
        self.passes = Semaphore(0)

    def reset(self, passes: int) -> None:
        waiting, self.passes = self.passes, Semaphore(passes)
        waiting.release(SITES * PAGES)

    def guard(self, page: Page) -> Page:
        def answered(asked: Asked) -> Answer:
            self.passes.acquire()
            return page(asked) if callable(page) else page

        return answered


@pytest.mark.slow
def test_a_crawl_that_is_killed_ten_times_stores_every_article_once(
    database_url: str, tmp_path: Path
) -> None:
    chance = random.Random(database_url.partition(":")[0])
    gate = Gate()
    with ExitStack() as stack:
        sites = [stack.enter_context(running_site(f"127.0.0.{number + 2}")) for number in range(SITES)]
        catalog = []
        for index, site in enumerate(sites):
            links = [
                site.html(f"/2026/05/story-{n}", article_page(n))
                for n in range(index * PAGES, (index + 1) * PAGES)
            ]
            site.pages = {path: gate.guard(page) for path, page in site.pages.items()}
            site.pages["/rss.xml"] = Answer(rss(*links).encode())
            catalog.append(
                f'[[source]]\nkey = "site-{index}"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/rss.xml"]\n'
            )
        (tmp_path / "sources.toml").write_text("".join(catalog))

        def asked() -> Counter[str]:
            return Counter(site.url + path for site in sites for path in site.paths() if path != "/rss.xml")

        for _ in range(KILLS):
            passes = chance.randrange(12)
            enough = asked().total() + passes
            gate.reset(passes)  # the crawl does not end before it is killed, however fast it is
            with crawling(database_url, tmp_path / "sources.toml") as crawl:
                while asked().total() < enough and crawl.is_alive():
                    time.sleep(0.005)
                time.sleep(chance.random() * 0.05)  # a random instant
                assert crawl.is_alive()
        gate.reset(SITES * PAGES)
        with crawling(database_url, tmp_path / "sources.toml") as crawl:
            crawl.join()
            assert crawl.exitcode == 0

        with reading(database_url) as session:
            assert session.scalar(select(func.count()).select_from(ArticleRow)) == SITES * PAGES
            assert session.scalar(select(func.count()).select_from(ArticleUrl)) == SITES * PAGES
            assert set(session.scalars(select(FrontierRow.state))) == {"done"}
            reasons = Counter(session.scalars(select(Run.finish_reason)))
        assert reasons["finished"] == 1
        assert reasons["killed"] >= KILLS // 2, "a kill before the run has its row leaves none"
        # At a kill, one request per source can be in flight. No other page is requested twice.
        assert asked().total() - len(asked()) <= KILLS * SITES
        assert len(asked()) == SITES * PAGES
