"""What a user sets in Scrapy's tables of components is added to newsbot's, and nothing of newsbot's is lost by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.utils.conf import build_component_list

from newsbot.errors import UsageError
from newsbot.middlewares.politeness import Politeness
from newsbot.pipelines.store import Store
from newsbot.settings import PAGE_MIDDLEWARES, PAGE_PIPELINES, PAGE_STORAGE
from newsbot.spiders.article import ArticleSpider
from newsbot.store.queries import get_article
from tests.crawling import crawl, in_reactor, project_settings, reading
from tests.pages import article_page

OURS: dict[str, dict[str, Any]] = {
    "ITEM_PIPELINES": PAGE_PIPELINES,
    "EXTENSIONS": PAGE_STORAGE,
    "DOWNLOADER_MIDDLEWARES": PAGE_MIDDLEWARES,
}


class Seen:
    """A component of a user: an item pipeline, an extension or a middleware."""

    urls: list[str] = []  # noqa: RUF012 - filled by the test

    def process_item(self, item: Any) -> Any:
        self.urls.append(item.url)
        return item


class OwnStore(Store):
    """A stage in place of the one that stores."""


class OwnPoliteness(Politeness):
    """A middleware in place of newsbot's."""


def components(table: str, spider: type[Spider], **settings: Any) -> list[Any]:
    crawler = Crawler(spider, project_settings(**settings))
    return build_component_list(crawler.settings.get_component_priority_dict_with_base(table))


@pytest.mark.parametrize("table", OURS)
@pytest.mark.parametrize("form", [dict, str], ids=["dict", "JSON"])
def test_a_component_of_a_user_is_added(table: str, form: type) -> None:
    given = {Seen: 333} if form is dict else f'{{"{__name__}.Seen": 333}}'
    without = components(table, ArticleSpider)
    with_it = components(table, ArticleSpider, **{table: given})
    assert [component for component in with_it if component not in (Seen, f"{__name__}.Seen")] == without
    assert len(with_it) == len(without) + 1
    assert {name for name, order in OURS[table].items() if order is not None} <= set(without)


@pytest.mark.parametrize("table", OURS)
def test_a_spider_of_scrapy_has_no_component_of_newsbot(table: str) -> None:
    assert [name for name in components(table, Spider) if "newsbot" in name] == []


@in_reactor
async def test_an_article_passes_the_stage_of_a_user_and_is_stored(tmp_path: Path) -> None:
    Seen.urls.clear()
    (tmp_path / "page.html").write_text(article_page(1, url="https://news.example/1"))
    url = f"sqlite:///{tmp_path / 'newsbot.db'}"
    settings = {
        "NEWSBOT_DATABASE_URL": url,
        "NEWSBOT_ENTITY_ENGINE": "none",
        "ITEM_PIPELINES": {Seen: 950, OwnStore: 900, Store: None},
    }
    await crawl("saved", settings, path=str(tmp_path / "page.html"))
    assert Seen.urls == ["https://news.example/1"]
    with reading(url) as session:
        assert get_article(session, "https://news.example/1") is not None


@pytest.mark.parametrize(
    ("table", "given", "named"),
    [
        (
            "ITEM_PIPELINES",
            {"newsbot.pipelines.store.Store": None},
            "turns off newsbot.pipelines.store.Store",
        ),
        ("EXTENSIONS", {"newsbot.session.CrawlSession": None}, "turns off newsbot.session.CrawlSession"),
        ("DOWNLOADER_MIDDLEWARES", {Politeness: None}, "turns off newsbot.middlewares.politeness.Politeness"),
        (
            "DOWNLOADER_MIDDLEWARES",
            {"newsbot.middlewares.refusals.ObeyRobots": None},
            "turns off newsbot.middlewares.refusals.ObeyRobots",
        ),
        ("ITEM_PIPELINES", {"nowhere.Stage": 400}, "No module named 'nowhere'"),
        ("ITEM_PIPELINES", {"newsbot.pipelines.store.Shop": 400}, "doesn't define any object named 'Shop'"),
    ],
)
def test_settings_without_which_pages_would_be_lost_are_refused(
    table: str, given: dict[Any, int | None], named: str
) -> None:
    crawler = Crawler(ArticleSpider, project_settings(**{table: given}))
    with pytest.raises(UsageError) as caught:
        ArticleSpider.from_crawler(crawler, url="https://news.example/1")
    assert table in str(caught.value)
    assert named in str(caught.value)


def test_a_subclass_may_take_the_place_of_a_component() -> None:
    settings = project_settings(DOWNLOADER_MIDDLEWARES={Politeness: None, OwnPoliteness: 860})
    assert ArticleSpider.from_crawler(Crawler(ArticleSpider, settings), url="https://news.example/1")


def test_the_job_of_scrapyd_is_an_argument_of_every_spider() -> None:
    crawler = Crawler(ArticleSpider, project_settings())
    spider = ArticleSpider.from_crawler(crawler, url="https://news.example/1", _job="26-1")
    assert spider.arguments == {"url": "https://news.example/1", "_job": "26-1"}
