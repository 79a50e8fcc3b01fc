"""`newsbot crawl`, `take` and `fetch`, run in a folder that is no project of Scrapy."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scrapy.crawler import Crawler

from newsbot.cli import newsbot, run
from newsbot.commands.crawl_run import NO_CONTACT
from newsbot.errors import UsageError
from tests.crawling import crawl as run_spider
from tests.crawling import in_reactor
from tests.pages import article_page, rss
from tests.site import Answer, running_site


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a file of settings."""
    (tmp_path / "newsbot.toml").write_text(
        "database_url = 'sqlite:///news.db'\narchive_dir = ''\nentity_engine = 'none'\nworkers = 0\nsources = 'mine'\n"
        "allowed_networks = ['127.0.0.0/8']\n"
    )
    return tmp_path


def add_source(desk: Path, key: str, homepage: str) -> None:
    (desk / "mine").mkdir(exist_ok=True)
    (desk / "mine" / f"{key}.toml").write_text(
        f'[[source]]\nkey = "{key}"\nhomepage = "{homepage}/"\nfeeds = ["{homepage}/feed.xml"]\ndelay_s = 0.0\n'
    )


def newsbot_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "newsbot", *arguments]
    return subprocess.run(
        command, cwd=folder, env=os.environ, capture_output=True, text=True, timeout=600, check=False
    )


def objects(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_own_sources_are_crawled_from_any_folder_and_every_outcome_is_printed(desk: Path) -> None:
    with running_site() as site:
        links = [site.html(f"/{number}", article_page(number)) for number in range(2)]
        links.append(site.html("/none", "<p>No article.</p>"))
        site.pages["/feed.xml"] = Answer(
            rss(*links).encode(), headers={"Content-Type": "application/rss+xml"}
        )
        add_source(desk, "harbour", site.url)
        quick = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
        done = newsbot_in(desk, "crawl", "--json", *quick)
        agents = {asked.headers["User-Agent"] for asked in site.asked}
    assert done.returncode == 0, done.stderr
    *articles, last = objects(done)
    assert sorted((found["url"], found["outcome"]) for found in articles) == [
        (links[0], "new"),
        (links[1], "new"),
        (links[2], "rejected"),
    ]
    assert len({found["id"] for found in articles if found["outcome"] == "new"}) == 2
    summary = last["summary"]
    assert (summary["spider"], summary["finish_reason"]) == ("news", "finished")
    assert (summary["new"], summary["rejected"]) == (2, 1)
    assert agents == {"newsbot/0.1.0"}
    lines = done.stderr.splitlines()
    assert lines[-1].startswith("newsbot news: 2 new, 0 changed")
    assert lines.count(f"newsbot news: {NO_CONTACT}") == 1
    assert (desk / "news.db").is_file()


def test_saved_pages_are_taken_whose_names_have_commas_and_a_missing_one_makes_the_status_1(
    desk: Path,
) -> None:
    add_source(desk, "harbour", "https://harbour.example")
    for name in ("a, b.html", "c, d.html"):
        (desk / name).write_text(article_page(ord(name[0]), url=f"https://news.example/{name[0]}"))
    done = newsbot_in(desk, "take", "a, b.html", "c, d.html", "lost.html", "--quiet", "--json")
    assert done.returncode == 1
    assert objects(done)[-1]["summary"]["new"] == 2
    assert done.stderr.splitlines()[-1] == "newsbot: lost.html: no such file or folder"
    assert "Traceback" not in done.stderr


@in_reactor
async def test_an_unknown_source_is_answered_with_one_that_is_like_it(desk: Path) -> None:
    add_source(desk, "harbour", "https://harbour.example")
    settings = {"NEWSBOT_SOURCES": str(desk / "mine"), "NEWSBOT_ENTITY_ENGINE": "none"}
    with pytest.raises(UsageError, match=r"no source 'harbuor' in .*mine; did you mean harbour"):
        await run_spider("news", settings, source="harbuor")
    with pytest.raises(UsageError, match=r"the catalog of the package has it: cp \S+/npr\.toml \S+/mine$"):
        await run_spider("news", settings, source="npr")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["crawl"], "no sources are named; accepted: keys of sources (newsbot sources list), --all, or"),
        (["crawl", "npr", "--all"], "SOURCE and --all exclude each other"),
        (["crawl", "npr", "-s", "RETRY_TIMES"], "-s 'RETRY_TIMES'; accepted: -s NAME=VALUE"),
        (["fetch", "https://a.example/", "-s", "NEWSBOT_STUB=0"], "did you mean NEWSBOT_STUBS?"),
        (["take", "x.html", "--database", ""], "NEWSBOT_DATABASE_URL is ''; accepted: a database URL"),
        (["take", "x.html", "-s", "LOG_FILE=/nowhere/log"], "LOG_FILE is '/nowhere/log': No such file"),
        (["take"], "Missing argument 'PATH...'"),
        (["take", "x.html", "--limit", "0"], "Invalid value for '--limit'"),
    ],
)
def test_a_wrong_argument_costs_one_line_and_status_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(newsbot, arguments) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert says in line


def test_the_limit_and_the_levels_of_the_log_are_settings_of_scrapy(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def started(_process: object, crawler: Crawler, arguments: object) -> None:
        given.append((crawler.settings, arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr("newsbot.commands.crawl_run.run_crawl", started)
    monkeypatch.setattr("scrapy.crawler.configure_logging", lambda *_, **__: None)
    arguments = ["fetch", "https://a.example/", "https://b.example/", "--limit", "3", "--quiet"]
    assert run(newsbot, arguments) == 130
    [(settings, spider_arguments)] = given
    assert settings.getint("CLOSESPIDER_ITEMCOUNT") == 3
    assert settings["LOG_LEVEL"] == "ERROR"
    assert spider_arguments == {"url": "https://a.example/,https://b.example/"}


def test_an_article_that_was_not_stored_is_named_with_the_reason_and_the_status_is_1(desk: Path) -> None:
    add_source(desk, "harbour", "https://news.example")
    with running_site() as site:
        done = newsbot_in(desk, "fetch", f"{site.url}/story", "--quiet", "-s", "DOWNLOAD_DELAY=0")
    assert done.returncode == 1
    assert f"newsbot: {site.url}/story was not stored: http-404" in done.stderr
