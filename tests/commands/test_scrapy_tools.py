"""Scrapy's own commands with the settings of this project, and spiders that are not newsbot's beside its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsbot.store.queries import get_article
from tests.crawling import reading
from tests.pages import article_page
from tests.site import Site, running_site

PROJECT = Path(__file__).parents[2]
Shell = Callable[..., subprocess.CompletedProcess[str]]

PLAIN = """
from dataclasses import dataclass
from itemadapter import ItemAdapter
from scrapy import Field, Item, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.utils.project import get_project_settings

@dataclass
class Headline:
    words: int

class Status(Item):
    code = Field()

class Plain(Spider):
    name = "plain"

    def __init__(self, url, **arguments):
        super().__init__(**arguments)
        self.start_urls = [url]

    def parse(self, response):
        yield {"url": response.url, "title": response.css("h1::text").get()}
        yield Headline(words=6)
        yield Status(code=response.status)

if __name__ == "__main__":
    import sys
    settings = get_project_settings()
    settings.set("FEEDS", {"plain.jsonl": {"format": "jsonlines"}})
    process = CrawlerProcess(settings)
    process.crawl(Plain, url=sys.argv[1])
    process.start()
"""
PLAIN_ITEMS: list[dict[str, object]] = [
    {"url": "{url}", "title": "The library of Norwich reopens, number 1"},
    {"words": 6},
    {"code": 200},
]

MINE = """
from scrapy import Request
from newsbot.spiders.page_spider import PageSpider

