"""Several sites on loopback addresses, and crawls of them with the news spider."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from newsbot.store.database import Database
from newsbot.store.schema.models import ArticleRow, Feed, FrontierRow, Host
from tests.crawling import Crawl, crawl, reading
from tests.pages import article_page, rss
from tests.site import Answer, Site


class Web:
    """A catalog of sites, and the database of their crawls."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.catalog = folder / "sources.toml"
        self.database_url = database_url
        self.catalog.write_text("")

    def add(self, key: str, site: Site, **values: object) -> None:
        toml = {"key": key, "homepage": site.url + "/", **values}
        lines = [f"{name} = {value!r}".replace("'", '"') for name, value in toml.items()]
        self.catalog.write_text(self.catalog.read_text() + "[[source]]\n" + "\n".join(lines) + "\n")

    async def crawl(self, settings: dict[str, object] | None = None, **arguments: Any) -> Crawl:
        """Crawl the catalog; arguments are those of the spider, or `on_article` of `tests.crawling.crawl`."""
        chosen = {
            "NEWSBOT_DATABASE_URL": self.database_url,
            "NEWSBOT_SOURCES": str(self.catalog),
            "NEWSBOT_ENTITY_ENGINE": "none",
            "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
            "AUTOTHROTTLE_ENABLED": False,
            "RETRY_TIMES": 0,
        }
        return await crawl("news", chosen | (settings or {}), **arguments)

    def count(self, model: type = ArticleRow) -> int:
        with reading(self.database_url) as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def make_due(self) -> None:
        database = Database(self.database_url).open()
        with database.write() as session:
            session.execute(update(Feed).values(next_poll_at=None))
            session.execute(
                update(FrontierRow)
                .where(FrontierRow.state == "failed")
                .values(next_try_at=datetime(2020, 1, 1, tzinfo=UTC))
            )
            session.execute(update(Host).values(held_until=None))
        database.close()


def feed_of(site: Site, *numbers: int, path: str = "/rss.xml") -> str:
    links = [site.html(f"/2026/05/story-{number}", article_page(number)) for number in numbers]
    site.pages[path] = Answer(
        rss(*links).encode(), headers={"Content-Type": "application/rss+xml", "ETag": f'"{numbers}"'}
    )
    return site.url + path
