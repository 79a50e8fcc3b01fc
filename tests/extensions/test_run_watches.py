"""Watches run when a crawl has ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsbot.errors import UsageError
from newsbot.store.database import Database
from newsbot.store.queries import cursors
from tests.crawling import crawl, in_reactor
from tests.outputs.receiver import receiving
from tests.pages import article_page


async def take(folder: Path, number: int, watch: list[dict[str, Any]]) -> None:
    """Store one more saved page, with these watches."""
    pages = folder / "pages"
    pages.mkdir(exist_ok=True)
    (pages / f"{number}.html").write_text(article_page(number, url=f"https://news.example/{number}"))
    settings = {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'newsbot.db'}",
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "NEWSBOT_WATCH": watch,
    }
    await crawl("saved", settings, path=str(pages))


@in_reactor
async def test_crawl_sends_what_it_has_found_and_nothing_twice(tmp_path: Path) -> None:
    with receiving() as receiver:
        watch = [{"name": "all", "webhook": receiver.url}, {"name": "lost", "source": "gone.example"}]
        await take(tmp_path, 1, watch)
        await take(tmp_path, 2, watch)
    found = [[article["url"] for article in request.value["articles"]] for request in receiver.requests]
    assert found == [["https://news.example/1"], ["https://news.example/2"]]
    database = Database(f"sqlite:///{tmp_path / 'newsbot.db'}").open(migrate=False)
    with database.read() as session:
        assert "gone.example" in (cursors(session, ["watch:lost"])["watch:lost"].error or "")
    database.close()


@in_reactor
async def test_wrong_table_stops_a_crawl_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\[\[watch\]\] 'a': the key 'nqme' is no key of this table"):
        await take(tmp_path, 1, [{"name": "a", "nqme": "b"}])
    assert not (tmp_path / "newsbot.db").exists()
