"""`-O FILE`: articles in the formats of Scrapy's feed exports."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

from newsbot.items import Article, article_json
from tests.crawling import crawl, in_reactor
from tests.pages import article_page

FORMATS = {"json": "json", "jsonl": "jsonlines", "csv": "csv", "xml": "xml"}


class Shout:
    """A user's stage, which reads and writes a field."""

    def process_item(self, item: Any) -> Any:
        adapter = ItemAdapter(item)
        if adapter["published_at"].year < 2000:
            raise DropItem("too old")
        adapter["title"] = adapter["title"].upper()
        return item


async def exported(folder: Path, **settings: Any) -> list[Article]:
    """Crawl two saved pages with a feed of every format in `folder`; return the articles."""
    (folder / "pages").mkdir(exist_ok=True)
    for number in range(2):
        page = article_page(number, url=f"https://news.example/{number}")
        page = page.replace("the council said", "Mayor Ada Lovelace of Berlin said")
        (folder / "pages" / f"{number}.html").write_text(page)
    feeds = {str(folder / f"items.{suffix}"): {"format": name} for suffix, name in FORMATS.items()}
    outcome = await crawl(
        "saved",
        {
            "NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'newsbot.db'}",
            "NEWSBOT_ENTITY_ENGINE": "rules",
            "FEEDS": feeds,
            **settings,
        },
        path=str(folder / "pages"),
    )
    return sorted(outcome.articles, key=lambda article: article.url)


@in_reactor
async def test_articles_are_exported_in_their_public_form(tmp_path: Path) -> None:
    articles = await exported(tmp_path, ITEM_PIPELINES={Shout: 350})
    expected = [article_json(article) for article in articles]
    assert expected[0]["title"].isupper()
    assert expected[0]["published_at"] == "2026-05-01T08:00:00Z"
    assert expected[0]["entities"][0]["mentions"]

    def by_url(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(rows, key=lambda row: str(row["url"]))

    assert by_url(json.loads((tmp_path / "items.json").read_bytes())) == expected
    lines = (tmp_path / "items.jsonl").read_bytes().splitlines()
    assert by_url([json.loads(line) for line in lines]) == expected
    assert [list(json.loads(line)) for line in lines] == [list(expected[0])] * 2

    with (tmp_path / "items.csv").open(newline="", encoding="utf-8") as file:
        rows = by_url(list(csv.DictReader(file)))
    assert [list(row) for row in rows] == [list(expected[0])] * 2
    assert [row["published_at"] for row in rows] == [article["published_at"] for article in expected]
    names = ["; ".join(entity["name"] for entity in article["entities"]) for article in expected]
    assert [row["entities"] for row in rows] == names

    root = ElementTree.parse(tmp_path / "items.xml").getroot()
    assert sorted(item.findtext("url") or "" for item in root) == [article["url"] for article in expected]
    assert [item.findtext("canonical_url") for item in root] != ["None", "None"]
    assert root.findall(".//entities/value/mentions/value/text")


@in_reactor
async def test_an_unchanged_article_is_exported_with_its_entities(tmp_path: Path) -> None:
    first = [_apart_from_its_time(article) for article in await exported(tmp_path)]
    assert [_apart_from_its_time(article) for article in await exported(tmp_path)] == first
    assert first[0]["entities"]


def _apart_from_its_time(article: Article) -> dict[str, Any]:
    """Return the public form without the time at which the page was read: a later run has a later one."""
    told = article_json(article)
    del told["provenance"]["retrieved_at"]
    return told


@pytest.mark.parametrize("fields", [["url", "title"], {"url": "address"}], ids=["chosen", "renamed"])
@in_reactor
async def test_fields_of_a_feed_are_keys_of_the_public_form(
    tmp_path: Path, fields: list[str] | dict[str, str]
) -> None:
    await exported(tmp_path, FEED_EXPORT_FIELDS=fields)
    rows = [json.loads(line) for line in (tmp_path / "items.jsonl").read_bytes().splitlines()]
    assert {tuple(row) for row in rows} == {
        tuple(fields.values()) if isinstance(fields, dict) else tuple(fields)
    }
