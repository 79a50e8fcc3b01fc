"""Stage 400: people, organisations and places of the body."""

from __future__ import annotations

import logging
from typing import Self

from scrapy.crawler import Crawler
from scrapy.utils.asyncio import run_in_thread

from newsbot.entities.engine import Engine, engine_label, load_engine
from newsbot.entities.recognition import find_entities
from newsbot.items import Article
from newsbot.settings import read_settings

logger = logging.getLogger(__name__)


class FindEntities:
    """Runs the entity engine off the reactor, so that fetching goes on."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Load the engine that the settings name; raises UsageError for an unknown one."""
        return cls(load_engine(read_settings(crawler.settings).entity_engine))

    def open_spider(self) -> None:
        """Tell once which engine was chosen."""
        logger.info(
            "Entities are found by %s (%s for English)", self.engine.name, engine_label(self.engine, "en")
        )

    async def process_item(self, article: Article) -> Article:
        """Fill `entities`, unless the article is stored already and has not changed."""
        if article.known_id is None:
            await run_in_thread(find_entities, article, self.engine)
        return article
