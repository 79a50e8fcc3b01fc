"""Helpers that run crawls inside a test, with the settings of the project, a real crawler and a real database."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler, CrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.defer import deferred_f_from_coro_f
from sqlalchemy.orm import Session

from newsbot.ingest.envelope import Envelope
from newsbot.items import Article
from newsbot.store.database import Database


def in_reactor(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Any]:
    """Return a test that runs a coroutine in the reactor. It keeps the signature, so that pytest passes its fixtures."""
    return wraps(test)(deferred_f_from_coro_f(test))


def project_settings(**overrides: Any) -> Settings:
    """Return the settings of the project, without delay, archive and worker processes."""
    settings = Settings()
    settings.setmodule("newsbot.settings")
    settings.setdict(
        {
            "LOG_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "NEWSBOT_ARCHIVE_DIR": "",
            "NEWSBOT_WORKERS": 0,
            **overrides,
        },
        priority="cmdline",
    )
    return settings


class Crawl:
    """The articles and stats of one crawl."""

    def __init__(self, crawler: Crawler, on_article: Callable[[Article], None]) -> None:
        self.crawler = crawler
        self.on_article = on_article
        self.articles: list[Article] = []
        crawler.signals.connect(self._scraped, signal=signals.item_scraped)

    def _scraped(self, item: Envelope) -> None:
        self.articles.append(item.article)
        self.on_article(item.article)

    @property
    def stats(self) -> dict[str, Any]:
        assert self.crawler.stats is not None
        return self.crawler.stats.get_stats()


async def crawl(
    spider: str,
    settings: dict[str, Any] | None = None,
    *,
    on_article: Callable[[Article], None] = lambda article: None,
    **arguments: str,
) -> Crawl:
    """Run a spider of the project to its end; call `on_article` after an article is stored."""
    crawler = CrawlerRunner(project_settings(**(settings or {}))).create_crawler(spider)
    outcome = Crawl(crawler, on_article)
    await crawler.crawl_async(**arguments)
    return outcome


@contextmanager
def reading(database_url: str) -> Iterator[Session]:
    """Give a session on a database; close the database at the end of the block."""
    database = Database(database_url).open()
    try:
        with database.read() as session:
            yield session
    finally:
        database.close()
