"""Stage 200: values as they should be stored, wherever the article came from."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from newsbot.cleaning.article_fields import clean_article
from newsbot.items import Article
from newsbot.session import Run
from newsbot.store.articles.site_boilerplate import remove_learnt


class Clean:
    """Tidies every field, and removes what the site is known to repeat."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Share the crawl's database."""
        return cls(Run.of(crawler))

    async def process_item(self, article: Article) -> Article:
        """Return the article with its values cleaned."""
        clean_article(article)
        await self.run.read(remove_learnt, article)
        return article
