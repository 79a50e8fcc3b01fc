"""Ctrl-C and SIGTERM end a crawl while a response is pending; the next run continues its work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from newsbot.store.schema.models import ArticleRow, FrontierRow, Run
from tests.crawling import reading
from tests.pages import article_page, rss
from tests.site import Answer, running_site

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_that_waits_for_a_page_is_ended_by_a_signal(
    database_url: str, tmp_path: Path, signum: signal.Signals
) -> None:
    let_go = Event()

    def stall(_file: object) -> None:
        let_go.wait(300)

    with running_site() as site:
        links = [site.html(f"/{number}", article_page(number)) for number in range(3)]
        site.pages["/1"] = Answer(headers={"Content-Length": "100"}, send=stall)
        site.pages["/rss.xml"] = Answer(rss(*links).encode())
        catalog = tmp_path / "sources.toml"
        catalog.write_text(
            f'[[source]]\nkey = "one"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/rss.xml"]\n'
        )
        export = tmp_path / "articles.json"
        crawl = subprocess.Popen(
            [sys.executable, "-m", "scrapy", "crawl", "news", "-s", "DOWNLOAD_DELAY=0", "-O", export],
            cwd=PROJECT,
            env=os.environ
            | {
                "NEWSBOT_DATABASE_URL": database_url,
                "NEWSBOT_SOURCES": str(catalog),
                "NEWSBOT_ENTITY_ENGINE": "none",
                "NEWSBOT_ARCHIVE_DIR": "",
                "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        while "/1" not in site.paths():
            assert crawl.poll() is None
            time.sleep(0.01)
        crawl.send_signal(signum)
        try:
            _, errors = crawl.communicate(timeout=60)  # the page would take five minutes
        finally:
            crawl.kill()
            let_go.set()
    assert errors.strip().splitlines()[-1].endswith("(shutdown)")
    assert "Traceback" not in errors
    exported = {article["url"] for article in json.loads(export.read_bytes())}
    with reading(database_url) as session:
        assert session.scalars(select(Run.finish_reason)).all() == ["shutdown"]
        assert exported == set(session.scalars(select(ArticleRow.url)))
        assert "leased" not in session.scalars(select(FrontierRow.state)).all()
