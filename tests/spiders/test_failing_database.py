"""Crawls whose database fails: a restart is waited out, a full disk ends the run in one line, the next run completes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from newsbot.session import CrawlSession
from newsbot.store.crawl import frontier
from newsbot.store.crawl.frontier import Leased
from newsbot.store.database import Database
from newsbot.store.schema.models import ArticleRow, RejectRow
from tests.crawling import in_reactor
from tests.site import Site
from tests.sites import Web, feed_of

PAGES = 30
TERMINATE = text(
    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = :name"
    " AND pid <> pg_backend_pid()"
)


@in_reactor
async def test_a_crawl_goes_on_when_its_connections_are_lost(
    postgres_database_url: str, tmp_path: Path, sites: list[Site]
) -> None:
    web = Web(tmp_path, postgres_database_url)
    web.add("example", sites[0], feeds=[feed_of(sites[0], *range(PAGES))])
    others = make_url(postgres_database_url).update_query_dict({"application_name": f"other-{uuid4().hex}"})
    admin = Database(others.render_as_string(hide_password=False)).open()
    name = make_url(postgres_database_url).query["options"]
    stored = 0

    def lose_some(_article: object) -> None:
        nonlocal stored
        stored += 1
        if stored % 10 == 5:
            with admin.write() as session:
                session.execute(TERMINATE, {"name": str(name).rpartition("=")[2]})

    crawl = await web.crawl(on_article=lose_some)
    admin.close()
    assert crawl.stats["finish_reason"] == "finished"
    assert CrawlSession.failure_of(crawl.crawler) is None
    assert (web.count(ArticleRow), web.count(RejectRow)) == (PAGES, 0)


@in_reactor
async def test_a_full_disk_ends_the_crawl_and_the_next_one_completes(
    tmp_path: Path, sites: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Web(tmp_path, f"sqlite:///{tmp_path / 'newsbot.db'}")
    web.add("example", sites[0], feeds=[feed_of(sites[0], *range(PAGES))])
    full = [True]

    def lease(session: Session, *arguments: Any, **values: Any) -> list[Leased]:
        if full:
            pages = session.scalar(text("PRAGMA page_count"))
            session.execute(text(f"PRAGMA max_page_count = {pages}"))
        return leased(session, *arguments, **values)

    leased = frontier.lease
    monkeypatch.setattr(frontier, "lease", lease)
    crawl = await web.crawl()
    failure = CrawlSession.failure_of(crawl.crawler)
    assert failure is not None
    assert failure.endswith("cannot be used: the disk is full")
    full.clear()
    web.make_due()
    crawl = await web.crawl()
    assert CrawlSession.failure_of(crawl.crawler) is None
    assert (web.count(ArticleRow), web.count(RejectRow)) == (PAGES, 0)
