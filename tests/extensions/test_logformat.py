"""Log lines of items name the URL, and never hold the text of an article."""

from __future__ import annotations

import logging

import pytest
from scrapy import Spider
from scrapy.exceptions import DropItem
from scrapy.logformatter import LogFormatterResult

from newsbot.extensions.logformat import OneLine
from newsbot.items import Article

ARTICLE = Article(url="https://news.example/1", title="Harbour opened", body="The mayor spoke.\n\n" * 500)
SPIDER = Spider("test")
LINES = OneLine()


@pytest.mark.parametrize(
    ("line", "level", "expected"),
    [
        (LINES.scraped(ARTICLE, None, SPIDER), logging.DEBUG, "Stored https://news.example/1"),
        (
            LINES.dropped(ARTICLE, DropItem("list"), None, SPIDER),
            logging.DEBUG,
            "Rejected https://news.example/1: list",
        ),
        (
            LINES.item_error(ARTICLE, ValueError("x"), None, SPIDER),
            logging.ERROR,
            "A stage failed on https://news.example/1",
        ),
        (LINES.scraped({"body": "x" * 500}, None, SPIDER), logging.DEBUG, "Stored dict"),
    ],
    ids=["stored", "rejected", "failed", "not an article"],
)
def test_an_item_is_one_line_with_its_url(line: LogFormatterResult, level: int, expected: str) -> None:
    args = line["args"]
    assert isinstance(args, dict)
    assert (line["level"], line["msg"] % args) == (level, expected)
