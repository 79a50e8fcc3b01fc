"""Stage 300: an article that is stored already, and has not changed, needs no further work."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newsbot.entities.engine import Engine, engine_label, load_engine
from newsbot.entities.recognition import UNKNOWN
from newsbot.items import Article
from newsbot.session import Run
from newsbot.settings import read_settings
from newsbot.store.articles.writer import known_unchanged
from newsbot.store.schema.identity import article_keys


class Dedupe:
    """Marks unchanged repeats. What becomes of them, and of copies elsewhere, is decided when they are stored."""

    def __init__(self, run: Run, engine: Engine) -> None:
        self.run = run
        self.engine = engine

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Share the crawl's database."""
        return cls(Run.of(crawler), load_engine(read_settings(crawler.settings).entity_engine))

    async def process_item(self, article: Article) -> Article:
        """Set `known_id` if this article, with entities found by today's engine, is stored."""
        if self.engine.name == "none":  # there is no work that the look-up could save
            return article
        article.known_id = await self.run.read(
            known_unchanged,
            article,
            keys=article_keys(article),
            entity_engine=engine_label(self.engine, article.language or UNKNOWN),
        )
        return article
