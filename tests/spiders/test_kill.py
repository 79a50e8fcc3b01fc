"""Real crawls, killed again and again: every article is stored once, none is lost, little is asked twice."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import func, select

from newsbot.store.models import ArticleRow, ArticleUrl, FrontierRow, Run
from tests.crawling import reading
from tests.pages import article_page, rss
from tests.site import Answer, running_site

PROJECT = Path(__file__).parents[2]
KILLS = 20
SITES = 3
PAGES = 70


def test_a_crawl_that_is_killed_twenty_times_stores_every_article_once(database_url, tmp_path):
    chance = random.Random(database_url.partition(":")[0])
    with ExitStack() as stack:
        sites = [stack.enter_context(running_site(f"127.0.0.{number + 2}")) for number in range(SITES)]
        catalog = []
        for index, site in enumerate(sites):
            links = [
                site.html(f"/2026/05/story-{n}", article_page(n))
                for n in range(index * PAGES, (index + 1) * PAGES)
            ]
            site.pages["/rss.xml"] = Answer(rss(*links).encode())
            catalog.append(
                f'[[source]]\nkey = "site-{index}"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/rss.xml"]\n'
            )
        (tmp_path / "sources.toml").write_text("".join(catalog))

        def asked() -> Counter[str]:
            return Counter(site.url + path for site in sites for path in site.paths() if path != "/rss.xml")

        def start() -> subprocess.Popen[bytes]:
            settings = ["DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "ROBOTSTXT_OBEY=0", "LOG_LEVEL=ERROR"]
            options = [option for setting in settings for option in ("-s", setting)]
            environment = os.environ | {
                "NEWSBOT_DATABASE_URL": database_url,
                "NEWSBOT_SOURCES": str(tmp_path / "sources.toml"),
                "NEWSBOT_ENTITY_ENGINE": "none",
                "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
                "NEWSBOT_ARCHIVE_DIR": "",
            }
            return subprocess.Popen(
                [sys.executable, "-m", "scrapy", "crawl", "news", *options], cwd=PROJECT, env=environment
            )

        killed = 0
        while killed < KILLS:
            crawl = start()
            enough = asked().total() + chance.randrange(12)
            while asked().total() < enough and crawl.poll() is None:
                time.sleep(0.005)
            time.sleep(chance.random() * 0.05)
            assert crawl.poll() is None, (
                "the crawl ended by itself; more pages are needed to kill it in the middle"
            )
            crawl.kill()
            crawl.wait()
            killed += 1
        assert start().wait(timeout=120) == 0

        with reading(database_url) as session:
            assert session.scalar(select(func.count()).select_from(ArticleRow)) == SITES * PAGES
            assert session.scalar(select(func.count()).select_from(ArticleUrl)) == SITES * PAGES
            assert set(session.scalars(select(FrontierRow.state))) == {"done"}
            reasons = Counter(session.scalars(select(Run.finish_reason)))
        assert reasons["finished"] == 1
        assert reasons["killed"] >= KILLS // 2, "a kill before the run has its row leaves none"
        # One request a source can be in flight at a kill, and no other page is asked for twice.
        assert asked().total() - len(asked()) <= KILLS * SITES
        assert len(asked()) == SITES * PAGES
