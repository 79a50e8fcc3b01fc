"""What stages and listeners learn of an article that has been stored."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler

from newsbot.ingest.envelope import Envelope
from newsbot.items import Article
from newsbot.signals import article_stored
from tests.crawling import crawl, in_reactor
from tests.pages import article_page

heard: list[tuple[str, int | None, str, str]] = []
seen: list[tuple[int | None, str | None]] = []


class Listener:
    """An extension of a user that listens to stored articles."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        listener = cls()
        crawler.signals.connect(listener.stored, signal=article_stored)
        crawler.signals.connect(listener.fails, signal=article_stored)
        return listener

    async def stored(self, article: Article, outcome: str, spider: Spider) -> None:
        heard.append((article.url, article.id, outcome, spider.name))

    def fails(self) -> None:
        raise ZeroDivisionError


class AfterStore:
    def process_item(self, item: Envelope) -> Envelope:
        seen.append((item.article.id, item.article.outcome))
        return item


@in_reactor
async def test_listeners_and_later_stages_know_id_and_outcome(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard.clear()
    seen.clear()
    page, settings = (
        tmp_path / "1.html",
        {
            "NEWSBOT_DATABASE_URL": database_url,
            "NEWSBOT_ENTITY_ENGINE": "none",
            "EXTENSIONS": {f"{__name__}.Listener": 0},
            "ITEM_PIPELINES": {f"{__name__}.AfterStore": 950},
        },
    )
    for title in ("Harbour opens", "Harbour opens", "Harbour closed"):
        page.write_text(article_page(1, url="https://news.example/1", title=title))
        done = await crawl("saved", settings, path=str(page))
    outcomes = ["new", "unchanged", "changed"]
    assert heard == [("https://news.example/1", 1, outcome, "saved") for outcome in outcomes]
    assert seen == [(1, outcome) for outcome in outcomes]
    assert done.articles[0].outcome == "changed"
    assert "ZeroDivisionError" in caplog.text