class Mine(PageSpider):
    name = "mine"

    def __init__(self, url=""):
        super().__init__(url=url)
        self.url = url

    async def start(self):
        yield Request(self.url)

    async def parse(self, response):
        yield {"note": "not an article"}
        async for item in self.parse_page(response):
            yield item
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for the output of a command, where newsbot would make its database and its archive."""
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = newsbot.settings\n")
    (tmp_path / "plain.py").write_text(PLAIN)
    (tmp_path / "mine.py").write_text(MINE)
    return tmp_path


@pytest.fixture
def python(folder: Path) -> Shell:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NEWSBOT_")},
            "PYTHONPATH": str(PROJECT),
            "NEWSBOT_ENTITY_ENGINE": "none",
            "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
            "NEWSBOT_WORKERS": "0",
            **environment,
        }
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=folder, env=variables, capture_output=True, text=True, timeout=600, check=False
        )

    return run


@pytest.fixture
def scrapy(python: Shell) -> Shell:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return python("-m", "scrapy", *arguments, "-s", "DOWNLOAD_DELAY=0", **environment)

    return run


def items(file: Path) -> list[object]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def stored(folder: Path) -> list[str]:
    """Return the names of what newsbot stores in a folder: a database, an archive."""
    return [path.name for path in folder.iterdir() if path.name.startswith(("newsbot.db", "archive"))]


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["shell", "{url}", "-c", "response.css('h1::text').get()"], "number 1"),
        pytest.param(
            ["shell", "--spider=article", "{url}", "-c", "spider.name"], "article", marks=pytest.mark.slow
        ),
        (["fetch", "{url}", "--nolog"], "number 1</h1>"),
        (["fetch", "{url}", "--headers"], "> User-Agent: newsbot/"),
        pytest.param(["fetch", "{url}", "--spider=news"], "number 1</h1>", marks=pytest.mark.slow),
        (["parse", "{url}"], "'title': 'The library of Norwich reopens, number 1'"),
        (["parse", "{url}", "--spider=news", "-c", "parse_page"], "'title': 'The library of Norwich"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_that_looks_at_a_page_stores_nothing(
    scrapy: Shell, folder: Path, site: Site, arguments: list[str], printed: str
) -> None:
    url = site.html("/1", article_page(1))
    done = scrapy(*(argument.format(url=url) for argument in arguments))
    assert done.returncode == 0
    assert printed in done.stdout
    assert "Traceback" not in done.stderr
    assert stored(folder) == []


def test_parse_with_pipelines_stores_the_article(scrapy: Shell, folder: Path, site: Site) -> None:
    url = site.html("/1", article_page(1))
    done = scrapy("parse", url, "--spider=article", "--pipelines")
    assert done.returncode == 0
    with reading(f"sqlite:///{folder / 'newsbot.db'}") as session:
        assert get_article(session, url) is not None


@pytest.mark.parametrize("way", ["crawl", "runspider", "script"])
def test_a_spider_of_scrapy_runs_beside_newsbots_and_its_items_are_its_own(
    python: Shell, scrapy: Shell, folder: Path, site: Site, way: str
) -> None:
    url = site.html("/1", article_page(1))
    if way == "script":
        done = python("plain.py", url)
    else:
        name = {
            "crawl": ["plain", "-s", "SPIDER_MODULES=newsbot.spiders,plain"],
            "runspider": ["plain.py"],
        }[way]
        done = scrapy(way, *name, "-a", f"url={url}", "-O", "plain.jsonl", PYTHONPATH=f"{PROJECT}:{folder}")
        assert done.stderr.splitlines()[-1] == "plain: 3 items (finished)"
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert items(folder / "plain.jsonl") == [{**PLAIN_ITEMS[0], "url": url}, *PLAIN_ITEMS[1:]]
    assert stored(folder) == []


def test_a_spider_of_pages_in_a_file_stores_its_articles_and_passes_other_items_on(
    scrapy: Shell, folder: Path, site: Site
) -> None:
    url = site.html("/1", article_page(1))
    done = scrapy("runspider", "mine.py", "-a", f"url={url}", "-O", "mine.jsonl")
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1].startswith("newsbot mine: 1 new")
    note, article = items(folder / "mine.jsonl")
    assert note == {"note": "not an article"}
    assert isinstance(article, dict)
    assert article["url"] == url


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nowhere.py"], "nowhere.py: no such file"),
        (["empty.py"], "has no spider"),
        (["broken.py"], "cannot be imported"),
        (["mine.py", "-a", "colour=red"], "unknown argument 'colour'"),
    ],
    ids=["no file", "no spider", "broken", "unknown argument"],
)
def test_a_file_that_cannot_be_run_costs_one_line_and_status_2(
    scrapy: Shell, folder: Path, arguments: list[str], named: str
) -> None:
    (folder / "empty.py").write_text("")
    (folder / "broken.py").write_text("import nothing_of_this_name")
    done = scrapy("runspider", *arguments)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("scrapy runspider: ")
    assert named in line


def test_a_private_address_is_refused_with_the_setting_that_allows_it(scrapy: Shell, site: Site) -> None:
    done = scrapy("fetch", site.html("/1", article_page(1)), "-L", "INFO", NEWSBOT_ALLOWED_NETWORKS="")
    assert "127.0.0.1 has no public address; NEWSBOT_ALLOWED_NETWORKS names" in done.stderr
    assert site.asked == []


@pytest.mark.slow
def test_the_benchmark_of_scrapy_fetches_pages(scrapy: Shell) -> None:
    done = scrapy("bench", "-s", "CLOSESPIDER_PAGECOUNT=50", NEWSBOT_ALLOWED_NETWORKS="")
    assert done.returncode == 0
    assert "closespider_pagecount" in done.stderr


@pytest.mark.parametrize(
    "command", ["parse", *(pytest.param(name, marks=pytest.mark.slow) for name in ("fetch", "shell", "view"))]
)
def test_a_wrong_file_of_settings_costs_one_line_and_status_2(
    scrapy: Shell, folder: Path, site: Site, command: str
) -> None:
    (folder / "newsbot.toml").write_text("max_page_byte = 1")
    done = scrapy(command, site.url)
    assert done.returncode == 2
    assert done.stderr == (
        "scrapy: newsbot.toml: 'max_page_byte' is no setting; did you mean max_page_bytes?\n"
    )
